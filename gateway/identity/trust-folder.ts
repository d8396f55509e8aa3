/** What the trust folder holds: its `*.crt` and `*.crl` files, each read again only when it has changed. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Certificate, CertificateFault, type Crl, parseCertificates, parseCrls } from './certificate.ts'
import { codeOf, type Log } from '../base/base.ts'

export type TrustFiles = {
  readonly certificates: readonly Certificate[]
  readonly crls: readonly Crl[]
  /** Names of files that could not be used as they are now. */
  readonly ignored: readonly string[]
}

type Content = { readonly certificates: readonly Certificate[]; readonly crls: readonly Crl[] }
type Entry = { readonly stamp: string; readonly content: Content; readonly fault?: string }

const MAX_FILES = 1000
const MAX_BYTES = 1024 * 1024

const nothing: Content = { certificates: [], crls: [] }

/**
 * Gives a function that reads the folder. A file that cannot be parsed counts as what it last held, and is logged once.
 * The function throws the file system's error where the folder itself cannot be read.
 */
export function openTrustFolder(folder: string, log: Log): () => Promise<TrustFiles> {
  let entries: ReadonlyMap<string, Entry> = new Map()

  const readEntry = async (name: string): Promise<Entry | undefined> => {
    const before = entries.get(name)
    const file = join(folder, name)
    let stamp = 'unreadable'
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(file)
      stamp = [mtimeMs, ctimeMs, size, ino].join()
      if (stamp === before?.stamp) return before
      if (size > MAX_BYTES) throw new CertificateFault(`is larger than ${MAX_BYTES} bytes`)
      return { stamp, content: parse(name, await readFile(file)) }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      const fault = error instanceof CertificateFault ? error.message : `cannot be read (${codeOf(error)})`
      if (stamp !== before?.stamp || fault !== before.fault) log.error({ file: name, fault }, 'trust file ignored')
      return { stamp, content: before?.content ?? nothing, fault }
    }
  }

  return async () => {
    const names = (await readdir(folder)).filter((name) => /\.(crt|crl)$/.test(name)).toSorted()
    const next = new Map<string, Entry>()
    for (const name of names.slice(0, MAX_FILES)) {
      const entry = await readEntry(name)
      if (entry) next.set(name, entry)
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

function parse(name: string, bytes: Buffer): Content {
  const content = name.endsWith('.crl')
    ? { certificates: [], crls: parseCrls(bytes) }
    : { certificates: parseCertificates(bytes), crls: [] }
  // A file that is just being written may be empty for a moment.
  if (content.certificates.length + content.crls.length === 0) throw new CertificateFault('is empty')
  return content
}
