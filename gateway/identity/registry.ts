/** The registry of agencies and operators (protocol section 1): one declarative file, swapped in whole or not at all. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import schema from '../../schemas/agencies.schema.json' with { type: 'json' }
import { type CertificateUse, type Delivery, JsonFault, parseJson, type Witnesses } from '../protocol/protocol.ts'
import { type Certificate, parseCertificate, parseCertificates, refuseHeavy } from './certificate.ts'
import { describeFault } from './registry-words.ts'
import { codeOf, type Log } from '../base/base.ts'
import { FileFault, readRegularFile } from './regular-file.ts'
import type { Pin, RegisteredAgency, RegisteredOperator } from './party.ts'
import { CertificateFault } from './der-blocks.ts'
import { readWitnesses, type RegisteredWitness, type WitnessEntry } from './witnesses.ts'

/**
 * Suspended agencies are in it too: whoever looks one up asks for its status. The keys of byTls and bySigning are thumbprints.
 */
export type Registry = {
  readonly agencies: ReadonlyMap<string, RegisteredAgency>
  readonly operators: ReadonlyMap<string, RegisteredOperator>
  readonly byTls: ReadonlyMap<string, Pinned<{ agency: RegisteredAgency } | { operator: RegisteredOperator }>>
  readonly bySigning: ReadonlyMap<string, Pinned<{ agency: RegisteredAgency }>>
  readonly witnesses?: Witnesses<RegisteredWitness>
  readonly retention?: { readonly contentDays: number }
}

type Pinned<Party> = Readonly<Party> & { readonly certificate: Certificate }

export type RegistrySource = {
  current(): Registry
  /** Reads the file again; false where it was refused (the reason is logged) and the one in force stays. */
  reload(): Promise<boolean>
  onChange(listener: (next: Registry) => void): void
}

/** Why a file is no registry, in one line that points and never quotes. */
export class RegistryFault extends Error {
  override readonly name = 'RegistryFault'
}

type PinEntry<Use> = { use: Use; pem: string }
type AgencyEntry = Omit<RegisteredAgency, 'certificates' | 'desks'> & {
  certificates: PinEntry<CertificateUse>[]
  desks?: RegisteredAgency['desks']
}
type OperatorEntry = Omit<RegisteredOperator, 'certificates' | 'role'> &
  Partial<Pick<RegisteredOperator, 'role'>> & { certificates: PinEntry<'tls'>[] }
type RegistryFile = Pick<Registry, 'retention'> & {
  agencies: AgencyEntry[]
  operators: OperatorEntry[]
  witnesses?: Witnesses<WitnessEntry>
}

/** The kinds of agency that a registry file may name. */
export const kinds: readonly string[] = schema.$defs.agency.properties.kind.enum

/** A few times what every authority of both countries would need. */
const MAX_BYTES = 8 * 1024 * 1024

const ajv = new Ajv2020({ allowUnionTypes: true, strictRequired: false, strictTypes: false, verbose: true })
ajv.addVocabulary(['x-titleFr', 'x-descriptionFr'])
const isRegistryFile = ajv.compile<RegistryFile>(schema)

/**
 * Reads a registry file.
 * @throws RegistryFault
 */
export function parseRegistry(source: string | Uint8Array): Registry {
  const file = readForm(source)
  const agencies = file.agencies.map((entry, place) => toAgency(entry, `/agencies/${place}`))
  const operators = file.operators.map((entry, place): RegisteredOperator => {
    return { role: 'act', ...entry, certificates: toPins(entry.certificates, `/operators/${place}`) }
  })
  const witnesses =
    file.witnesses &&
    readWitnesses(file.witnesses, (fault) => {
      throw new RegistryFault(fault)
    })
  checkOwners(agencies, operators)
  const pinned = agencies.flatMap((agency) => agency.certificates.map((pin) => ({ agency, ...pin })))
  const ofOperators = operators.flatMap((operator) =>
    operator.certificates.map(({ certificate }) => ({ operator, certificate })),
  )
  const ofUse = (use: CertificateUse) =>
    pinned.filter((pin) => pin.use === use).map(({ agency, certificate }) => ({ agency, certificate }))
  return {
    agencies: byId(agencies, '/agencies'),
    operators: byId(operators, '/operators'),
    byTls: byThumbprint([...ofUse('tls'), ...ofOperators]),
    bySigning: byThumbprint(ofUse('signing')),
    ...(witnesses ? { witnesses } : {}),
    ...(file.retention ? { retention: file.retention } : {}),
  }
}

/**
 * Opens the registry file; what it gives is immutable and replaced by swapping.
 * @throws RegistryFault where the first reading fails
 */
