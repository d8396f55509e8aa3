import type { Socket } from 'node:net'
import pg from 'pg'
import { connecting, STATEMENT_MS } from './connection.ts'
import { OverloadFault } from '../base/base.ts'
import { UnknownDataKeyFault } from './data-key.ts'

/** What a query runs on: the pool, or the one connection of a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>
export type Database = pg.Pool

const BIGINT = 20

/** Log indices and row numbers stay far below 2^53; as strings they would only invite mistakes. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === BIGINT ? Number : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}

const CONNECT_TIMEOUT_MS = 5_000
/** A server that has gone silent without a word (a pulled cable) must not hold a connection for TCP's quarter of an hour. */
const SILENCE_MS = STATEMENT_MS + CONNECT_TIMEOUT_MS
/** Four processes with a queue of their own stay below the 100 connections that PostgreSQL takes by default. */
const LARGEST_POOL = 12

/**
 * Every statement here has one good plan: by index, row by row. Planning it anew for each batch costs as much as a message; and
 * a plan made while the tables are still small would go on reading them whole when they no longer are.
 */
const PLANNING = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
}

/**
 * Opens a bounded pool of pipelining connections. Nothing is connected yet.
 * @param onError hears of connections that broke; the pool replaces them
 * @param silenceMs how long the server may say nothing before a connection is given up
 */
export function openDatabase(url: string, onError: (error: Error) => void, silenceMs = SILENCE_MS): Database {
  const pool = new pg.Pool({
    ...connecting(url, PLANNING),
    max: LARGEST_POOL,
    pipeline: true,
    types,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'passerelle',
  })
  pool.on('error', onError)
  pool.on('connect', (client) => {
    // The pool listens to idle connections only; one that breaks while it is used must not end the process.
    client.on('error', onError)
    // One timer for each connection. `query_timeout` sets one for each query, and its closure keeps the values that were sent, a
    // batch of messages, past the next collections: most of what the process then collected was that.
    const stream = (client as pg.Client).connection.stream as Socket
    stream.setTimeout(silenceMs, () => stream.destroy())
  })
  return pool
}

/**
 * Runs `work` in one transaction. `work` may return promises of queries that it has sent and not awaited: COMMIT is sent
 * behind them at once, so that the last statements and the commit share one round trip. Where any of them fails, PostgreSQL
 * turns the COMMIT into a ROLLBACK and the failure is thrown.
 * @throws what `work` or a statement throws; the transaction is then rolled back
 */
export async function transaction<T>(
  database: Database,
  work: (tx: Queryable) => Promise<{ result: T; pending?: readonly Promise<unknown>[] }>,
): Promise<T> {
  const client = await database.connect()
  let broken = false
  try {
    const begun = client.query('begin')
    begun.catch(() => undefined) // awaited below, together with the commit
    const { result, pending = [] } = await work(client)
    const sent = [begun, ...pending, client.query('commit')]
    await Promise.allSettled(sent)
    await Promise.all(sent)
    return result
  } catch (error) {
    // A connection that broke, or may have, is not used again; what was too much for this process did nothing to it.
    if (isOutage(error) && !isOwn(error)) broken = true
    else await client.query('rollback').catch(() => (broken = true))
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * Reads by a statement that is planned with its values, each time: for what is found in another way where it is rare than where
 * many rows have it. @throws what the statement does
 */
export async function readPlanned<Row extends pg.QueryResultRow>(
  database: Database,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  return await transaction(database, async (tx) => {
    const planned = tx.query('set local plan_cache_mode = force_custom_plan')
    const [, { rows }] = await Promise.all([planned, tx.query<Row>(text, [...values])])
    return { result: rows }
  })
}

/**
 * SQLSTATE classes that speak of the server and not of the statement: connection, resources, operator intervention; and a
 * standby that takes no writes.
 */
const OUTAGE = /^(?:08|53|57|25006)/

/** What this process cannot do, whatever the database could. */
const isOwn = (error: unknown): boolean => error instanceof OverloadFault || error instanceof UnknownDataKeyFault

/**
 * Whether a failure means that the record is out of reach, so that trying something else at once is useless: the database, or the
 * data key that this process was not told of. Nothing was written then that anybody was told of.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (isOwn(error)) return true
  if (error instanceof pg.DatabaseError) return error.severity === 'FATAL' || OUTAGE.test(error.code ?? '')
  // node-postgres and the sockets below it: ECONNREFUSED, EPIPE, «Connection terminated», «timeout exceeded when trying to connect».
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return (
    /^E[A-Z]+$/.test(code) ||
    /^(?:connection terminated|timeout exceeded|query read timeout|client has encountered)/i.test(error.message)
  )
}
