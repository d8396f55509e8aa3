import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createArrivals } from '../../gateway/http/admission/arrivals.ts'
import { makeConnection } from '../../gateway/http/admission/connection.ts'

/** A connection on which the head of a request has come. */
function open() {
  const line = { bytesRead: 500 }
  const connection = makeConnection(Object.defineProperty(new Socket(), 'bytesRead', { get: () => line.bytesRead }))
  const state = { complete: false, readableLength: 0 }
  const response = new EventEmitter() as unknown as ServerResponse
  const ended: number[] = []
  let now = performance.now()
  const arrivals = createArrivals(() => ended.push(now))
  const request = state as unknown as IncomingMessage
  arrivals.begin(connection, request)
  return {
    state,
    line,
    ended,
    response,
    giveTime: () => arrivals.giveTime(connection, request, response),
    /** Looks each second for so long; gives whether it is still not ended. */
    pass(seconds: number, each: () => void = () => undefined): boolean {
      for (let second = 0; second < seconds; second++) {
        now += 1_000
        each()
        arrivals.inspect(connection, now)
      }
      return ended.length === 0
    },
  }
}

test('a request has a minute from its head on, however steadily it comes', () => {
  const { pass, line, ended } = open()
  expect(pass(59, () => (line.bytesRead += 1_000))).toBe(true)
  expect(pass(2)).toBe(false)
  // Once.
  pass(10)
  expect(ended).toHaveLength(1)
})

test('one that has come in time may be answered whenever', () => {
  const { pass, state } = open()
  expect(pass(30)).toBe(true)
  state.complete = true
  expect(pass(3_600)).toBe(true)
})

test('one that is given time has it as long as its line brings something within 30 s', () => {
  const { pass, line, giveTime } = open()
  giveTime()
  for (let burst = 0; burst < 15; burst++) {
    line.bytesRead += 1
    expect(pass(29)).toBe(true)
  }
  expect(pass(3)).toBe(false)
})

test('what has come and waits to be read here is no standstill of the line', () => {
  const { pass, state, giveTime } = open()
  giveTime()
  state.readableLength = 65_536
  expect(pass(300)).toBe(true)
  state.readableLength = 0
  expect(pass(32)).toBe(false)
})

test('once it is answered, the rest of it has a minute', () => {
  const { pass, line, giveTime, response } = open()
  giveTime()
  expect(pass(20)).toBe(true)
  response.emit('finish')
  expect(pass(30, () => (line.bytesRead += 1_000))).toBe(true)
  expect(pass(31, () => (line.bytesRead += 1_000))).toBe(false)
})
