import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { Client, Query } from 'pg'

/** How far a base backup is: what has come, and what PostgreSQL expects of it. */
export type Progress = (bytes: number, expected: number) => void

/** A server that has sent nothing for so long, its checkpoint included, has gone. */
const SILENCE_MS = 300_000
/** A file takes 200 bytes of it. */
const LARGEST_MANIFEST = 256 * 2 ** 20
/** It has the write-ahead log kept until the backup has it, and goes with the connection. */
const SLOT = 'CREATE_REPLICATION_SLOT passerelle_backup_%s TEMPORARY PHYSICAL (RESERVE_WAL)'
const BASE_BACKUP = `BASE_BACKUP (LABEL 'passerelle', CHECKPOINT 'fast', PROGRESS true, WAL true, VERIFY_CHECKSUMS true,
  MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')`
/** What each message of the copy begins with (PostgreSQL 18, 54.4, `BASE_BACKUP`). */
const ARCHIVE_BEGINS = 0x6e
const MANIFEST_BEGINS = 0x6d
const DATA = 0x64

/**
 * Takes a base backup of a running server over the replication protocol (PostgreSQL 18, 54.4): its files as a tar archive, the
 * write-ahead log that they need included. The server checks the checksum of each page as it reads it.
 * @param url of a role that may replicate; @param archive is given the archive, and ended
 * @returns the server's manifest of what it sent: `backup_manifest`, with SHA-256 checksums
 * @throws where the server fails, a page is damaged, or `archive` does
 */
export async function takeBaseBackup(url: string, archive: Writable, progress: Progress): Promise<Buffer> {
  // A member that its types do not know.
  const replicating = { connectionString: url, replication: 'true', application_name: 'passerelle backup' }
  const client = new Client(replicating)
  client.on('error', () => undefined)
  await client.connect()
  const stream = client.connection.stream as Socket
  const failed = Promise.withResolvers<never>()
  const giveUp = (error: Error): void => {
    failed.reject(error)
    stream.destroy()
  }
  stream.setTimeout(SILENCE_MS, () => giveUp(new Error(`PostgreSQL has sent nothing for ${SILENCE_MS / 1000} s`)))
  archive.on('error', giveUp)
  archive.on('drain', () => stream.resume())
  try {
    await client.query(SLOT.replace('%s', `${process.pid}`))
    const taking = copyOut(
      client,
      BASE_BACKUP,
      openReceiver(archive, progress, () => stream.pause()),
    )
    const manifest = await Promise.race([taking, failed.promise])
    archive.end()
    await Promise.race([once(archive, 'finish'), failed.promise])
    return manifest
  } finally {
    failed.promise.catch(() => undefined)
    stream.resume()
    await client.end().catch(() => undefined)
  }
}

type Receiver = {
  begin(expected: number): void
  take(message: Buffer): void
  manifest(): Buffer
}

/** Sends a replication command, and gives each message of the copy that it answers with to `receiver`. */
function copyOut(client: Client, command: string, receiver: Receiver): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let fault: unknown
    const query = new Query(command, (error?: Error) => {
      if (error ?? fault) reject(error ?? fault)
      else resolve(receiver.manifest())
    })
    // What node-postgres calls on whatever query is under way; that of its own drops what a copy sends.
    const heed = {
      handleCopyData: ({ chunk }: { chunk: Buffer }) => {
        try {
          receiver.take(chunk)
        } catch (error) {
          fault ??= error
          client.connection.stream.destroy()
        }
      },
    }
    query.on(
      'row',
      (row: { size?: string | null }) => row.size !== undefined && receiver.begin(Number(row.size) * 1024),
    )
    client.query(Object.assign(query, heed))
  })
}

function openReceiver(archive: Writable, progress: Progress, pause: () => void): Receiver {
  const manifest: Buffer[] = []
  let [expected, bytes, manifestBytes, archives] = [0, 0, 0, 0]
  let isManifest = false

  function data(chunk: Buffer): void {
    bytes += chunk.length
    progress(bytes, expected)
    if (!isManifest) {
      // A copy: node-postgres goes on to use the memory.
      if (!archive.write(Buffer.from(chunk))) pause()
      return
    }
    manifestBytes += chunk.length
    if (manifestBytes > LARGEST_MANIFEST) throw new Error('the manifest of the backup is too large')
    manifest.push(Buffer.from(chunk))
  }

  return {
    begin: (size) => void (expected = size),
    take(message) {
      if (message[0] === DATA) data(message.subarray(1))
      else if (message[0] === MANIFEST_BEGINS) isManifest = true
      else if (message[0] === ARCHIVE_BEGINS && (archives += 1) > 1)
        throw new Error('the record has a tablespace elsewhere')
    },
    manifest: () => Buffer.concat(manifest),
  }
}
