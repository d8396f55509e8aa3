/**
 * Tells by e-mail that something waits: of which priority, at which desk, and by when an answer is wanted; never who, what or
 * about whom (protocol section 7).
 */
import type { Log, Text } from '../base/base.ts'
import { type Mail, openMailer } from './mailer.ts'
import type { Priority } from '../protocol/protocol.ts'

export type Notice = {
  readonly priority: Priority
  readonly environment: string
  readonly desks?: readonly Text[]
  readonly respondBy?: Date
}

type To = { readonly email: string }
export type Notifier = {
  notify(to: To, what: Notice): Promise<void>
  /** Sends a mail that says that it is a test, and that nothing waits. */
  test(to: To, here: Pick<Notice, 'environment'>): Promise<void>
  /** Whether it mails at all. */
  readonly mails: boolean
  close(): Promise<void>
}

/**
 * Opens what notifies, over the mail server of an `smtp:` or `smtps:` URL; without one, notifications are logged.
 * `notify` throws a DeliveryFault, a fixed word and no address: whoever called logs it and tries again later.
 * @param timeoutMs bounds the whole of one notification; @throws TypeError where the URL is none
 */
export function openNotifier(smtpUrl: string | undefined, log: Log, timeoutMs?: number): Notifier {
  if (!smtpUrl)
    return {
      notify: async (to, what) => logNotice(log, to, what),
      test: async () => {},
      mails: false,
      close: async () => {},
    }
  const mailer = openMailer(smtpUrl, log, timeoutMs)
  return {
    notify: ({ email }, what) => mailer.send(email, writeNotice(what)),
    test: ({ email }, here) => mailer.send(email, writeTest(here)),
    mails: true,
    close: mailer.close,
  }
}

const waiting: Readonly<Record<Priority, Text>> = {
  immediate: { en: 'an immediate message is waiting', fr: 'un message à traiter immédiatement vous attend' },
  urgent: { en: 'an urgent message is waiting', fr: 'un message à traiter dans la journée vous attend' },
  routine: { en: 'a routine message is waiting', fr: 'un message sans urgence vous attend' },
}

/** Where it waits and by when an answer is wanted, a sentence each. */
function writeDetails({ desks = [], respondBy }: Notice): Text {
  const en = [
    ...(desks.length > 0 ? [` It waits at: ${desks.map((desk) => desk.en).join(', ')}.`] : []),
    ...(respondBy ? [` An answer is wanted by ${writeTime(respondBy, 'en-GB')} (UTC).`] : []),
  ]
  const fr = [
    ...(desks.length > 0 ? [` Service concerné\u00a0: ${desks.map((desk) => desk.fr).join(', ')}.`] : []),
    ...(respondBy ? [` Une réponse est attendue avant le ${writeTime(respondBy, 'fr-FR')} (UTC).`] : []),
  ]
  return { en: en.join(''), fr: fr.join('') }
}

function writeTime(time: Date, locale: string): string {
  const form = { timeZone: 'UTC', dateStyle: 'long', timeStyle: 'short' } as const
  return new Intl.DateTimeFormat(locale, form).format(time)
}

/** Writes the mail. Nothing of the message goes into it but its priority and until when, so nothing can leak from it. */
function writeNotice(notice: Notice): Mail {
  const { priority, environment } = notice
  const { en, fr } = waiting[priority]
  const details = writeDetails(notice)
  return {
    subject: `${marked(environment)}Passerelle: ${en} / ${fr}`,
    text: [
      `Passerelle: ${en} for you.${details.en} Please open your inbox in Passerelle to read it.`,
      'To protect those concerned, this notification says no more. Please do not reply to it.',
      '',
      `Passerelle : ${fr}.${details.fr} Veuillez ouvrir votre boîte de réception dans Passerelle pour le lire.`,
      'Afin de protéger les personnes concernées, cette notification n’en dit pas plus. Merci de ne pas y répondre.',
      '',
    ].join('\n'),
    priority: priority === 'immediate' ? 'high' : 'normal',
  }
}

const marked = (environment: string): string => (environment === 'production' ? '' : `[${environment}] `)

const nothingWaits: Text = { en: 'test, nothing is waiting', fr: 'essai, rien ne vous attend' }

function writeTest({ environment }: Pick<Notice, 'environment'>): Mail {
  return {
    subject: `${marked(environment)}Passerelle: ${nothingWaits.en} / ${nothingWaits.fr}`,
    text: [
      'Passerelle: this is a test, asked for by an operator. No message is waiting for you because of it.',
      'Notifications will come to this address. If you should not have had this one, tell the operators.',
      '',
      'Passerelle : ceci est un essai, demandé par un opérateur. Aucun message ne vous attend de ce fait.',
      'Les notifications arriveront à cette adresse. Si cet essai ne vous était pas destiné, prévenez les opérateurs.',
      '',
    ].join('\n'),
    priority: 'normal',
  }
}

/** Of the address only the domain: whose mailbox it is may be personal data. */
function logNotice(log: Log, { email }: { readonly email: string }, { priority, environment }: Notice): void {
  const domain = email.slice(email.lastIndexOf('@') + 1)
  log.info({ priority, environment, domain }, 'a message is waiting; not mailed, since no mail server is configured')
}
