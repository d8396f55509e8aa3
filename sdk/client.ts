import { createHash } from 'node:crypto'
import type { Hash, Transfer } from './attachments.ts'
import { openCalls, type Received } from './calls.ts'
import { neutralName, openFile, saveFile } from './files.ts'
import type { Identity } from './identity.ts'
import type { Attachment } from './message.ts'
import { openTlsLine, type TlsOptions } from './tls-line.ts'
import { openTransport, patience, type TransportOptions } from './transport.ts'

export type { Draft, Feed, InboxQuery, Received } from './calls.ts'

export type ClientOptions = Identity &
  Omit<TlsOptions, 'tls'> &
  TransportOptions & { readonly now?: (() => Date) | undefined }

export type Client = ReturnType<typeof openClient>

/**
 * Takes the gateway's URL and anchors and an agency's identity; gives what a partner can do. Answers are checked against the protocol's form. All calls
 * may be aborted by their `signal`, end within the client's patience, and throw PasserelleProblem where the gateway refuses.
 */
export function openClient(options: ClientOptions) {
  const { attemptMs } = { ...patience, ...options.patience }
  const transport = openTransport(openTlsLine(options, attemptMs), options)
  const calls = openCalls({ ...options, transport, hashing: openHash })
  return {
    ...calls,
    /** The same for a file, whose name says its media type; what the recipient sees is a neutral name, unless one is given. */
    attachFile: async (
      path: string,
      about: Transfer & Pick<Attachment, 'description'> & { readonly name?: string },
    ): Promise<Attachment> => {
      const put = await calls.attach(await openFile(path), { name: '', ...about })
      return { ...put, name: about.name ?? neutralName(put.mediaType, put.digest) }
    },
    /** The same into a file, which is there only once all of it has come and is what the sender named. */
    saveAttachment: (
      message: Pick<Received, 'from' | 'id'>,
      named: Pick<Attachment, 'digest' | 'size'>,
      path: string,
      transfer?: Transfer,
    ): Promise<void> => saveFile(calls.attachment(message, named, transfer), path),
  }
}

function openHash(): Hash {
  const hash = createHash('sha256')
  return { update: (piece) => hash.update(piece), digest: () => hash.digest('base64url') }
}
