import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Issued, type Issuer, issue, makeRoot, toPem } from '../../certs-dev/pki.ts'
import schema from '../../schemas/agencies.schema.json' with { type: 'json' }
import { openRegistry, parseRegistry, RegistryFault } from '../../gateway/identity/registry.ts'
import { type NoteKind, noteSigner } from '../../gateway/protocol/note-keys.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { makeHeavyCertificate } from '../support/heavy-key.ts'
import { quiet } from '../support/quiet.ts'

/** A vkey of a witness, or of a log. */
function vkeyOf(name: string, kind: NoteKind = 'ml-dsa-44', key?: KeyObject): string {
  const made = key ?? (kind === 'ml-dsa-44' ? generateKeyPairSync(kind) : generateKeyPairSync('ed25519')).privateKey
  return noteSigner(name, kind, made).vkey
}
const shared = generateKeyPairSync('ml-dsa-44').privateKey

const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2036-01-01T00:00:00Z') }

type Entry = Record<string, unknown>
type File = { agencies: Entry[]; operators: Entry[]; [name: string]: unknown }

let folder: TemporaryFolder
let anchor: string
let pool: Issued[]
let root: Issuer

beforeAll(async () => {
  folder = await temporaryFolder()
  root = await makeRoot('CN=Root', validity)
  anchor = toPem(root.certificate)
  const place = (use: 'tls' | 'signing') => issue(root, { subject: 'CN=x', validity, use })
  pool = await Promise.all([place('tls'), place('signing'), place('tls'), place('signing'), place('tls')])
})
afterAll(() => folder.remove())

const pin = (use: string, place: number) => ({ use, pem: pool[place]?.pem })

const desk = (): Entry => ({ id: 'day', name: { en: 'Day', fr: 'Jour' }, delivery: { mode: 'mailbox' } })

function makeFile(): File {
  const agency = (id: string, at: number): Entry => ({
    id,
    name: { en: 'An agency', fr: 'Un organisme' },
    country: id.startsWith('fr') ? 'FR' : 'GB',
    kind: 'local-authority',
    roles: ['children-services'],
    certificates: [pin('tls', at), pin('signing', at + 1)],
    delivery: { mode: 'mailbox' },
    status: 'active',
  })
  return {
    agencies: [agency('fr-dep-62', 0), agency('gb-la-e10000016', 2)],
    operators: [{ id: 'duty', name: 'Duty', certificates: [pin('tls', 4)] }],
  }
}

/** The file with a change to the first agency. */
const withAgency = (change: Entry): File => {
  const file = makeFile()
  return { ...file, agencies: [{ ...file.agencies[0], ...change }, ...file.agencies.slice(1)] }
}

const parse = (file: unknown) => parseRegistry(JSON.stringify(file))

/** Why a file is refused. */
function refusal(file: unknown): string {
  try {
    parse(file)
  } catch (error) {
    if (error instanceof RegistryFault) return error.message
    throw error
  }
  return ''
}

