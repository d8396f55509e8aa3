import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type Connection, destroy, makeConnection, type Standing } from './connection.ts'
import { createCrowd } from './crowd.ts'
import type { Handshakes } from './handshakes.ts'
import type { Limit, Overload } from './overload.ts'

/** Who has shaken hands; nothing where that one may not stay. */
export type WhoIs = (socket: TLSSocket) => Standing | undefined

/** All connections of one listener, each in the crowd of its state. */
export type Connections = {
  /** Ends one, for the reason given. */
  drop(connection: Connection, limit: Limit): void
  /** Looks after bounds on time. @param at of `performance.now()`; @param date by the calendar, for certificates */
  look(at: number, date: Date): void
  /** Ends whoever is no longer who it was. */
  reappraise(): void
  /** Ends what has not finished its handshake. */
  release(): void
}

type Options = {
  readonly server: Server
  readonly whoIs: WhoIs
  readonly handshakes: Handshakes
  readonly tell: Overload
  /** Somebody was turned away at the end of a handshake. */
  readonly onRefused: () => void
  readonly onOpen: (connection: Connection, socket: TLSSocket, account: string) => void
  readonly onGone: (connection: Connection) => void
  readonly inspect: (connection: Connection, at: number) => void
}

/** From the accepted connection on: who has not finished by then is cut off (protocol section 2). */
const HANDSHAKE_MS = 10_000

/** A crowd for each state. Nobody in one takes a place in another: strangers crowd out strangers alone. */
const places = {
  /** Nothing has come yet. More for each than the system hands over at once (511), so that none goes before it could speak. */
  silent: { each: 1_024, all: 2_048, goes: 'oldest' },
  /** The handshake is under way. */
  shaking: { each: 1_024, all: 2_048, goes: 'oldest' },
  /** No agency and no operator of the registry; by address. */
  strangers: { each: 128, all: 1_024, goes: 'oldest' },
  /** By certificate: many processes of an agency, and no agency that leaves none for the others. */
  known: { each: 256, all: 4_000, goes: 'newest' },
} as const

type Stage = keyof typeof places

/** What is said to be reached: the places of one key, and those of all. */
const limits: Readonly<Record<Stage, { readonly each: Limit; readonly all: Limit }>> = {
  silent: { each: 'half-open', all: 'half-open' },
  shaking: { each: 'half-open', all: 'half-open' },
  strangers: { each: 'strangers', all: 'strangers' },
  known: { each: 'certificate', all: 'connections' },
}

/**
 * Puts itself between a server's sockets and its TLS: nothing is begun for a connection before it has said something, its address has
 * its turn, and there is room.
 */
export function openConnections(options: Options): Connections {
  const { server, whoIs, handshakes, tell, onRefused, onOpen, onGone, inspect } = options
  const crowds = {
    silent: createCrowd(places.silent),
    shaking: createCrowd(places.shaking),
    strangers: createCrowd(places.strangers),
    known: createCrowd(places.known),
  }
  const standsIn = new Map<Connection, { readonly stage: Stage; readonly key: string }>()
  /** By both ends, for a TLS socket does not tell which socket it is over. */
  const shaking = new Map<string, Connection>()

  function leave(connection: Connection): void {
    const place = standsIn.get(connection)
    if (place !== undefined) crowds[place.stage].delete(place.key, connection)
    standsIn.delete(connection)
  }

  function drop(connection: Connection, limit: Limit): void {
    tell(limit)
    leave(connection)
    onGone(connection)
    destroy(connection)
  }

  /** False where there is no place for it. */
  function enter(stage: Stage, key: string, connection: Connection): boolean {
    leave(connection)
    standsIn.set(connection, { stage, key })
    const victim = crowds[stage].add(key, connection)
    if (victim === undefined) return true
    drop(victim.connection, limits[stage][victim.ofKey ? 'each' : 'all'])
    return victim.connection !== connection
  }

  function place(connection: Connection, { party, thumbprint = '' }: Standing): boolean {
    return party === undefined
      ? enter('strangers', connection.address, connection)
      : enter('known', thumbprint, connection)
  }

  function accept(raw: Socket): void {
    const connection = makeConnection(raw)
    const ends = endsOf(raw)
    raw.on('error', () => undefined)
    raw.once('close', () => {
      if (shaking.get(ends) === connection) {
        shaking.delete(ends)
        handshakes.failed(connection.address, raw.bytesRead)
      }
      leave(connection)
      onGone(connection)
    })
    enter('silent', connection.address, connection)
    raw.once('readable', () => {
      // At its end without a word: a balancer that looks whether somebody listens.
      if (raw.readableLength === 0) raw.destroy()
      else
        handshakes.begin(connection, () => {
          shaking.set(ends, connection)
          if (enter('shaking', connection.address, connection)) shake(raw)
        })
    })
  }

  function open(socket: TLSSocket): void {
    const ends = endsOf(socket)
    const connection = shaking.get(ends)
    const standing = connection && whoIs(socket)
    if (connection === undefined || standing === undefined) {
      onRefused()
      return void socket.destroy()
    }
    shaking.delete(ends)
    // Whatever certificate a stranger showed, it was looked at all the same.
    if (standing.party === undefined) handshakes.failed(connection.address, connection.raw.bytesRead)
    const account = standing.party ?? connection.address
    connection.open = { socket, standing, account }
    if (place(connection, standing)) onOpen(connection, socket, account)
  }

  function* opened(): Generator<readonly [Connection, NonNullable<Connection['open']>]> {
    for (const connection of [...crowds.strangers.all(), ...crowds.known.all()])
      if (connection.open !== undefined) yield [connection, connection.open]
  }

  const halfOpen = (): readonly Connection[] => [...crowds.silent.all(), ...crowds.shaking.all()]

  const shake = takeOver(server, 'connection')
  server.on('connection', accept)
  server.on('secureConnection', open)
  // No polite end: there is no TLS yet in which it could be said.
  server.prependListener('tlsClientError', (_error, socket) => void socket.destroy())

  return {
    drop,
    look(at, date) {
      for (const connection of halfOpen()) if (at - connection.since > HANDSHAKE_MS) drop(connection, 'handshake-time')
      for (const [connection, { standing }] of opened()) {
        if (standing.until !== undefined && standing.until < date) drop(connection, 'not-entitled')
        else inspect(connection, at)
      }
    },
    reappraise() {
      for (const [connection, found] of opened()) {
        const before = found.standing
        const after = whoIs(found.socket)
        if (after === undefined || (before.party !== undefined && after.party !== before.party))
          drop(connection, 'not-entitled')
        else {
          found.standing = after
          if (after.party !== before.party) place(connection, after)
        }
      }
    },
    release() {
      for (const { raw } of halfOpen()) raw.destroy()
    },
  }
}

/** What tells a connection from all others of the listener. */
const endsOf = ({ remoteAddress, remotePort, localAddress }: Socket): string =>
  `${remoteAddress} ${remotePort} ${localAddress}`

/** Takes a server's own listeners off and gives what calls them. */
function takeOver(server: Server, event: string): (...values: unknown[]) => void {
  const listeners = server.listeners(event)
  server.removeAllListeners(event)
  return (...values) => {
    for (const listener of listeners) Reflect.apply(listener, server, values)
  }
}
