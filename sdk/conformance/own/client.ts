import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Draft, Received } from '../../client.ts'
import type { InboxEntry } from '../../answers.ts'
import type { Outcome } from '../../endpoint.ts'
import type { Envelope } from '../../message.ts'
import { PasserelleProblem, SdkFault } from '../../problem.ts'
import { isObject } from '../../shape.ts'
import type { Adapter, Answer, AskedDraft, Command, Done, Setup, Taken } from '../adapter.ts'
import { openParts, type OwnOptions, type Parts } from './parts.ts'

/** A small client of an agency, made of the SDK alone: what the runner drives, and an example of how to write an adapter. */
export async function openOwnClient(
  { folder, agency }: Setup,
  options: OwnOptions = {},
  change: (parts: Parts) => Parts | Promise<Parts> = (parts) => parts,
): Promise<Adapter> {
  const notices: string[] = []
  const parts = await change(await openParts(folder, options, (notice) => notices.push(notice)))
  const { client, keeping, configuration } = parts
  const pushed: Taken[] = []
  let receiver: ReturnType<Parts['receiver']> | undefined

  const send = async ({ attachments = [], ...rest }: AskedDraft & { inReplyTo?: string }): Promise<Done> => {
    const named = await Promise.all(
      attachments.map(async ({ path, mediaType, name, description }) =>
        client.attach(new Blob([await readFile(path)], { type: mediaType }), { name, description }),
      ),
    )
    const draft = { ...rest, from: agency, ...(named.length > 0 && { attachments: named }) } as unknown as Draft
    const { envelope, message, receipt } = await parts.send(draft)
    await parts.verifyReceipt(receipt, { event: 'SubmissionAcceptance', message, messageId: envelope.id })
    return { id: envelope.id }
  }

  /** The attachments that are what the sender named; the others are nobody's to open. */
  const saveAll = async (received: Received, { attachments = [] }: Envelope) => {
    const saved: { digest: string; path: string }[] = []
    for (const named of attachments)
      try {
        saved.push({ digest: named.digest, path: await parts.save(received, named) })
      } catch (fault) {
        if (!(fault instanceof SdkFault || fault instanceof PasserelleProblem)) throw fault
      }
    return saved
  }

  const keep = (key: string, caseId: string, outcome: Outcome): void => {
    keeping.kept.taken[key] = { caseId, outcome }
    keeping.save()
  }

  const acknowledge = async (received: Received, outcome: Exclude<Outcome, 'later'>): Promise<void> => {
    const { receipt } =
      outcome === 'accepted'
        ? await parts.acknowledge(received, 'accepted')
        : await parts.acknowledge(received, 'refused', { reason: outcome.refused })
    const event = outcome === 'accepted' ? 'ContentHandover' : 'ConsignmentRejection'
    await parts.verifyReceipt(receipt, { event, message: received.bytes, messageId: received.id })
  }

  /** Reads one message and verifies it, hands it over unless that was done before, and signs for it. */
  const take = async (entry: InboxEntry, later: boolean): Promise<Taken | undefined> => {
    const received = await parts.read(entry)
    const envelope = await parts.verifyMessage(received, agency)
    const key = `${received.from} ${received.id}`
    const known = keeping.kept.taken[key]
    const taken = known ? undefined : { envelope: { ...envelope }, attachments: await saveAll(received, envelope) }
    if (known === undefined) keep(key, envelope.caseId, later ? 'later' : 'accepted')
    const outcome = known?.outcome ?? 'accepted'
    if (!later) await acknowledge(received, outcome === 'later' ? 'accepted' : outcome)
    return taken
  }

  const receive = async (later: boolean): Promise<Done> => {
    const messages: Taken[] = []
    for (let page: string | undefined = ''; page !== undefined; ) {
      const listed = await parts.inbox({ limit: 100, ...(page !== '' && { page }) })
      for (const entry of listed.messages)
        try {
          const taken = await take(entry, later)
          if (taken !== undefined) messages.push(taken)
        } catch (fault) {
          // One that cannot be read or is not genuine must not keep the others waiting.
          if (!(fault instanceof SdkFault || fault instanceof PasserelleProblem)) throw fault
        }
      page = listed.next
    }
    return { messages }
  }

  const receipts = async (): Promise<Done> => {
    const told: { event: string; messageId: string }[] = []
    const read = (after: string) => client.receipts(after === '' ? {} : { after })
    let page = await read(keeping.kept.cursor).catch((fault: unknown) => {
      if (!(fault instanceof PasserelleProblem && fault.code === 'invalid-request')) throw fault
      // The gateway's record was restored, and does not know the place any more: from the beginning (section 6).
      return read('')
    })
    for (; page.receipts.length > 0; page = await read(page.next)) {
      for (const { cursor, receipt } of page.receipts) {
        const verified = await parts.verifyReceipt(receipt, {}).catch((fault: unknown) => {
          if (!(fault instanceof SdkFault)) throw fault
        })
        if (verified !== undefined) told.push({ event: verified.event, messageId: verified.messageId ?? '' })
        keeping.kept.cursor = cursor
      }
      keeping.save()
    }
    return { receipts: told }
  }

  const listen = async (): Promise<Done> => {
    const [cert, key] = await Promise.all(
      ['endpoint.crt', 'endpoint.key'].map((name) => readFile(join(folder, name), 'utf8')),
    )
    receiver = parts.receiver({
      agency,
      client,
      signer: configuration.signer,
      tls: { cert: cert ?? '', key: key ?? '' },
      ca: configuration.ca,
      memory: {
        get: (key) => keeping.kept.taken[key]?.outcome,
        set: () => undefined,
      },
      take: async (envelope, received) => {
        pushed.push({ envelope: { ...envelope }, attachments: await saveAll(received, envelope) })
        keep(`${received.from} ${received.id}`, envelope.caseId, 'accepted')
        return 'accepted' as const
      },
      ...(options.now !== undefined && { now: options.now }),
    })
    return { url: `https://localhost:${await receiver.listen(0, '127.0.0.1')}` }
  }

  const obey = async (command: Command): Promise<Done | undefined> => {
    switch (command.do) {
      case 'send':
        return send(command.draft)
      case 'reply': {
        const { caseId = '' } = keeping.kept.taken[`${command.from} ${command.id}`] ?? {}
        return send({ ...command.draft, to: command.from, caseId, inReplyTo: command.id })
      }
      case 'receive':
        return receive(command.acknowledge === 'later')
      case 'acknowledge': {
        const { from, id, outcome, reason = '' } = command
        const known = keeping.kept.taken[`${from} ${id}`]
        const decided = outcome === 'accepted' ? outcome : { refused: reason }
        await acknowledge(await parts.read({ from, messageId: id }), decided)
        keep(`${from} ${id}`, known?.caseId ?? '', decided)
        return {}
      }
      case 'receipts':
        return receipts()
      case 'listen':
        return listen()
      case 'taken':
        return { messages: pushed }
      default:
        return undefined
    }
  }

  const answer = async (command: Command): Promise<Answer> => {
    try {
      const done = await obey(command)
      return done === undefined ? { unknown: true } : { done }
    } catch (fault) {
      if (fault instanceof PasserelleProblem)
        return { refused: fault.code, ...(fault.requestId !== undefined && { requestId: fault.requestId }) }
      if (fault instanceof SdkFault) return { refused: fault.code }
      throw fault
    }
  }

  return {
    do: async (command) => {
      const answered = await answer(command)
      const told = notices.splice(0)
      return told.length > 0 ? { ...answered, notices: told } : answered
    },
    kill: async () => {
      await client.close()
      await receiver?.close()
    },
  }
}

/** Reads a line that the runner has written. @throws where it is none */
export function commandOf(line: string): Command | (Setup & { readonly do: 'open' }) {
  const read: unknown = JSON.parse(line)
  if (isObject(read) && typeof read['do'] === 'string') return read as Command
  throw new SyntaxError('not a command')
}