describe('a registry', () => {
  test('knows its parties by id and by each certificate', () => {
    const registry = parse(makeFile())
    expect([...registry.agencies.keys()]).toEqual(['fr-dep-62', 'gb-la-e10000016'])
    expect([...registry.operators.keys()]).toEqual(['duty'])
    expect(
      [...registry.byTls.values()].map((owner) => ('agency' in owner ? owner.agency.id : owner.operator.id)),
    ).toEqual(['fr-dep-62', 'gb-la-e10000016', 'duty'])
    expect([...registry.bySigning.values()].map(({ agency }) => agency.id)).toEqual(['fr-dep-62', 'gb-la-e10000016'])
    for (const [thumbprint, { certificate }] of registry.bySigning) expect(certificate.thumbprint).toBe(thumbprint)
    expect(registry.agencies.get('fr-dep-62')?.desks).toEqual([])
  })

  test('with a key of more than 4,096 bits is refused, pinned or as an anchor', async () => {
    const pem = await makeHeavyCertificate(root, 8192)
    const certificates = [pin('tls', 0), { use: 'signing', pem }]
    const fault = 'has a key of more than 4096 bits'
    expect(refusal(withAgency({ certificates }))).toBe(`/agencies/0/certificates/1/pem ${fault}`)
    const delivery = { mode: 'push', url: 'https://desk.example/in', trustAnchors: `${anchor}${pem}` }
    expect(refusal(withAgency({ delivery }))).toBe(`/agencies/0/delivery/trustAnchors ${fault}`)
    const allowed = { use: 'signing', pem: await makeHeavyCertificate(root, 4096) }
    expect(refusal(withAgency({ certificates: [pin('tls', 0), allowed] }))).toBe('')
  })

  test('keeps what the file says of desks, contact, witnesses and retention', () => {
    const full = {
      ...desk(),
      delivery: { mode: 'push', url: 'https://desk.example/in', trustAnchors: anchor, maxPerMinute: 30 },
      handles: { types: ['referral'], priorities: ['immediate'], ages: { from: 12, to: 17 } },
      hours: { timeZone: 'Europe/Paris', open: [{ days: ['mon', 'fri'], from: '22:00', to: '06:00' }] },
    }
    const contact = { email: 'a@b.example', phone: '+33199000001', outOfHours: '+33639980001' }
    const witnesses = {
      quorum: 1,
      witnesses: [{ name: 'W', vkey: vkeyOf('w.example'), url: 'https://w.example', country: 'FR' }],
    }
    const delivery = { mode: 'mailbox', notify: { email: 'duty@b.example' } }
    const registry = parse({
      ...withAgency({ desks: [full], contact, delivery }),
      witnesses,
      retention: { contentDays: 90 },
    })
    expect(registry.agencies.get('fr-dep-62')).toMatchObject({ desks: [full], contact, delivery })
    const read = { name: 'W', url: 'https://w.example', country: 'FR', key: { name: 'w.example', kind: 'ml-dsa-44' } }
    expect(registry).toMatchObject({ witnesses: { quorum: 1, witnesses: [read] }, retention: { contentDays: 90 } })
  })

  test('allows several certificates of one use, and a renewed one of the same key', () => {
    const certificates = [pin('tls', 0), pin('tls', 0), pin('signing', 1)]
    expect(parse(withAgency({ certificates })).agencies.get('fr-dep-62')?.certificates).toHaveLength(3)
  })
})

