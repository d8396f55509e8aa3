import { pbkdf2 } from 'node:crypto'
import type { LookupAddress } from 'node:dns'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DeliveryFault } from '../../gateway/delivery/fault.ts'
import { createLookup, type NameSources } from '../../gateway/delivery/resolve.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startNameServer } from '../support/name-server.ts'

let stack: AsyncDisposableStack
beforeEach(() => void (stack = new AsyncDisposableStack()))
afterEach(() => stack.disposeAsync())

type Answer = Parameters<typeof startNameServer>[0]

/** A look-up on files and a name server of its own. */
async function open(
  answer: Answer,
  { hosts = '', switches = '', ...more }: { hosts?: string; switches?: string } & Partial<NameSources> = {},
) {
  const folder = stack.use(await temporaryFolder())
  const server = stack.use(await startNameServer(answer))
  const [hostsFile, switchFile] = [join(folder.path, 'hosts'), join(folder.path, 'nsswitch.conf')]
  await writeFile(hostsFile, hosts)
  await writeFile(switchFile, switches)
  const askSystem = async (): Promise<LookupAddress[]> => {
    throw Object.assign(new Error('nobody has it'), { code: 'ENOTFOUND' })
  }
  const lookup = createLookup({ hostsFile, switchFile, servers: [server.address], askSystem, ...more })
  const find = (name: string): Promise<string> =>
    new Promise((resolve) => {
      lookup(name, { all: true }, (error, found) => {
        if (error instanceof DeliveryFault) resolve(error.code)
        else resolve(Array.isArray(found) ? found.map(({ address }) => address).join(' ') : '')
      })
    })
  return { server, find }
}

const has: Answer = () => ({ address: '10.1.1.1', ttl: 300 })

test('the hosts file comes before DNS, unless nsswitch.conf says otherwise', async () => {
  const hosts = '10.0.0.7 desk.example.org\n'
  const files = await open(has, { hosts })
  expect(await files.find('desk.example.org')).toBe('10.0.0.7')
  expect(files.server.asked()).toBe(0)
  expect(await files.find('other.example.org')).toBe('10.1.1.1')
  const dns = await open(has, { hosts, switches: 'hosts: dns files\n' })
  expect(await dns.find('desk.example.org')).toBe('10.1.1.1')
  const absent = await open(() => 'absent', { hosts, switches: 'hosts: dns files\n' })
  expect(await absent.find('desk.example.org')).toBe('10.0.0.7')
})

test('an address counts as long as DNS says; whoever asks at the same time shares the answer', async () => {
  const { server, find } = await open(has)
  expect(await Promise.all([find('desk.example.org'), find('DESK.example.org')])).toEqual(['10.1.1.1', '10.1.1.1'])
  const { asked } = server
  const before = asked()
  expect(before, 'IPv4 and IPv6').toBe(2)
  expect(await find('desk.example.org')).toBe('10.1.1.1')
  expect(asked()).toBe(before)
})

test('a name that nobody has is told from one that cannot be resolved', async () => {
  const { find } = await open((name) => (name.startsWith('absent') ? 'absent' : 'failure'))
  expect(await find('absent.example.org')).toBe('host-not-found')
  expect(await find('failing.example.org')).toBe('name-not-resolved')
  expect(await find('endpoint.invalid')).toBe('host-not-found')
  const gone = await open(has, { servers: ['127.0.0.1:1'] })
  expect(await gone.find('desk.example.org'), 'no server is there').toBe('name-not-resolved')
})

test('what DNS has not is asked of the system, one name at a time, and no longer than it is worth', async () => {
  const began: string[] = []
  const { find } = await open(() => 'absent', {
    askSystem: (name) => {
      began.push(name)
      return new Promise(() => undefined)
    },
  })
  const first = await Promise.all([find('one.example.org'), find('two.example.org')])
  expect(first).toEqual(['name-not-resolved', 'name-not-resolved'])
  expect(began, 'whichever came first').toHaveLength(1)
  const known = await open(() => 'absent', { askSystem: async () => [{ address: '10.9.9.9', family: 4 }] })
  expect(await known.find('printer')).toBe('10.9.9.9')
})

test('a name server that is silent holds up neither other names nor the thread pool', async () => {
  const { find } = await open((name) => (name.startsWith('slow') ? 'silence' : { address: '10.1.1.1', ttl: 1 }))
  const slow = Promise.all(Array.from({ length: 50 }, (_, at) => find(`slow-${at}.example.org`)))
  const over = slow.then(() => 'slow')
  expect(await Promise.race([find('quick.example.org'), over])).toBe('10.1.1.1')
  const signed = new Promise((resolve) => pbkdf2('a', 'b', 1, 32, 'sha256', resolve)).then(() => 'signed')
  expect(await Promise.race([signed, over])).toBe('signed')
  expect(new Set(await slow)).toEqual(new Set(['name-not-resolved']))
})
