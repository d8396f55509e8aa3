import { Socket } from 'node:net'
import { checkServerIdentity, type ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { readHosts } from '../base/base.ts'

/** A statement that takes longer is ended by the server. */
export const STATEMENT_MS = 15_000

/**
 * How a session is set, whatever server, database, role or URL say: what node-postgres reads back by its form, what the
 * statements rely on, and when the server may end what is under way. Where the record is read-only is the server's to say.
 */
const SESSION: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO,MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  search_path: '"$user",public',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  // An answer of 202 relies on it.
  synchronous_commit: 'on',
  statement_timeout: `${STATEMENT_MS}`,
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
  // A process that stands still within a transaction holds the log's row, and so everybody else.
  idle_in_transaction_session_timeout: '60s',
}

/** What node-postgres connects with. */
export type Connecting = {
  readonly user?: string
  readonly password?: string
  readonly database?: string
  readonly host: string
  readonly port: number
  readonly ssl?: boolean | ConnectionOptions
  readonly sslnegotiation?: 'direct'
  readonly options: string
  readonly stream?: () => Socket
}

/** Where a server of PostgreSQL listens: a name or an address, or the folder of a socket. */
export type Server = { readonly host: string; readonly port: number }

const FIRST_PORT = 5432
/** A server that has not said by then whether it takes writes is passed over. */
const PROBE_MS = 2_000

/**
 * Reads DATABASE_URL as libpq does, with one host or several; gives what node-postgres connects with. Of several hosts each new
 * connection goes to the one that takes writes, in their order.
 * @param more settings of the session beside those that all have
 */
export function connecting(url: string, more: Readonly<Record<string, string>> = {}): Connecting {
  const { servers, single } = readUrl(url)
  // It reads the URL as it always has. Settings of the session, its own time-outs and names are left behind.
  const { user, password, database, host, port, ...read } = new pg.Client({ connectionString: single })
  // Its type forgets that this may be what TLS is made with.
  const ssl: boolean | ConnectionOptions = read.ssl
  const plain = {
    ...(user !== undefined && { user }),
    ...(typeof password === 'string' && password !== '' && { password }),
    ...(database !== undefined && { database }),
    host,
    port,
    ...(/[?&]sslnegotiation=direct(?:&|$)/.test(url) && { sslnegotiation: 'direct' as const }),
    options: optionsOf({ ...SESSION, ...more }),
  }
  if (servers.length === 0) return { ...plain, ssl }
  const safely = { ...plain, host: servers[0]?.host ?? host, ssl: ssl && withNames(ssl, servers) }
  const find = openFinder(servers, (server) => takesWrites({ ...safely, ...server }))
  return { ...safely, stream: () => openStream(find) }
}

/** The servers, where several are named, and a URL that names one. */
function readUrl(url: string): { readonly servers: readonly Server[]; readonly single: string } {
  const read = readHosts(url)
  if (read === undefined || read.hosts.length < 2) return { servers: [], single: url }
  const servers = read.hosts.map(({ host, port = FIRST_PORT }) => ({ host, port }))
  return { servers, single: `${read.scheme}://${read.login}localhost${read.rest}` }
}

/** For the options of a session's start, which PostgreSQL splits at spaces. */
function optionsOf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ')
}

/** Which of several may show the certificate is not known before one answers: the name of each counts. */
function withNames(ssl: true | ConnectionOptions, servers: readonly Server[]): ConnectionOptions {
  return {
    checkServerIdentity: (_, certificate) => {
      const faults = servers.map(({ host }) => checkServerIdentity(host, certificate))
      return faults.includes(undefined) ? undefined : faults[0]
    },
    ...(ssl !== true && ssl),
  }
}

/**
 * Finds the server that takes writes: the one found last, or else the first in their order. All are asked at once, so that one
 * that is silent costs no more than its time; whoever asks meanwhile shares the answer.
 * @throws an outage where none does
 */
export function openFinder(
  servers: readonly Server[],
  asks: (server: Server) => Promise<boolean>,
): () => Promise<Server> {
  let last: Server | undefined
  let finding: Promise<Server> | undefined

  async function find(): Promise<Server> {
    const inOrder = servers.toSorted((one, other) => Number(other === last) - Number(one === last))
    const answers = inOrder.map(async (server) => ({ server, takes: await asks(server) }))
    for (const answer of answers) {
      const { server, takes } = await answer
      if (takes) return (last = server)
    }
    throw Object.assign(new Error('no server of DATABASE_URL takes writes'), { code: 'ENOWRITABLE' })
  }

  return () => (finding ??= find().finally(() => (finding = undefined)))
}

/** Whether a server answers and takes writes: it is no standby, and not set to read only. */
async function takesWrites(config: Connecting): Promise<boolean> {
  const client = new pg.Client({ ...config, application_name: 'passerelle probe', connectionTimeoutMillis: PROBE_MS })
  // What it fails of is told by the answer.
  client.on('error', () => undefined)
  const over = setTimeout(() => client.connection.stream.destroy(), PROBE_MS)
  try {
    await client.connect()
    const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only')
    return rows[0]?.transaction_read_only === 'off'
  } catch {
    return false
  } finally {
    clearTimeout(over)
    void client.end().catch(() => undefined)
  }
}

/** A socket for node-postgres, which names one host: it goes to the server that is found when it connects. */
function openStream(find: () => Promise<Server>): Socket {
  const socket = new Socket()
  const connect = socket.connect.bind(socket)
  const go = async (): Promise<void> => {
    const { host, port } = await find()
    if (socket.destroyed) return
    if (host.startsWith('/')) connect(`${host}/.s.PGSQL.${port}`)
    else connect(port, host)
  }
  socket.connect = () => {
    go().catch((error: Error) => socket.destroy(error))
    return socket
  }
  return socket
}
