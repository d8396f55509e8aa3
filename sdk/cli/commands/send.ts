import { readFile } from 'node:fs/promises'
import type { Accepted } from '../../answers.ts'
import type { Client } from '../../client.ts'
import { untold } from '../../disclosure.ts'
import { openJws } from '../../jws.ts'
import type { Message } from '../../message.ts'
import { PasserelleProblem, SdkFault } from '../../problem.ts'
import { anyObject } from '../../shape.ts'
import { signMessage } from '../../sign.ts'
import { verifyReceipt } from '../../verify.ts'
import { waitingNotice } from '../../waiting.ts'
import { warnings } from '../../warnings.ts'
import type { Call, Command } from '../command.ts'
import { eventWords } from '../events.ts'
import { CommandFault, exits } from '../exit.ts'
import { readMessage, valid, writePrivate } from '../messages.ts'

/** What ends a message's way: what comes afterwards is somebody's act. */
const LAST = new Set(['ContentHandover', 'ConsignmentRejection', 'ContentConsignmentFailure', 'MessageDiscarded'])

export const send: Command = {
  name: 'send',
  means: {
    en: 'Judges a message, signs it, submits it, and verifies the receipt. What was signed and the receipt are kept beside the file: sent again, the same bytes are accepted once.',
    fr: 'Examine un message, le signe, le dépose et vérifie le récépissé. Les octets signés et le récépissé restent à côté du fichier\u00a0: redéposés, les mêmes octets ne sont acceptés qu’une fois.',
  },
  takes: 'FILE',
  count: [1, 1],
  options: {
    follow: {
      short: 'f',
      means: {
        en: 'waits until the recipient has signed for it',
        fr: 'attend que le destinataire en accuse réception',
      },
    },
  },
  example: 'passerelle send referral.json',
  completes: 'files',
  async run(call) {
    const [path = ''] = call.words
    const { terminal, signal } = call
    const client = await call.client()
    const held = await readMessage(path)
    const message = valid(held.envelope, path)
    for (const { pointer, text } of warnings(message, { today: call.surroundings.now() }))
      terminal.note(`${terminal.paint.warn('!')} ${pointer}  ${terminal.of(text)}`)
    const errors = untold(message, await client.rules({ signal }))
    if (errors.length > 0) throw new SdkFault('not-to-be-told', { errors })
    const base = path.replace(/\.(?:json|jose)$/, '')
    const { bytes, answer } = await submit(call, client, message, held.signed, `${base}.jose`)
    const [wellKnown, directory] = await Promise.all([client.wellKnown({ signal }), client.directory({ signal })])
    const receipt = await verifyReceipt(answer.receipt, wellKnown, directory, {
      event: 'SubmissionAcceptance',
      message: bytes,
      messageId: message.id,
    })
    await writePrivate(`${base}.receipt.jose`, answer.receipt)
    const again = answer.replayed ? { en: ' (it had been before)', fr: ' (il l’avait déjà été)' } : { en: '', fr: '' }
    terminal.say({
      en: `${terminal.paint.good('✓')} accepted${again.en} at ${receipt.at} by ${receipt.gateway}; the receipt verifies: ${base}.receipt.jose`,
      fr: `${terminal.paint.good('✓')} accepté${again.fr} le ${receipt.at} par ${receipt.gateway}\u202f; le récépissé est vérifié\u00a0: ${base}.receipt.jose`,
    })
    const recipient = directory.agencies.find(({ id }) => id === message.to)
    const notice = waitingNotice(message, answer, recipient, call.surroundings.now())
    if (notice !== undefined) terminal.note(terminal.paint.warn(terminal.of(notice)))
    terminal.json({
      messageId: message.id,
      caseId: message.caseId,
      state: answer.state,
      replayed: answer.replayed,
      receipt,
    })
    if (call.is('follow')) await follow(call, client, message.id)
    return exits.done
  },
}

/** Submits what was signed before, or signs now and keeps that first: a fault in between must not make a second message of it. */
async function submit(call: Call, client: Client, message: Message, signed: string | undefined, file: string) {
  const before = signed ?? (await signedBefore(file, message))
  const bytes = before ?? (await signNow(call, message, file))
  const { signal } = call
  try {
    return { bytes, answer: await client.submit(bytes, { signal }) }
  } catch (fault) {
    // It was never accepted, and its signature is too old: the same envelope is signed anew (section 4).
    if (!(fault instanceof PasserelleProblem && fault.code === 'stale-message') || signed !== undefined) throw fault
    const fresh = await signNow(call, message, file)
    const answer: Accepted = await client.submit(fresh, { signal })
    return { bytes: fresh, answer }
  }
}

async function signNow(call: Call, message: Message, file: string): Promise<string> {
  const { signer } = await call.configuration()
  const bytes = await signMessage(message, signer, call.surroundings.now())
  await writePrivate(file, bytes)
  return bytes
}

async function signedBefore(file: string, message: Message): Promise<string | undefined> {
  const bytes = await readFile(file, 'utf8').catch(() => undefined)
  if (bytes === undefined) return undefined
  const { payload } = openJws(bytes.trim(), 'safeguarding-message+jws', anyObject)
  if (JSON.stringify(payload) === JSON.stringify(message)) return bytes.trim()
  if (payload['id'] !== message.id) return undefined
  throw new CommandFault(exits.invalid, {
    en: `${file} holds other bytes under the same id: give the message a new id, or remove that file if it was never sent`,
    fr: `${file} contient d’autres octets sous le même identifiant\u00a0: donner un nouvel identifiant au message, ou supprimer ce fichier s’il n’a jamais été déposé`,
  })
}

async function follow(call: Call, client: Client, id: string): Promise<void> {
  const { terminal, signal } = call
  const [wellKnown, directory] = await Promise.all([client.wellKnown({ signal }), client.directory({ signal })])
  const seen = new Set<string>()
  for await (const { receipt } of client.followReceipts({ signal, onFault: (fault) => terminal.note(fault.message) })) {
    const { messageId, event, at, receiptId } = await verifyReceipt(receipt, wellKnown, directory)
    if (messageId !== id || seen.has(receiptId)) continue
    seen.add(receiptId)
    if (event !== 'SubmissionAcceptance')
      terminal.say(`${terminal.paint.good('✓')} ${at}  ${terminal.of(eventWords[event])}`)
    if (LAST.has(event)) return
  }
}
