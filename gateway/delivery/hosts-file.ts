/** The files by which a system says where names are looked up: hosts(5) and nsswitch.conf(5). Pure. */
import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'

/** Gives the addresses that a hosts file has for a name, in its order. Names are compared without case; what is no line of one is passed over. */
export function addressesIn(hostsFile: string, name: string): readonly LookupAddress[] {
  const wanted = name.toLowerCase()
  return wordsOf(hostsFile).flatMap(([address = '', ...names]) => {
    const family = isIP(address)
    return family !== 0 && names.some((one) => one.toLowerCase() === wanted) ? [{ address, family }] : []
  })
}

/** Whether the hosts file counts before DNS, as it does where nothing is said. `resolve` is systemd's way to DNS. */
export function isFilesFirst(switchFile: string): boolean {
  const [, ...sources] = wordsOf(switchFile).find(([database]) => database === 'hosts:') ?? []
  const [files, dns] = [['files'], ['dns', 'resolve']].map((names) => sources.findIndex((one) => names.includes(one)))
  return files === undefined || dns === undefined || files === -1 || dns === -1 || files < dns
}

function wordsOf(file: string): readonly (readonly string[])[] {
  return file.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
}
