import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Received } from '../../client.ts'
import type { Envelope } from '../../message.ts'
import { verifyMessage } from '../../verify.ts'
import type { Call, Command } from '../command.ts'
import { CommandFault, exits } from '../exit.ts'
import { envelopeOf, readMessage, writePrivate } from '../messages.ts'
import { pageOf, printable } from '../page.ts'

export const read: Command = {
  name: 'read',
  means: {
    en: 'Shows a message as a page for people, or as JSON: one that has come, whose signature is verified, or one in a file.',
    fr: 'Affiche un message, lisible ou en JSON\u00a0: un message reçu, dont la signature est vérifiée, ou celui d’un fichier.',
  },
  takes: 'FROM ID | FILE',
  count: [1, 2],
  options: {
    out: {
      value: 'FILE',
      short: 'o',
      means: { en: 'keeps the bytes that were signed', fr: 'conserve les octets signés' },
    },
    attachments: {
      value: 'DIR',
      short: 'a',
      means: { en: 'fetches what is attached, into that folder', fr: 'récupère les pièces jointes dans ce dossier' },
    },
  },
  example: 'passerelle read fr-rys 01a20ea6-f1d3-7208-81fb-96ee73443308',
  completes: 'files',
  async run(call) {
    const [from = '', messageId] = call.words
    const { terminal } = call
    const { envelope, received } =
      messageId === undefined ? await fromFile(from) : await fromGateway(call, from, messageId)
    const out = call.value('out')
    if (out !== undefined && received !== undefined) await writePrivate(out, received.bytes)
    terminal.say(pageOf(envelope, terminal))
    const folder = call.value('attachments')
    if (folder !== undefined && received !== undefined) await fetchAll(call, received, envelope, folder)
    if (messageId !== undefined) {
      const next = `passerelle acknowledge ${from} ${messageId}`
      terminal.say({
        en: `\nIts signature verifies. To sign for it: ${next}`,
        fr: `\nSa signature est vérifiée. Pour en accuser réception\u00a0: ${next}`,
      })
    }
    terminal.json(envelope)
    return exits.done
  },
}

async function fromFile(path: string): Promise<{ envelope: Envelope; received?: Received }> {
  const envelope = envelopeOf((await readMessage(path)).envelope)
  if (envelope !== undefined) return { envelope }
  throw new CommandFault(exits.invalid, { en: `${path} holds no envelope`, fr: `${path} ne contient pas d’enveloppe` })
}

async function fromGateway(call: Call, from: string, messageId: string) {
  const client = await call.client()
  const { agency } = await call.configuration()
  const { signal } = call
  const [directory, received] = await Promise.all([
    client.directory({ signal }),
    client.read({ from, messageId }, { signal }),
  ])
  return { envelope: await verifyMessage(received.bytes, directory, { from, to: agency, id: messageId }), received }
}

/** Each under its own digest: a name is somebody else's word, and two may be alike. */
async function fetchAll(call: Call, received: Received, envelope: Envelope, folder: string): Promise<void> {
  const { terminal, signal } = call
  const client = await call.client()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const named of envelope.attachments ?? []) {
    const end = /\.[A-Za-z0-9]{1,5}$/.exec(named.name)?.[0] ?? ''
    const path = join(folder, `${named.digest.slice('sha-256:'.length)}${end}`)
    const onProgress = (bytes: number) => terminal.progress(`${Math.floor((100 * bytes) / named.size)} %`)
    await client.saveAttachment(received, named, path, { signal, onProgress })
    terminal.say(`${path}  ${printable(named.description)}`)
  }
}
