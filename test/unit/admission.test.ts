import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import fastify, { type RouteShorthandOptions } from 'fastify'
import { describe, expect, test } from 'vitest'
import { requireAccess } from '../../gateway/http/access.ts'
import { createAddresses, pathOf } from '../../gateway/http/addresses.ts'
import { addressOf, type Connection, makeConnection } from '../../gateway/http/admission/connection.ts'
import { createCrowd, type Places } from '../../gateway/http/admission/crowd.ts'
import { createHandshakes } from '../../gateway/http/admission/handshakes.ts'
import { watchOverload } from '../../gateway/http/admission/overload.ts'
import { createServer, type ServerOptions } from '../../gateway/http/server.ts'
import { OverloadFault } from '../../gateway/base/batching.ts'
import { ConfigurationFault } from '../../gateway/base/setting.ts'
import { createMetrics } from '../../gateway/base/metrics.ts'

const connection = (): Connection => makeConnection(new Socket())

describe('a route', () => {
  const open = () => fastify().addHook('onRoute', requireAccess(['agency', 'operator', 'public']))
  const answer = () => 'x'
  const schema = { summary: 'What it is' }

  test('that says for whom it is, as what it counts and what it is may be added', () => {
    open().get('/a', { config: { access: 'public' }, schema }, answer)
    open().post('/b', { config: { access: 'operator' }, schema }, answer)
    open().get('/c', { config: { access: 'agency', kind: 'look-up' }, schema }, answer)
  })

  test.each<[said: string, options: RouteShorthandOptions]>([
    ['GET /a must say whom it is for: agency or operator or public', { schema }],
    ['GET /a must say whom it is for', { config: {}, schema }],
    ['GET /a must say as what kind of call it counts', { config: { access: 'agency' }, schema }],
    ['GET /a must have a summary', { config: { access: 'public' } }],
    ['GET /a must have a summary', { config: { access: 'public' }, schema: {} }],
    ['and not be hidden', { config: { access: 'public' }, schema: { ...schema, hide: true } }],
  ])('%s, or the start fails with these words', (said, options) => {
    expect(() => open().get('/a', options, answer)).toThrow(ConfigurationFault)
    expect(() => open().get('/a', options, answer)).toThrow(said)
  })

  test('for somebody whom the listener does not know stops the start', () => {
    const operations = fastify().addHook('onRoute', requireAccess(['operator', 'public']))
    const config = { access: 'agency', kind: 'look-up' } as const
    expect(() => operations.get('/a', { config, schema }, answer)).toThrow('whom it is for: operator or public')
  })
})

describe('an address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
  ])('%s counts as %s', (address, counted) => {
    expect(addressOf(address)).toBe(counted)
  })

  test('of one IPv6 network counts as one, however it is written', () => {
    const group = fc.integer({ min: 0, max: 0xff_ff }).map((value) => value.toString(16))
    const groups = fc.array(group, { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(groups, groups, groups, (network, one, other) => {
        expect(addressOf([...network, ...one].join(':'))).toBe(addressOf([...network, ...other].join(':')))
        expect(addressOf([...network, ...one].join(':'))).toBe(network.join(':'))
      }),
    )
  })
})

describe('a crowd', () => {
  const model = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean(), fc.boolean()), { maxLength: 60 })

  test.each<Places>([
    { each: 3, all: 5, goes: 'oldest' },
    { each: 3, all: 5, goes: 'newest' },
    { each: 1, all: 9, goes: 'oldest' },
  ])('never has more than %o, and only who takes most gives up a place', (places) => {
    fc.assert(
      fc.property(model, (steps) => {
        const crowd = createCrowd(places)
        const inside: { key: string; connection: Connection }[] = []
        for (const [key, leaves, busy] of steps) {
          if (leaves) {
            const [first] = inside.splice(0, 1)
            if (first) crowd.delete(first.key, first.connection)
            continue
          }
          const added = { key, connection: connection() }
          added.connection.underWay = busy ? 1 : 0
          inside.push(added)
          const victim = crowd.add(key, added.connection)
          if (victim !== undefined) {
            const gone = inside.find((one) => one.connection === victim.connection)
            const count = (of: string) => inside.filter((one) => one.key === of).length
            expect(count(gone?.key ?? '')).toBe(Math.max(...['a', 'b', 'c'].map(count)))
            expect(victim.ofKey).toBe(count(key) > places.each)
            crowd.delete(gone?.key ?? '', victim.connection)
            inside.splice(
              inside.findIndex((one) => one.connection === victim.connection),
              1,
            )
          }
          for (const of of ['a', 'b', 'c'])
            expect(inside.filter((one) => one.key === of).length).toBeLessThanOrEqual(places.each)
          expect(inside.length).toBeLessThanOrEqual(places.all)
          expect([...crowd.all()].length).toBe(inside.length)
        }
      }),
    )
  })

  test('who rests goes before who asks', () => {
    const crowd = createCrowd({ each: 2, all: 9, goes: 'oldest' })
    const [busy, resting, next] = [connection(), connection(), connection()]
    busy.underWay = 1
    crowd.add('a', busy)
    crowd.add('a', resting)
    expect(crowd.add('a', next)?.connection).toBe(resting)
  })
})

