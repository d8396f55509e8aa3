import type { Mail, Mailer } from '../delivery/delivery.ts'
import { type Channel, describeNotice, type Notice } from './alarm-channel.ts'

type Needs = { readonly mailer: Mailer; readonly to: string; readonly environment: string }

/** Alarms by e-mail: all that are due in one, in both languages. */
export function openAlarmMail({ mailer, to, environment }: Needs): Channel {
  return {
    name: 'email',
    async tell(notices) {
      try {
        await mailer.send(to, writeMail(notices, environment))
        return { told: notices }
      } catch (error) {
        return { told: [], fault: error instanceof Error ? error.message : 'mail-failed' }
      }
    },
    close: mailer.close,
  }
}

/** Writes the mail. It names codes, agencies, authorities and files, and nothing of a message. */
function writeMail(notices: readonly Notice[], environment: string): Mail {
  const system = environment === 'production' ? '' : `[${environment}] `
  const isOver = notices.every(({ what }) => what === 'over')
  const [first] = notices
  const more = notices.length > 1 ? ` (+${notices.length - 1})` : ''
  return {
    subject: `${system}Passerelle: alarm${isOver ? ' over' : ''} / alarme${isOver ? ' terminée' : ''}: ${first?.code ?? ''}${more}`,
    text: [...notices.flatMap(writeNotice), '-- ', 'Passerelle · docs/operating.md, «Alarms»', ''].join('\n'),
    priority: isOver ? 'normal' : 'high',
  }
}

function writeNotice(notice: Notice): readonly string[] {
  const { state, remedy } = describeNotice(notice)
  return [
    `${notice.code}: ${notice.subject}`,
    `${state.en} / ${state.fr}, ${notice.since.toISOString()}`,
    ...(remedy ? [remedy.en, remedy.fr] : []),
    '',
  ]
}
