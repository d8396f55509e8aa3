import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { codeOf, type Log, MAIL_ADDRESS } from '../base/base.ts'
import { DeliveryFault } from './fault.ts'

/** A mail as plain text. */
export type Mail = { readonly subject: string; readonly text: string; readonly priority: 'high' | 'normal' }

/** Sends mails. It throws a DeliveryFault, a fixed word and no address. */
export type Mailer = { send(email: string, mail: Mail): Promise<void>; close(): Promise<void> }

const TIMEOUT_MS = 10_000
const CONNECTIONS = 2
const IDLE_MS = 30_000

/**
 * Opens the mail server of an `smtp:` or `smtps:` URL. In it `?from=` names the sender; other parameters are nodemailer's.
 * @param timeoutMs bounds the whole of one mail; @throws TypeError where the URL is none
 */
export function openMailer(smtpUrl: string, log: Log, timeoutMs = TIMEOUT_MS): Mailer {
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
  // The pool reports what idle connections die of; those that somebody waits for are told in `send`.
  transport.on('error', () => log.warn('a connection to the mail server failed'))
  const underWay = new Set<Promise<unknown>>()

  const send = async (email: string, mail: Mail) => {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    try {
      const address = { name: '', address: parseAddress(email) }
      await transport.sendMail({
        from,
        to: address,
        ...mail,
        headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no out-of-office answers
        xMailer: false,
        signal: deadline.signal,
      })
    } catch (error) {
      throw new DeliveryFault(deadline.signal.aborted ? 'mail-timeout' : nameMailFault(error))
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async send(email, mail) {
      const sending = send(email, mail)
      underWay.add(sending)
      await sending.finally(() => underWay.delete(sending))
    },

    async close() {
      await Promise.allSettled(underWay)
      transport.close()
    },
  }
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
