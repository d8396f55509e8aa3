import { isUnder, nameDataKey, openUnder, sealUnder } from '../../gateway/record/data-key.ts'
import type { Ring } from '../../gateway/record/keyring.ts'

/** A ring that no record stands behind: all is sealed under the first key. @param keys of 32 bytes */
export function createRing([first, ...others]: readonly [Buffer, ...Buffer[]]): Ring {
  const current = nameDataKey(first)
  const keys = [current, ...others.map(nameDataKey)]
  return {
    seal: (plain, place) => sealUnder(current, plain, place),
    open: (sealed, place) => openUnder(keys, sealed, place),
    isCurrent: (sealed) => isUnder(current, sealed),
    sealing: (work) => work(),
  }
}
