import { PasserelleProblem } from '../../problem.ts'
import { verifyReceipt } from '../../verify.ts'
import type { Call, Command } from '../command.ts'
import { exits } from '../exit.ts'
import { eventWords } from '../events.ts'

export const receipts: Command = {
  name: 'receipts',
  means: {
    en: 'Shows what became of what you sent: each receipt, verified. Of one message, or of all from a cursor on.',
    fr: 'Montre ce qu’il est advenu de vos envois\u00a0: chaque récépissé, vérifié. D’un message, ou de tous à partir d’un curseur.',
  },
  takes: '[MESSAGE-ID]',
  count: [0, 1],
  options: {
    follow: { short: 'f', means: { en: 'goes on, until Ctrl-C', fr: 'continue, jusqu’à Ctrl-C' } },
    after: { value: 'CURSOR', means: { en: 'only what came later', fr: 'seulement ce qui est venu ensuite' } },
  },
  example: 'passerelle receipts --follow',
  async run(call) {
    const [messageId] = call.words
    const client = await call.client()
    const { signal, terminal } = call
    const show = await openShow(call)
    if (messageId !== undefined) {
      const status = await client.status(messageId, { signal })
      for (const receipt of status.receipts) await show(receipt)
      terminal.say({ en: `state: ${status.state}`, fr: `état\u00a0: ${status.state}` })
      terminal.json({ ...status })
      return exits.done
    }
    const after = call.value('after')
    const from = after === undefined ? {} : { after }
    if (call.is('follow')) {
      const onFault = (fault: Error) => terminal.note(fault.message)
      for await (const entry of client.followReceipts({ ...from, signal, onFault }))
        await show(entry.receipt, entry.cursor)
      return exits.done
    }
    for (let page = await client.receipts({ ...from, signal }); page.receipts.length > 0; ) {
      for (const { receipt, cursor } of page.receipts) await show(receipt, cursor)
      page = await client.receipts({ after: page.next, signal })
    }
    return exits.done
  },
}

/** Shows a receipt that verifies; the certificates are read again where one is not known yet. */
async function openShow(call: Call) {
  const client = await call.client()
  const { terminal, signal } = call
  const read = async () => Promise.all([client.wellKnown({ signal }), client.directory({ signal })])
  let known = await read()
  return async (compact: string, cursor?: string): Promise<void> => {
    const receipt = await verifyReceipt(compact, ...known).catch(async (fault: unknown) => {
      if (fault instanceof PasserelleProblem) throw fault
      known = await read()
      return verifyReceipt(compact, ...known)
    })
    const { paint, of } = terminal
    const words = of(eventWords[receipt.event])
    terminal.say(
      `${paint.good('✓')} ${receipt.at}  ${words}  ${receipt.to ?? ''}  ${paint.faint(receipt.messageId ?? '')}`,
    )
    if (cursor !== undefined) terminal.json({ cursor, ...receipt })
  }
}
