import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, type Envelope, type Message, openClient, readIdentity, type Signer } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import type { TestGateway } from './gateway.ts'

export type TestAgency = AsyncDisposable & { readonly id: string; readonly client: Client; readonly signer: Signer }

/** A development agency as a partner would run it: its own keys, the SDK, the gateway's URL. */
export async function openAgency(gateway: TestGateway, id: string, url = gateway.url): Promise<TestAgency> {
  const identity = await readIdentity(join(gateway.pki.folder, 'agencies', id))
  const ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  const client = openClient({ url, ca, ...identity })
  return { id, client, signer: identity.signer, [Symbol.asyncDispose]: () => client.close() }
}

const SCHEMAS = join(import.meta.dirname, '../../schemas/1.0')

/** A valid envelope: the first published example of its type, made somebody's own. It asks for no answer by a time that is past. */
export function makeEnvelope(type: string, from: string, to: string, more: Partial<Envelope> = {}): Message {
  const [example] = JSON.parse(readFileSync(join(SCHEMAS, `${type}.examples.json`), 'utf8')) as [Envelope]
  const { inReplyTo: _, respondBy: __, ...rest } = example
  // A test that puts another body in it knows what it does.
  return { ...rest, id: newId(), caseId: newId(), from, to, ...more } as Message
}