export async function openRegistry(file: string, log: Log): Promise<RegistrySource> {
  let registry = parseRegistry(await readBounded(file))
  const listeners: ((next: Registry) => void)[] = []
  // One reading after the other: the file as it was last must win.
  let turn: Promise<unknown> = Promise.resolve()

  const swap = async (): Promise<boolean> => {
    try {
      registry = parseRegistry(await readBounded(file))
    } catch (error) {
      if (!(error instanceof RegistryFault)) throw error
      log.error({ reason: error.message }, 'registry refused; the one in force stays')
      return false
    }
    log.info({ agencies: registry.agencies.size, operators: registry.operators.size }, 'registry in force')
    for (const listener of listeners) listener(registry)
    return true
  }

  return {
    current: () => registry,
    reload: () => {
      const next = turn.then(swap)
      turn = next.catch(() => undefined)
      return next
    },
    onChange: (listener) => void listeners.push(listener),
  }
}

async function readBounded(file: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(file, MAX_BYTES)
  } catch (error) {
    throw new RegistryFault(error instanceof FileFault ? error.message : `cannot be read (${codeOf(error)})`)
  }
}

function readForm(source: string | Uint8Array): RegistryFile {
  try {
    const value: unknown = parseJson(typeof source === 'string' ? Buffer.from(source) : source)
    if (!isRegistryFile(value)) throw new RegistryFault(describeFault(isRegistryFile.errors?.[0]))
    return value
  } catch (error) {
    if (error instanceof JsonFault) throw new RegistryFault(error.message)
    throw error
  }
}

function toAgency(entry: AgencyEntry, at: string): RegisteredAgency {
  if (entry.id.slice(0, 2) !== entry.country.toLowerCase()) throw new RegistryFault(`${at}/country is not the id's`)
  const desks = entry.desks ?? []
  checkDelivery(entry.delivery, `${at}/delivery`)
  byId(desks, `${at}/desks`)
  for (const [place, desk] of desks.entries()) {
    const deskAt = `${at}/desks/${place}`
    checkDelivery(desk.delivery, `${deskAt}/delivery`)
    const { from = 0, to = Infinity } = desk.handles?.ages ?? {}
    if (from > to) throw new RegistryFault(`${deskAt}/handles/ages ends before it begins`)
    if (desk.hours && !isTimeZone(desk.hours.timeZone)) {
      throw new RegistryFault(`${deskAt}/hours/timeZone is no IANA time zone`)
    }
  }
  return { ...entry, desks, certificates: toPins(entry.certificates, at) }
}

function toPins<Use extends CertificateUse>(entries: readonly PinEntry<Use>[], at: string): readonly Pin<Use>[] {
  return entries.map(({ use, pem }, place) => ({
    use,
    certificate: pointing(`${at}/certificates/${place}/pem`, () => {
      const certificate = parseCertificate(pem)
      refuseHeavy([certificate])
      return certificate
    }),
  }))
}

function checkDelivery(delivery: Delivery, at: string): void {
  if (delivery.mode !== 'push') return
  const url = URL.parse(delivery.url)
  if (!url || url.username || url.password || url.hash) {
    throw new RegistryFault(`${at}/url is no https address without credentials and fragment`)
  }
  const anchors = pointing(`${at}/trustAnchors`, () => {
    const certificates = parseCertificates(delivery.trustAnchors)
    refuseHeavy(certificates)
    return certificates
  })
  if (anchors.length === 0) throw new RegistryFault(`${at}/trustAnchors holds no certificate`)
}

/** Section 1: one certificate, and one public key, belongs to one party and one use. The key is what counts: it is in the certificate. */
function checkOwners(agencies: readonly RegisteredAgency[], operators: readonly RegisteredOperator[]): void {
  const owners = new Map<string, string>()
  const claim = (party: string, pins: readonly Pin[]) => {
    for (const [place, { use, certificate }] of pins.entries()) {
      const owner = `${party} ${use}`
      const earlier = owners.get(certificate.keyThumbprint) ?? owner
      if (earlier !== owner) {
        throw new RegistryFault(
          `${party}/certificates/${place}/pem has a key that is pinned elsewhere or for another use`,
        )
      }
      owners.set(certificate.keyThumbprint, owner)
    }
  }
  for (const [place, agency] of agencies.entries()) claim(`/agencies/${place}`, agency.certificates)
  for (const [place, operator] of operators.entries()) claim(`/operators/${place}`, operator.certificates)
}

function byId<Item extends { readonly id: string }>(items: readonly Item[], at: string): ReadonlyMap<string, Item> {
  const map = new Map<string, Item>()
  for (const [place, item] of items.entries()) {
    if (map.has(item.id)) throw new RegistryFault(`${at}/${place}/id is taken by an earlier one`)
    map.set(item.id, item)
  }
  return map
}

function byThumbprint<Item extends { readonly certificate: Certificate }>(items: readonly Item[]) {
  return new Map(items.map((item) => [item.certificate.thumbprint, item]))
}

function isTimeZone(name: string): boolean {
  try {
    // A name, not an offset such as +01:00: only a name knows of summer time.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

function pointing<T>(at: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CertificateFault) throw new RegistryFault(`${at} ${error.message}`)
    throw error
  }
}