describe('handshakes', () => {
  test('begin at once while the address has some left, and then the last that came first', async () => {
    const begun: number[] = []
    let waited = 0
    const handshakes = createHandshakes(20, () => (waited += 1))
    const started = Array.from({ length: 43 }, (_, at) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      handshakes.begin(connection(), () => {
        begun.push(at)
        resolve()
      })
      return promise
    })
    expect(begun).toEqual(Array.from({ length: 40 }, (_, at) => at))
    expect(waited).toBe(3)
    await Promise.all(started)
    expect(begun.slice(40)).toEqual([42, 41, 40])
  })

  test('a large one that failed counts as many, and one address pays nothing for another', () => {
    let begun = 0
    const begin = (address: string) => handshakes.begin({ ...connection(), address }, () => (begun += 1))
    const handshakes = createHandshakes(5, () => undefined)
    begin('192.0.2.1')
    handshakes.failed('192.0.2.1', 90_000)
    begin('192.0.2.1')
    expect(begun).toBe(1)
    begin('192.0.2.2')
    expect(begun).toBe(2)
  })

  test('who has gone meanwhile has no turn', async () => {
    const handshakes = createHandshakes(2, () => undefined)
    const begun: string[] = []
    for (let at = 0; at < 4; at += 1) handshakes.begin(connection(), () => undefined)
    const gone = connection()
    const { promise, resolve } = Promise.withResolvers<void>()
    handshakes.begin(connection(), resolve)
    handshakes.begin(gone, () => begun.push('gone'))
    gone.raw.destroy()
    await promise
    expect(begun).toEqual([])
  })

  test('under a flood without end, those that have gone are not kept', async () => {
    const handshakes = createHandshakes(1, () => undefined)
    const kept = Array.from({ length: 6_000 }, () => {
      const gone = connection()
      handshakes.begin(gone, () => undefined)
      gone.raw.destroy()
      return new WeakRef(gone)
    })
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    await pause(10)
    collect()
    expect(kept.filter((one) => one.deref() !== undefined).length).toBeLessThanOrEqual(2_048)
  })
})

test('limits are counted each time, and said once', () => {
  const metrics = createMetrics()
  const said: object[] = []
  const say = (fields: object) => void said.push(fields)
  const tell = watchOverload(metrics, { info: say, warn: say, error: say } as never)
  for (let at = 0; at < 1_000; at += 1) tell(at % 2 ? 'half-open' : 'unsent')
  expect(said).toEqual([{ limits: { unsent: 1 } }])
  return expect(metrics.limits.get().then(({ values }) => values.map(({ value }) => value))).resolves.toEqual([
    500, 500,
  ])
})

test('more than can wait is 503 and counted, and no line of the log each time', async () => {
  const said: unknown[] = []
  const told: string[] = []
  const say = (...words: unknown[]) => void said.push(words)
  const server = createServer({
    keys: { tls: {} },
    trust: { authorities: [] },
    log: { info: say, warn: say, error: say },
    metrics: createMetrics(),
    access: ['public'],
    admission: {
      guard: () => undefined,
      owe: () => undefined,
      pace: (_request: object, go: () => void) => go(),
      release: () => undefined,
      reappraise: () => undefined,
      tell: (limit: string) => void told.push(limit),
    },
    whoIs: () => undefined,
    stopping: new AbortController().signal,
    pages: () => '',
    environment: 'production',
  } as unknown as ServerOptions)
  const schema = { summary: 'what is tried' } as object
  server.get('/full', { config: { access: 'public' }, schema }, () => {
    throw new OverloadFault('too much waits')
  })
  server.get('/broken', { config: { access: 'public' }, schema }, () => {
    throw new Error('broken')
  })
  const headers = { host: 'localhost' }
  const refused = await server.inject({ url: '/full', headers })
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5'])
  expect(refused.headers).not.toHaveProperty('passerelle-environment')
  expect(told).toEqual(['backlog'])
  expect(said).toEqual([])
  expect((await server.inject({ url: '/broken', headers })).statusCode).toBe(500)
  expect(said).toHaveLength(1)
  await server.close()
})

describe('the path of a request target', () => {
  test.each([
    ['/v1/inbox', '/v1/inbox'],
    ['/v1/inbox?a=/b#c', '/v1/inbox'],
    ['/v1/inbox#c?d', '/v1/inbox'],
    ['/v1/%69nbox', '/v1/inbox'],
    ['/v1%2finbox', '/v1%2finbox'],
    ['/v1/inbox%3fx', '/v1/inbox%3fx'],
    ['https://host:1/v1/inbox', '/v1/inbox'],
    ['/v1/%zz', '/v1/%zz'],
    ['*', '*'],
  ])('%s is %s', (target, path) => {
    expect(pathOf(target)).toBe(path)
  })

  test('leads to the methods that are there', () => {
    const addresses = createAddresses()
    addresses.add({ url: '/v1/a/:id', method: 'GET' })
    addresses.add({ url: '/v1/a/:id', method: 'HEAD' })
    addresses.add({ url: '/v1/.b', method: ['POST'] })
    expect(addresses.methodsAt('/v1/a/%41?x')).toEqual(['GET', 'HEAD'])
    expect(addresses.methodsAt('/v1/xb')).toEqual([])
    expect(addresses.methodsAt(`/v1/a/${'x'.repeat(257)}`)).toEqual([])
    expect(addresses.methodsAt('*')).toEqual(['GET', 'HEAD', 'POST'])
  })
})
