import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readHosts } from '../../gateway/base/hosts.ts'
import { readRedisUrl } from '../../gateway/delivery/redis.ts'

const hosts = fc.array(
  fc.record({
    host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()),
    port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 5 },
)

test('a URL of several hosts is read as it was written', () => {
  fc.assert(
    fc.property(hosts, fc.constantFrom('', 'user:p%40ss@', ':secret@'), (list, login) => {
      const authority = list.map(({ host, port }) => {
        const name = host.includes(':') ? `[${host}]` : host
        return port === undefined ? name : `${name}:${port}`
      })
      const url = `redis://${login}${authority.join(',')}/name?a=b`
      expect(readHosts(url)).toEqual({ scheme: 'redis', login, hosts: list, rest: '/name?a=b' })
    }),
  )
})

test('what is none is none', () => {
  for (const url of ['', 'redis:/a', 'redis://a:0', 'redis://a:65536', 'redis://a:b', 'redis://[::1', 'redis://%ff/'])
    expect(readHosts(url)).toBeUndefined()
  fc.assert(fc.property(fc.string(), (text) => void readHosts(text)))
})

describe('REDIS_URL', () => {
  test('names one server, which ioredis reads itself', () => {
    const url = 'rediss://user:secret@redis.example.org:6380/4?family=6'
    expect(readRedisUrl(url)).toEqual({ address: { kind: 'server', url }, options: {} })
  })

  test('names the nodes of a cluster', () => {
    expect(readRedisUrl('rediss://user:p%40ss:word@one,other:7000')).toEqual({
      address: {
        kind: 'cluster',
        nodes: [
          { host: 'one', port: 6379 },
          { host: 'other', port: 7000 },
        ],
      },
      options: { username: 'user', password: 'p@ss:word', tls: {} },
    })
  })

  test('names sentinels, and what they watch', () => {
    expect(readRedisUrl('rediss+sentinel://:secret@[::1],s2:5000/main/2?sentinelPassword=other')).toEqual({
      address: {
        kind: 'sentinel',
        sentinels: [
          { host: '::1', port: 26_379 },
          { host: 's2', port: 5000 },
        ],
        name: 'main',
      },
      options: {
        password: 'secret',
        db: 2,
        tls: {},
        sentinelPassword: 'other',
        enableTLSForSentinelMode: true,
        sentinelTLS: {},
      },
    })
  })

  test.each([
    'redis+sentinel://s1,s2',
    'redis+sentinel://s1/main/x',
    'redis+sentinel://s1/main/0/0',
    'redis://one,other/3',
    'redis://one:0',
    'redis://one,other:99999',
    'redis+sentinel://:%ff@s1/main',
    'redis+sentinel://s1/%ff',
  ])('%s cannot work, and its refusal names the setting and no more', (url) => {
    expect(() => readRedisUrl(url)).toThrow(
      expect.objectContaining({ name: 'ConfigurationFault', message: expect.stringMatching(/^REDIS_URL must [^%]*$/) }),
    )
  })
})