describe('a registry file is refused, with the place and no contents, where', () => {
  const refused: readonly (readonly [why: string, file: () => unknown, reason: string])[] = [
    ['it is of another form', () => [], '/ must be object'],
    ['a member is missing', () => ({ agencies: [] }), '/ must have required property'],
    [
      'a member is unknown',
      () => ({ ...makeFile(), more: 1 }),
      '/ must not have «more»; there are agencies, operators',
    ],
    ['an agency has a member too many', () => withAgency({ secret: 1 }), '/agencies/0 must not have «secret»'],
    ['an id is malformed', () => withAgency({ id: 'FR-1' }), '/agencies/0/id has not its form: Begins with'],
    ['an id is of a third country', () => withAgency({ id: 'de-1' }), '/agencies/0/id'],
    ['an id is too long', () => withAgency({ id: `fr-${'a'.repeat(62)}` }), '/agencies/0/id'],
    ['an id is of the other country', () => withAgency({ country: 'GB' }), '/agencies/0/country'],
    ['an id is taken', () => withAgency({ id: 'gb-la-e10000016', country: 'GB' }), '/agencies/1/id'],
    ['a kind is unknown', () => withAgency({ kind: 'no-such-kind' }), '/agencies/0/kind must be one of ngo, '],
    ['a role is unknown', () => withAgency({ roles: ['no-such-role'] }), '/agencies/0/roles/0'],
    ['a status is unknown', () => withAgency({ status: 'gone' }), '/agencies/0/status'],
    ['a name lacks a language', () => withAgency({ name: { en: 'x' } }), '/agencies/0/name'],
    [
      'a PEM holds nothing',
      () => withAgency({ certificates: [{ use: 'tls', pem: 'x' }] }),
      '/agencies/0/certificates/0',
    ],
    ['one key is of two agencies', () => withAgency({ certificates: [pin('tls', 2)] }), '/agencies/1/certificates/0'],
    [
      'one key is of two uses',
      () => withAgency({ certificates: [pin('tls', 0), pin('signing', 0)] }),
      'certificates/1',
    ],
    [
      'one key is of an operator too',
      () => withAgency({ certificates: [pin('tls', 4)] }),
      '/operators/0/certificates/0',
    ],
    [
      'a mailbox has an address',
      () => withAgency({ delivery: { mode: 'mailbox', url: 'https://a.example' } }),
      '/agencies/0/delivery/url must not be here (for push only)',
    ],
    [
      'a way of delivery is unknown',
      () => withAgency({ delivery: { mode: 'pull', url: 'https://a.example' } }),
      '/agencies/0/delivery/mode must be one of mailbox, push',
    ],
    [
      'a way of delivery is missing',
      () => withAgency({ delivery: { url: 'https://a.example' } }),
      "/agencies/0/delivery must have required property 'mode'",
    ],
    [
      'a push has no anchors',
      () => withAgency({ delivery: { mode: 'push', url: 'https://a.example' } }),
      "/delivery must have required property 'trustAnchors' (for push)",
    ],
    ['a push goes over http', () => withAgency({ delivery: push('http://a.example') }), '/agencies/0/delivery/url'],
    ['an address holds a password', () => withAgency({ delivery: push('https://u:p@a.example') }), '/delivery/url'],
    ['an address is none', () => withAgency({ delivery: push('https://') }), '/delivery/url'],
    ['anchors are none', () => withAgency({ delivery: push('https://a.example', 'x') }), '/delivery/trustAnchors'],
    ['two desks are one', () => withAgency({ desks: [desk(), desk()] }), '/agencies/0/desks/1/id'],
    ['ages end early', () => withDesk({ handles: { ages: { from: 9, to: 8 } } }), '/desks/0/handles/ages'],
    ['a zone is unknown', () => withDesk({ hours: hours('Europe/Calais') }), '/desks/0/hours/timeZone'],
    ['a zone is an offset', () => withDesk({ hours: hours('+01:00') }), '/desks/0/hours/timeZone'],
    ['a time is none', () => withDesk({ hours: hours('Europe/Paris', '25:00') }), '/hours/open/0/from'],
    [
      'an operator signs',
      () => ({ ...makeFile(), operators: [operator('signing')] }),
      '/operators/0/certificates/0/use',
    ],
    ['a quorum is too large', () => watched([], 3), '/witnesses/quorum'],
    ['a witness has no key', () => watched([{ vkey: 'x' }]), '/witnesses/witnesses/0/vkey'],
    [
      'its key is of another id',
      () => watched([{ vkey: vkeyOf('a').replace('a+', 'b+') }]),
      '/witnesses/witnesses/0/vkey',
    ],
    ['its key is a log’s', () => watched([{ vkey: vkeyOf('a', 'ed25519') }]), '/0/vkey is no key of cosignatures'],
    ['it is http elsewhere', () => watched([{ url: 'http://w.example' }]), '/witnesses/witnesses/0/url is http'],
    ['its address has a password', () => watched([{ url: 'https://u:p@w.example' }]), '/witnesses/witnesses/0/url'],
    ['its address has a query', () => watched([{ url: 'https://w.example?a' }]), '/witnesses/witnesses/0/url'],
    ['two witnesses have one name', () => watched([{}, { name: 'W' }]), '/witnesses/witnesses/1/name'],
    ['two witnesses are one', () => watched([{}, { vkey: vkeyOf('w.example') }]), '/witnesses/witnesses/1/vkey'],
    ['two witnesses have one key', () => watched([{}, { vkey: vkeyOf('v.example', 'ml-dsa-44', shared) }]), '/1/vkey'],
    [
      'two witnesses have one address',
      () => watched([{}, { url: 'https://w.example/' }]),
      '/witnesses/witnesses/1/url',
    ],
    [
      'there are more witnesses than a note takes',
      () => watched(Array.from({ length: 15 }, () => ({}))),
      '/witnesses/witnesses must NOT',
    ],
    ['contents are kept no day', () => ({ ...makeFile(), retention: { contentDays: 0 } }), '/retention/contentDays'],
    ['an e-mail address is two', () => withAgency({ contact: { email: 'a@b.fr,c@d.fr' } }), '/contact/email'],
  ]
  const push = (url: string, trustAnchors = anchor) => ({ mode: 'push', url, trustAnchors })
  const withDesk = (change: Entry) => withAgency({ desks: [{ ...desk(), ...change }] })
  const hours = (timeZone: string, from = '09:00') => ({ timeZone, open: [{ days: ['mon'], from, to: '17:00' }] })
  const operator = (use: string) => ({ id: 'duty', name: 'Duty', certificates: [pin(use, 4)] })
  const watched = (change: readonly object[], quorum = 1) => {
    const [first = {}, ...more] = change
    const one = { name: 'W', vkey: vkeyOf('w.example', 'ml-dsa-44', shared), url: 'https://w.example', ...first }
    const others = more.map((each, at) => {
      return { name: `V${at}`, vkey: vkeyOf(`v${at}.example`), url: `https://v${at}.example`, ...each }
    })
    return { ...makeFile(), witnesses: { quorum, witnesses: [one, ...others] } }
  }

  test.each(refused)('%s', (_why, file, reason) => {
    const message = refusal(file())
    expect(message).toContain(reason)
    expect(message).not.toMatch(/\n|BEGIN/)
  })

  test('it is no strict JSON', () => {
    expect(() => parseRegistry('{"agencies": [], "agencies": [], "operators": []}')).toThrow(RegistryFault)
    expect(() => parseRegistry('{')).toThrow(RegistryFault)
  })
})

