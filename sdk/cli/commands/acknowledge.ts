import { labels } from '../../generated/labels.ts'
import { verifyMessage, verifyReceipt } from '../../verify.ts'
import type { Command } from '../command.ts'
import { eventWords } from '../events.ts'
import { CommandFault, exits } from '../exit.ts'

export const acknowledge: Command = {
  name: 'acknowledge',
  means: {
    en: 'Signs for a message: that your agency has it, or, with --refuse, that it does not take it, and why.',
    fr: 'Accuse réception d’un message sous signature\u00a0: votre organisme l’a, ou, avec --refuse, ne le prend pas, et pourquoi.',
  },
  takes: 'FROM ID',
  count: [2, 2],
  options: {
    refuse: {
      value: 'CODE',
      means: {
        en: `refuses it: ${Object.keys(labels.refusalReason.codes).join(', ')}`,
        fr: `le refuse\u00a0: ${Object.keys(labels.refusalReason.codes).join(', ')}`,
      },
    },
  },
  example: 'passerelle acknowledge fr-rys 01a20ea6-f1d3-7208-81fb-96ee73443308',
  async run(call) {
    const [from = '', messageId = ''] = call.words
    const { terminal } = call
    const reason = call.value('refuse')
    if (reason !== undefined && !Object.hasOwn(labels.refusalReason.codes, reason)) {
      const codes = Object.keys(labels.refusalReason.codes).join(', ')
      throw new CommandFault(exits.usage, {
        en: `--refuse is one of ${codes}`,
        fr: `--refuse est l’un des codes ${codes}`,
      })
    }
    const { agency } = await call.configuration()
    const client = await call.client()
    const { signal } = call
    const [wellKnown, directory, received] = await Promise.all([
      client.wellKnown({ signal }),
      client.directory({ signal }),
      client.read({ from, messageId }, { signal }),
    ])
    await verifyMessage(received.bytes, directory, { from, to: agency, id: messageId })
    const outcome = reason === undefined ? 'accepted' : 'refused'
    const answer = await client.acknowledge(received, outcome, { signal, ...(reason !== undefined && { reason }) })
    const receipt = await verifyReceipt(answer.receipt, wellKnown, directory, { message: received.bytes, messageId })
    terminal.say({
      en: `${terminal.paint.good('✓')} ${eventWords[receipt.event].en}, ${receipt.at}; the receipt verifies`,
      fr: `${terminal.paint.good('✓')} ${eventWords[receipt.event].fr}, ${receipt.at}\u202f; le récépissé est vérifié`,
    })
    terminal.json({ ...answer, event: receipt.event, at: receipt.at })
    return exits.done
  },
}
