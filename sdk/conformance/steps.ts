/** A gateway's nastier days, one call each. */
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { isObject } from '../shape.ts'
import type { Clock } from './clock.ts'
import { problem, type Reply, type Step } from './http.ts'

/** The connection is cut before anything has been done. */
export const cut: Step = async (_, __, response) => void response.destroy()

/** All is done, and the connection is cut before a byte of the answer. */
export const loseAnswer: Step = async (_, proceed, response) => {
  await proceed()
  response.destroy()
  return undefined
}

/** All is done, and the connection is cut in the middle of the answer. */
export const cutAnswer: Step = async (_, proceed, response) => {
  const { status, headers, body } = await proceed()
  const bytes = Buffer.from(body)
  response.writeHead(status, { ...headers, 'content-length': bytes.length })
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy())
  return undefined
}

/** The honest answer, late. */
export const slow =
  (clock: Clock, ms: number): Step =>
  async (_, proceed) => {
    const reply = await proceed()
    await new Promise((done) => setTimeout(done, ms * clock.pace))
    return reply
  }

/** No answer, for as long as the client likes to wait for one. */
export const hang: Step = async (_, __, response) => {
  await finished(response, { readable: false }).catch(() => undefined)
  return undefined
}

export const refuse =
  (status: number, code: string, headers: Reply['headers'] = {}, more: object = {}): Step =>
  async () =>
    problem(status, code, more, headers)

export const say =
  (reply: Reply): Step =>
  async () =>
    reply

/** The honest answer, of which one thing is changed. */
export const change =
  (with_: (body: { readonly [name: string]: unknown }) => object, headers: Reply['headers'] = {}): Step =>
  async (_, proceed) => {
    const reply = await proceed()
    const body: unknown = JSON.parse(Buffer.from(reply.body).toString())
    return {
      ...reply,
      headers: { ...reply.headers, ...headers },
      body: JSON.stringify(isObject(body) ? with_(body) : body),
    }
  }

/** Nothing nasty. */
export const honest: Step = (_, proceed) => proceed()

const PIECE = Buffer.alloc(256 * 1024, ' ')
/** More than any answer of the protocol has, an attachment included (section 9). */
const ENDLESS = 384

/** An answer that does not end; tells how many bytes of it were taken. */
export const flood =
  (told: (bytes: number) => void): Step =>
  async (_, proceed, response) => {
    await proceed()
    response.writeHead(202, { 'content-type': 'application/json' })
    let taken = 0
    const closed = once(response, 'close')
    for (let piece = 0; piece < ENDLESS && !response.destroyed; piece++) {
      if (!response.write(PIECE)) await Promise.race([once(response, 'drain'), closed])
      if (!response.destroyed) taken += PIECE.length
      told(taken)
    }
    response.destroy()
    return undefined
  }