test('the published schema says everything in both languages', () => {
  const silent: string[] = []
  const look = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null) return
    const words = ['title', 'x-titleFr', 'description', 'x-descriptionFr']
    if ('properties' in value && !/\/(?:if|then)$/.test(at)) {
      if (words.some((word) => !Object.hasOwn(value, word))) silent.push(at)
      if (!('additionalProperties' in value)) silent.push(`${at} is open`)
    }
    for (const [name, part] of Object.entries(value)) look(part, `${at}/${name}`)
  }
  look(schema, '')
  expect(silent).toEqual([])
})

describe('a registry source', () => {
  test('swaps the registry in whole, and keeps the one in force where the file is refused', async () => {
    const file = join(folder.path, 'agencies.json')
    const lines: unknown[] = []
    const log = { ...quiet, error: (line: unknown) => void lines.push(line) }
    await writeFile(file, JSON.stringify(makeFile()))
    const source = await openRegistry(file, log)
    const seen: number[] = []
    source.onChange((next) => seen.push(next.agencies.size))
    const before = source.current()

    await writeFile(file, JSON.stringify(withAgency({ status: 'x' })))
    expect(await source.reload()).toBe(false)
    expect(source.current()).toBe(before)
    expect(lines).toEqual([{ reason: expect.stringMatching(/^\/agencies\/0\/status /) }])

    await writeFile(file, JSON.stringify(withAgency({ status: 'suspended' })))
    expect(await source.reload()).toBe(true)
    expect(source.current().agencies.get('fr-dep-62')?.status).toBe('suspended')
    expect(before.agencies.get('fr-dep-62')?.status).toBe('active')
    expect(seen).toEqual([2])
  })

  test('is not opened on a file that is missing, too large or refused', async () => {
    const file = join(folder.path, 'bad.json')
    await expect(openRegistry(file, quiet)).rejects.toThrow(new RegistryFault('cannot be read (ENOENT)'))
    await writeFile(file, ' '.repeat(8 * 1024 * 1024 + 1))
    await expect(openRegistry(file, quiet)).rejects.toThrow(/larger/)
    await writeFile(file, await readFile(import.meta.filename))
    await expect(openRegistry(file, quiet)).rejects.toThrow(RegistryFault)
  })

  test('is not read from a pipe, which would hold that reading and all later ones', async () => {
    const file = join(folder.path, 'registry.json')
    await writeFile(file, JSON.stringify(withAgency({})))
    const source = await openRegistry(file, quiet)
    await rm(file)
    execFileSync('mkfifo', [file])
    expect(await source.reload()).toBe(false)
    await rm(file)
    await writeFile(file, JSON.stringify(withAgency({ status: 'suspended' })))
    expect(await source.reload()).toBe(true)
    expect(source.current().agencies.get('fr-dep-62')?.status).toBe('suspended')
  })
})
