import { join } from 'node:path'
import { type Client, type ClientOptions, type Draft, openClient, type Received } from '../../client.ts'
import { type Configuration, readConfiguration } from '../../configuration.ts'
import { createReceiver, type ReceiverOptions } from '../../endpoint.ts'
import type { Attachment, Envelope, Receipt } from '../../message.ts'
import { SdkFault } from '../../problem.ts'
import { type ExpectedReceipt, verifyMessage, verifyReceipt } from '../../verify.ts'
import { type Keeping, openKeeping } from './keeping.ts'

/** How the client is opened; a test gives it another clock. */
export type OwnOptions = Partial<
  Pick<ClientOptions, 'now' | 'sleep' | 'patience' | 'random' | 'connections' | 'onExpiry'>
>

/** What the SDK does for a client, one function each, so that a test can put a wrong one in the place of each. */
export type Parts = {
  readonly folder: string
  readonly configuration: Configuration
  readonly options: OwnOptions
  readonly client: Client
  readonly keeping: Keeping
  send(draft: Draft): Promise<{ envelope: { id: string }; message: string; receipt: string }>
  inbox: Client['inbox']
  read: Client['read']
  verifyMessage(received: Received, agency: string): Promise<Envelope>
  verifyReceipt(receipt: string, expected: ExpectedReceipt): Promise<Receipt>
  acknowledge: Client['acknowledge']
  /** Saves an attachment; gives where. @throws SdkFault where it is not what the sender named */
  save(received: Received, named: Attachment): Promise<string>
  receiver(options: ReceiverOptions): ReturnType<typeof createReceiver>
}

/** Opens the parts of a client in the folder that the runner has made; `onExpiry` is told of certificates that end. */
export async function openParts(
  folder: string,
  options: OwnOptions,
  onExpiry: (notice: string) => void,
): Promise<Parts> {
  const configuration = await readConfiguration(join(folder, 'passerelle.json'))
  const client = openClient({ ...configuration, ...options, onExpiry })
  const published = openPublished(client)
  return {
    folder,
    configuration,
    options: { ...options, onExpiry },
    client,
    keeping: openKeeping(join(folder, 'state')),
    send: (draft) => client.send(draft),
    inbox: client.inbox,
    read: client.read,
    verifyMessage: ({ bytes, from, id }, agency) =>
      published((_, directory) => verifyMessage(bytes, directory, { from, id, to: agency })),
    verifyReceipt: (receipt, expected) =>
      published((wellKnown, directory) => verifyReceipt(receipt, wellKnown, directory, expected)),
    acknowledge: client.acknowledge,
    save: async (received, named) => {
      // Never under the name that the sender gave it.
      const path = join(folder, 'state', `attachment-${named.digest.slice('sha-256:'.length)}`)
      await client.saveAttachment(received, named, path)
      return path
    },
    receiver: createReceiver,
  }
}

type Documents = [Awaited<ReturnType<Client['wellKnown']>>, Awaited<ReturnType<Client['directory']>>]

/** Verifies with what the gateway publishes; where a certificate is not known, which may be the next one, that is read again before anybody is refused. */
function openPublished(client: Client) {
  let kept: Documents | undefined
  const read = async (): Promise<Documents> => (kept = await Promise.all([client.wellKnown(), client.directory()]))
  return async <Result>(verify: (...documents: Documents) => Promise<Result>): Promise<Result> => {
    if (kept === undefined) return verify(...(await read()))
    try {
      return await verify(...kept)
    } catch (fault) {
      if (!(fault instanceof SdkFault && fault.code === 'unknown-signer')) throw fault
      return verify(...(await read()))
    }
  }
}
