import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'

/** Numbers that neither Linux distributions nor systemd give to anybody (systemd, UIDS-GIDS), and that containers have too. */
const FIRST = 60_578
const LAST = 61_183
/** Earlier releases gave the cluster to `nobody`, which is everybody's who has no user of his own. */
export const NOBODY = 65_534

/** Whether a cluster of this owner is one that a gateway run as root has given away, and may take again. */
export function isOurs(owner: number): boolean {
  return owner === 0 || owner === NOBODY || isReserved(owner)
}

/**
 * Finds the user for the PostgreSQL of one cluster: a number that no account has, no process runs under and no other cluster is
 * likely to have, since it is made of the data folder's path. A cluster that has such an owner keeps it.
 */
export function chooseUser(folder: string, owner: number): number | undefined {
  const start = createHash('sha256').update(folder).digest().readUInt32BE()
  const count = LAST - FIRST + 1
  const candidates = Array.from({ length: count }, (_, at) => FIRST + ((start + at) % count))
  const taken = new Set([...accounts(), ...running()])
  return [owner, ...candidates].find((user) => isReserved(user) && !taken.has(user))
}

const isReserved = (user: number): boolean => user >= FIRST && user <= LAST

function accounts(): number[] {
  return ['/etc/passwd', '/etc/group'].flatMap((file) =>
    readLines(file).map((line) => Number(line.split(':')[2] ?? Number.NaN)),
  )
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return [] // a container may have none: then nobody is named there
  }
}

function running(): number[] {
  return processes().flatMap((pid) => {
    try {
      return [statSync(`/proc/${pid}`).uid]
    } catch {
      return [] // it has just ended
    }
  })
}

function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))
  } catch {
    return []
  }
}
