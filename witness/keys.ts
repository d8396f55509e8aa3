import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { ConfigurationFault, readSecret } from '../gateway/base/base.ts'
import { ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, type VerifierKey, verifierKeyOf } from '../tlog/note.ts'
import { writeOnce } from './files.ts'

/** A key of the witness, and how others verify it. */
export type WitnessKey = { readonly key: KeyObject; readonly verifier: VerifierKey }

/** C2SP tlog-cosignature: Ed25519 for who reads today, ML-DSA-44 for who reads when there are quantum computers. */
const kinds = [
  ['ed25519', ED25519_COSIGNATURE],
  ['ml-dsa-44', ML_DSA_44_COSIGNATURE],
] as const

const PEM = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/g

/**
 * The witness's keys, used for nothing else: `witness.key` in its folder, mode 0600, made there once.
 * @throws ConfigurationFault where the file cannot be read, others may read it, or it holds anything but these two keys
 */
export async function loadKeys(folder: string, name: string): Promise<readonly WitnessKey[]> {
  const file = join(folder, 'witness.key')
  await writeOnce(file, makeKeys())
  const keys = [...(await readSecret(file)).matchAll(PEM)].map(([pem]) => parseKey(pem, file))
  const found = kinds.flatMap(([kind, type]) =>
    keys
      .filter(({ asymmetricKeyType }) => asymmetricKeyType === kind)
      .map((key) => ({ key, verifier: verifierKeyOf(name, type, key) })),
  )
  if (keys.length !== kinds.length || found.length !== kinds.length || found[0]?.key.asymmetricKeyType !== kinds[0][0])
    throw new ConfigurationFault(`${file} must hold an Ed25519 and an ML-DSA-44 private key, and nothing else`)
  if (new Set(found.map(({ verifier }) => verifier.type)).size !== kinds.length)
    throw new ConfigurationFault(`${file} holds two keys of one kind`)
  return found
}

function makeKeys(): string {
  const pair = [generateKeyPairSync('ed25519'), generateKeyPairSync('ml-dsa-44')]
  return pair.map(({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' })).join('')
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new ConfigurationFault(`${file} holds a private key that cannot be read`)
  }
}
