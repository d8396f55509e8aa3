/** What the trust folder holds: its `*.crt` and `*.crl` files, each read again only when it has changed. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Certificate, parseCertificates, refuseHeavy } from './certificate.ts'
import { codeOf, type Log } from '../base/base.ts'
import type { Crl } from './crl.ts'
import { CertificateFault } from './der-blocks.ts'
import { readCrls } from './crl-reader.ts'
import { FileFault, readRegularFile } from './regular-file.ts'

export type TrustFiles = {
  readonly certificates: readonly Certificate[]
  readonly crls: readonly Crl[]
  /** Names of files that could not be used as they are now. */
  readonly ignored: readonly string[]
}

type Content = { readonly certificates: readonly Certificate[]; readonly crls: readonly Crl[] }
type Entry = { readonly stamp: string; readonly bytes: number; readonly content: Content; readonly fault?: string }

const MAX_FILES = 1000
const MAX_CERTIFICATE_BYTES = 1024 * 1024
/** A list of a million entries has 40 MB, with a reason for each 55, and a third more in PEM: this is some two million. */
const MAX_CRL_BYTES = 128 * 1024 * 1024
/** All lists together: they stay in memory. */
const MAX_CRLS_BYTES = 256 * 1024 * 1024

const nothing: Content = { certificates: [], crls: [] }

/**
 * Gives a function that reads the folder. A file that cannot be parsed counts as what it last held, and is logged once.
 * The function throws the file system's error where the folder itself cannot be read.
 */
export function openTrustFolder(folder: string, log: Log): () => Promise<TrustFiles> {
  let entries: ReadonlyMap<string, Entry> = new Map()

  const readEntry = async (name: string, room: number): Promise<Entry | undefined> => {
    const before = entries.get(name)
    const file = join(folder, name)
    let stamp = 'unreadable'
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(file)
      stamp = [mtimeMs, ctimeMs, size, ino, size > room].join()
      if (stamp === before?.stamp) return before
      if (size > room) throw new FileFault(`would make all lists larger than ${MAX_CRLS_BYTES} bytes`)
      return { stamp, bytes: size, content: await read(name, file) }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      const isOwn = error instanceof CertificateFault || error instanceof FileFault
      const fault = isOwn ? error.message : `cannot be read (${codeOf(error)})`
      if (stamp !== before?.stamp || fault !== before.fault) log.error({ file: name, fault }, 'trust file ignored')
      return { stamp, bytes: before?.bytes ?? 0, content: before?.content ?? nothing, fault }
    }
  }

  return async () => {
    const names = (await readdir(folder)).filter((name) => /\.(crt|crl)$/.test(name)).toSorted()
    const next = new Map<string, Entry>()
    let room = MAX_CRLS_BYTES
    for (const name of names.slice(0, MAX_FILES)) {
      const entry = await readEntry(name, isList(name) ? room : MAX_CRLS_BYTES)
      if (entry) next.set(name, entry)
      if (entry && isList(name)) room -= entry.bytes
    }
    entries = next
    const contents = [...next.values()].map(({ content }) => content)
    const certificates = contents.flatMap((content) => content.certificates)
    return {
      certificates: [...new Map(certificates.map((certificate) => [certificate.thumbprint, certificate])).values()],
      crls: contents.flatMap(({ crls }) => crls),
      ignored: [...next].flatMap(([name, { fault }]) => (fault ? [name] : [])).concat(names.slice(MAX_FILES)),
    }
  }
}

const isList = (name: string): boolean => name.endsWith('.crl')

async function read(name: string, file: string): Promise<Content> {
  const content = isList(name)
    ? { certificates: [], crls: await readCrls(await readRegularFile(file, MAX_CRL_BYTES)) }
    : { certificates: parseCertificates(await readRegularFile(file, MAX_CERTIFICATE_BYTES)), crls: [] }
  refuseHeavy(content.certificates)
  // A file that is just being written may be empty for a moment.
  if (content.certificates.length + content.crls.length === 0) throw new CertificateFault('is empty')
  return content
}
