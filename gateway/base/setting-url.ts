import { isIPv6 } from 'node:net'
import { ConfigurationFault, type Parse } from './setting.ts'

/** What a URL of the configuration consists of, still percent-encoded; a list of hosts where failing over is the client's. */
type Parts = {
  readonly scheme: string
  /** What stands before the hosts, without its @; undefined where nothing does. */
  readonly login: string | undefined
  readonly hosts: readonly string[]
  readonly path: string
  readonly query: URLSearchParams
}

type Rule = {
  readonly schemes: readonly string[]
  /** What the fault shows, and what it says of what may not stand in it as it is. */
  readonly example: string
  readonly advice?: string
  readonly fits: (parts: Parts) => boolean
}

const FORM = /^([a-z][a-z+]*):\/\/(?:([^\s/?#]*)@)?([^\s/?#@]*)(\/[^\s?#]*)?(?:\?([^\s#]*))?$/
const HOST = /^(?:\[([0-9a-fA-F:.]+)\]|[A-Za-z0-9._~-]+)(?::([0-9]{1,5}))?$/
/** libpq's way to name the folder of a Unix socket where a host would stand. */
const SOCKET_HOST = /^%2[fF][A-Za-z0-9._~%-]*(?::[0-9]{1,5})?$/
const ENCODED = 'with what is special in a user, password or name written as %XX'
/** One plain address: nothing that a mail program would read as several, as a name, or as another header. */
export const MAIL_ADDRESS = /^[^\s\p{Cc}<>()[\],;:\\"@]+@[^\s\p{Cc}<>()[\],;:\\"@]+$/u

/** PostgreSQL's: several hosts, or none where `?host=` or the system's own default says which. */
export const databaseUrl = url({
  schemes: ['postgresql', 'postgres'],
  example: 'postgresql://user@host:5432/database',
  fits: ({ hosts, query }) =>
    hosts.every((host) => isHost(host) || SOCKET_HOST.test(host)) && isPort(query.get('port') ?? '5432'),
})

/** Redis's; Sentinels are asked for an address, so their path is not a database's number alone. */
export const redisUrl = url({
  schemes: ['redis', 'rediss', 'redis+sentinel', 'rediss+sentinel'],
  example: 'redis://host:6379/0',
  fits: ({ scheme, hosts, path, query }) =>
    hosts.length > 0 &&
    hosts.every(isHost) &&
    (scheme.endsWith('+sentinel') || /^\/?$|^\/[0-9]{1,4}$/.test(path)) &&
    /^[0-9]{1,4}$/.test(query.get('db') ?? '0'),
})

/** One mail server's; `?from=` is an address, the rest of the query is nodemailer's. */
export const smtpUrl = url({
  schemes: ['smtp', 'smtps'],
  example: 'smtp://user:password@host:587?from=passerelle@host',
  fits: ({ hosts, path, query }) =>
    hosts.length === 1 &&
    hosts.every(isHost) &&
    /^\/?$/.test(path) &&
    MAIL_ADDRESS.test(query.get('from') ?? 'passerelle@localhost') &&
    ['requireTLS', 'ignoreTLS'].every((name) => /^(?:true|false)$/.test(query.get(name) ?? 'true')),
})

/** An S3-compatible store's: its bucket, and below which prefix; in the clear only on this machine, and never with credentials. */
export const storeUrl = url({
  schemes: ['https', 'http'],
  example: 'https://s3.example.org/bucket/prefix?region=eu-west-3',
  advice: 'without credentials, which have a file of their own; in the clear (http) only on this machine',
  fits: ({ scheme, login, hosts, path, query }) =>
    hosts.length === 1 &&
    hosts.every((host) => isHost(host) && (scheme === 'https' || LOOPBACK.test(host))) &&
    login === undefined &&
    BUCKET.test(path) &&
    [...query.keys()].every((name) => name === 'region') &&
    /^[a-z0-9-]{1,64}$/.test(query.get('region') ?? 'us-east-1'),
})

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/
/** A bucket as all stores take it, and folders of names that need no encoding. */
const BUCKET = /^\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[A-Za-z0-9_-]+)*\/?$/

/** One that is posted to; in the clear only on this machine. Its path may be a secret, so no fault repeats it. */
export const webhookUrl = postedTo('https://alarms.example.org/passerelle')

/** A collector of traces, to whose path its own is added. */
export const collectorUrl = postedTo('https://collector.example.org:4318', ({ query }) => query.size === 0)

/**
 * A time-stamping authority (RFC 3161): most there are answer in the clear alone. What it is sent is the hash of what is published, and what
 * it answers counts by its signature.
 */
export const stampingUrl = url({
  schemes: ['https', 'http'],
  example: 'https://tsa.example.org/tsr',
  advice: 'without user or password',
  fits: ({ login, hosts }) => hosts.length === 1 && hosts.every(isHost) && login === undefined,
})

function postedTo(example: string, fits: Rule['fits'] = () => true): Parse<string> {
  return url({
    schemes: ['https', 'http'],
    example,
    advice: 'without user or password; in the clear (http) only on this machine',
    fits: (parts) =>
      parts.hosts.length === 1 &&
      parts.hosts.every((host) => isHost(host) && (parts.scheme === 'https' || LOOPBACK.test(host))) &&
      parts.login === undefined &&
      fits(parts),
  })
}

/** Where pages are that anybody's browser reaches; what stands behind it is put to its end. */
export const pagesUrl = url({
  schemes: ['https', 'http'],
  example: 'https://passerelle.example.org/docs',
  advice: 'without user, password, query, fragment or a slash at its end; in the clear (http) only on this machine',
  fits: ({ scheme, login, hosts, path, query }) =>
    hosts.length === 1 &&
    hosts.every((host) => isHost(host) && (scheme === 'https' || LOOPBACK.test(host))) &&
    login === undefined &&
    query.size === 0 &&
    !/[/#?]$|#/.test(path),
})

export const mailAddress: Parse<string> = (text, name) => {
  if (text.length <= 254 && MAIL_ADDRESS.test(text)) return text
  throw new ConfigurationFault(`${name} must be one e-mail address`)
}

/** Judged here and whole: a driver would throw when it is used, quoting the password, or guess what was meant. */
function url({ schemes, example, advice = ENCODED, fits }: Rule): Parse<string> {
  return (text, name) => {
    const parts = split(text)
    if (parts !== undefined && schemes.includes(parts.scheme) && fits(parts)) return text
    throw new ConfigurationFault(`${name} must be a URL such as ${example}, ${advice}`)
  }
}

function split(text: string): Parts | undefined {
  if (!isDecodable(text)) return undefined
  const [whole, scheme = '', login, hosts = '', path = '', query = ''] = FORM.exec(text) ?? []
  if (whole === undefined) return undefined
  return { scheme, login, hosts: hosts === '' ? [] : hosts.split(','), path, query: new URLSearchParams(query) }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function isHost(host: string): boolean {
  const [whole, address, port] = HOST.exec(host) ?? []
  return whole !== undefined && (address === undefined || isIPv6(address)) && (port === undefined || isPort(port))
}

/** Where a server of this machine or another listens: `host:port`, or the path of a Unix socket. */
export type ServerAddress = { readonly host: string; readonly port: number } | { readonly path: string }

/** Gives what `host:port`, or the absolute path of a Unix socket, names. */
export const serverAddress: Parse<ServerAddress> = (text, name) => {
  if (/^\/\P{Cc}+$/u.test(text)) return { path: text }
  const [, host, port] = /^(.+):([0-9]{1,5})$/.exec(text) ?? []
  if (host !== undefined && port !== undefined && isHost(text)) {
    return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
  }
  throw new ConfigurationFault(`${name} must be host:port, or the absolute path of a socket`)
}

const isPort = (text: string): boolean => /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
