/**
 * Tells by e-mail that something waits: of which priority, at which desk, and by when an answer is wanted; never who, what or
 * about whom (protocol section 7).
 */
import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { codeOf, type Log, MAIL_ADDRESS, type Text } from '../base/base.ts'
import { DeliveryFault } from './fault.ts'
import type { Priority } from '../protocol/protocol.ts'

export type Notice = {
  readonly priority: Priority
  readonly environment: string
  readonly desks?: readonly Text[]
  readonly respondBy?: Date
}

export type Notifier = { notify(to: { readonly email: string }, what: Notice): Promise<void>; close(): Promise<void> }

const TIMEOUT_MS = 10_000
const CONNECTIONS = 2
const IDLE_MS = 30_000

/**
 * Opens what notifies, over the mail server of an `smtp:` or `smtps:` URL; without one, notifications are logged. In the
 * URL `?from=` names the sender; other parameters are nodemailer's. `timeoutMs` bounds the whole of one notification.
 * `notify` throws a DeliveryFault, a fixed word and no address: whoever called logs it and tries again later.
 * @throws TypeError where the URL is none
 */
export function openNotifier(smtpUrl: string | undefined, log: Log, timeoutMs = TIMEOUT_MS): Notifier {
  if (!smtpUrl) return { notify: async (to, what) => logNotice(log, to, what), close: async () => {} }
  const { from, ...server } = readServer(smtpUrl)
  const transport = createTransport({
    ...server,
    pool: true,
    maxConnections: CONNECTIONS,
    maxRequeues: 1, // a connection that the server closed while it idled
    idleTimeout: IDLE_MS,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: IDLE_MS + timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  // The pool reports what idle connections die of; those that somebody waits for are told in `notify`.
  transport.on('error', () => log.warn('a connection to the mail server failed'))
  const underWay = new Set<Promise<unknown>>()

  const send = async (email: string, what: Notice) => {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    try {
      const address = { name: '', address: parseAddress(email) }
      await transport.sendMail({ from, to: address, ...writeNotice(what), signal: deadline.signal })
    } catch (error) {
      throw new DeliveryFault(deadline.signal.aborted ? 'mail-timeout' : nameMailFault(error))
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async notify({ email }, what) {
      const sending = send(email, what)
      underWay.add(sending)
      await sending.finally(() => underWay.delete(sending))
    },

    async close() {
      await Promise.allSettled(underWay)
      transport.close()
    },
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
function writeNotice(notice: Notice) {
  const { priority, environment } = notice
  const { en, fr } = waiting[priority]
  const details = writeDetails(notice)
  const system = environment === 'production' ? '' : `[${environment}] `
  return {
    subject: `${system}Passerelle: ${en} / ${fr}`,
    text: [
      `Passerelle: ${en} for you.${details.en} Please open your inbox in Passerelle to read it.`,
      'To protect those concerned, this notification says no more. Please do not reply to it.',
      '',
      `Passerelle : ${fr}.${details.fr} Veuillez ouvrir votre boîte de réception dans Passerelle pour le lire.`,
      'Afin de protéger les personnes concernées, cette notification n’en dit pas plus. Merci de ne pas y répondre.',
      '',
    ].join('\n'),
    headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no out-of-office answers
    priority: priority === 'immediate' ? ('high' as const) : ('normal' as const),
    xMailer: false as const,
  }
}

/** Of the address only the domain: whose mailbox it is may be personal data. */
function logNotice(log: Log, { email }: { readonly email: string }, { priority, environment }: Notice): void {
  const domain = email.slice(email.lastIndexOf('@') + 1)
  log.info({ priority, environment, domain }, 'a message is waiting; not mailed, since no mail server is configured')
}

function parseAddress(email: string): string {
  if (email.length > 254 || !MAIL_ADDRESS.test(email)) throw new DeliveryFault('mail-address-unusable')
  return email
}

function readServer(smtpUrl: string) {
  const url = new URL(smtpUrl)
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') throw new TypeError('not an smtp: or smtps: URL')
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  const from = url.searchParams.get('from') ?? `passerelle@${isIP(host) || host === '' ? 'localhost' : host}`
  url.searchParams.delete('from')
  return { url: url.href, from, ...readEncryption(url, host) }
}

/**
 * What the URL leaves open of STARTTLS: on this very machine it is left out, since a mail server has no certificate for
 * `localhost` that anybody could check; over a network a password goes encrypted or not at all.
 */
function readEncryption({ protocol, username, searchParams }: URL, host: string) {
  if (protocol === 'smtps:' || searchParams.has('requireTLS') || searchParams.has('ignoreTLS')) return {}
  if (['localhost', '127.0.0.1', '::1'].includes(host)) return { ignoreTLS: true }
  return username === '' ? {} : { requireTLS: true }
}

/** nodemailer's errors quote the server, which quotes addresses: only their codes are read. */
function nameMailFault(error: unknown): string {
  if (error instanceof DeliveryFault) return error.code
  return faults.get(codeOf(error)) ?? 'mail-failed'
}

const faults: ReadonlyMap<string, string> = new Map([
  ['ECONNECTION', 'mail-server-unreachable'],
  ['EDNS', 'mail-server-unreachable'],
  ['ESOCKET', 'mail-server-unreachable'],
  ['ETIMEDOUT', 'mail-timeout'],
  ['EAUTH', 'mail-authentication-failed'],
  ['ENOAUTH', 'mail-authentication-failed'],
  ['ETLS', 'mail-tls-failed'],
  ['EENVELOPE', 'mail-refused'],
  ['EMESSAGE', 'mail-refused'],
])
