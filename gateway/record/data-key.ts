import { createHmac, hkdfSync } from 'node:crypto'
import { openBytes, SealFault, sealBytes } from './sealing.ts'

/** A data key, and the name under which the record knows it: 8 bytes of HKDF-SHA256 (RFC 5869), which tell nothing about it. */
export type DataKey = { readonly id: Buffer; readonly key: Buffer }

export const ID_BYTES = 8
const ID_INFO = 'data-key-id'

/** Bytes that are sealed under a data key which this process does not have. */
export class UnknownDataKeyFault extends SealFault {}

/** @param key 32 bytes, a line of `PASSERELLE_DATA_KEY` */
export function nameDataKey(key: Buffer): DataKey {
  return { id: Buffer.from(hkdfSync('sha256', key, '', ID_INFO, ID_BYTES)), key }
}

/** The key of this name among several. */
export const findDataKey = (keys: readonly DataKey[], id: Uint8Array): DataKey | undefined =>
  keys.find((one) => one.id.equals(id))

/** Whether bytes were sealed under this very key. */
export const isUnder = ({ id }: DataKey, sealed: Buffer): boolean => sealed.subarray(0, ID_BYTES).equals(id)

/** Seals bytes under a data key: its id, and what sealBytes makes of them. */
export function sealUnder({ id, key }: DataKey, plain: Uint8Array, place: Buffer): Buffer {
  return Buffer.concat([id, sealBytes(key, plain, place)])
}

/**
 * Opens what sealUnder sealed under one of these keys. What an earlier release sealed bears no id, so that each is tried.
 * @throws SealFault where it does not open; UnknownDataKeyFault where none of them has its id
 */
export function openUnder(keys: readonly DataKey[], sealed: Buffer, place: Buffer): Buffer {
  const named = findDataKey(keys, sealed.subarray(0, ID_BYTES))
  const opened = named && attempt(named, sealed.subarray(ID_BYTES), place)
  if (opened !== undefined) return opened
  for (const one of keys) {
    const old = attempt(one, sealed, place)
    if (old !== undefined) return old
  }
  throw named === undefined ? new UnknownDataKeyFault() : new SealFault()
}

function attempt({ key }: DataKey, sealed: Buffer, place: Buffer): Buffer | undefined {
  try {
    return openBytes(key, sealed, place)
  } catch (error) {
    if (error instanceof SealFault) return undefined
    throw error
  }
}

/**
 * What a record's cursors are made from, for as long as there is the record: the first step of HKDF over its first data key
 * (RFC 5869, 2.2), as cursors were always made. Who has it knows nothing of that key.
 */
export const cursorSecretOf = ({ key }: DataKey): Buffer => createHmac('sha256', '').update(key).digest()
