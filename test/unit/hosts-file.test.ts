import { expect, test } from 'vitest'
import { addressesIn, isFilesFirst } from '../../gateway/delivery/hosts-file.ts'

const HOSTS = `# a comment
127.0.0.1\tlocalhost
10.0.0.7   desk.example.org desk  # the desk
fe80::7    DESK.example.org
999.0.0.1  broken.example.org
10.0.0.8\tother.example.org\r
`

test('a hosts file gives all addresses of a name, whatever its case', () => {
  expect(addressesIn(HOSTS, 'Desk.Example.org')).toEqual([
    { address: '10.0.0.7', family: 4 },
    { address: 'fe80::7', family: 6 },
  ])
  expect(addressesIn(HOSTS, 'desk')).toEqual([{ address: '10.0.0.7', family: 4 }])
  expect(addressesIn(HOSTS, 'other.example.org')).toEqual([{ address: '10.0.0.8', family: 4 }])
  for (const name of ['the', 'broken.example.org', 'example.org', '']) expect(addressesIn(HOSTS, name)).toEqual([])
})

test.each([
  ['', true],
  ['hosts: files dns', true],
  ['passwd: files\nhosts:\tfiles mdns4_minimal [NOTFOUND=return] dns', true],
  ['hosts: dns files', false],
  ['hosts: resolve [!UNAVAIL=return] files', false],
  ['# hosts: dns files', true],
])('nsswitch.conf %j: files first is %s', (file, first) => {
  expect(isFilesFirst(file)).toBe(first)
})
