import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { link, open, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  blame,
  type Config,
  ConfigurationFault,
  type Log,
  openDataFolder,
  readSecret,
  settingName,
} from '../base/base.ts'
import { type NoteSigner, noteSigner } from '../protocol/protocol.ts'
import { readPem } from './pem.ts'

const DATA_KEY_BYTES = 32
/** Two while one takes the place of the other; more than a few are a file that nobody has looked at for long. */
const MOST_DATA_KEYS = 8

/**
 * The keys that wrap the keys of cases (protocol section 12): `PASSERELLE_DATA_KEY`, or one made once under the data folder. Several
 * stand there while one takes the place of another, the one that shall be current first.
 * @throws ConfigurationFault as readDataKeys
 */
export async function loadDataKeys(config: Config, log: Log): Promise<readonly Buffer[]> {
  const file = fileOfDataKeys(config)
  if (config.dataKeyFile === undefined) {
    const fresh = await makeInData(file, () => `${randomBytes(DATA_KEY_BYTES).toString('base64')}\n`)
    if (fresh) log.warn({ file }, 'a data key was made: it belongs in a vault, and without it nothing can be read')
  }
  return await readDataKeys(config)
}

/**
 * Reads them, also again, and makes none.
 * @throws ConfigurationFault where the file cannot be read, or is not lines of 32 bytes in base64, at most 8, none twice
 */
export async function readDataKeys(config: Config): Promise<readonly Buffer[]> {
  const file = fileOfDataKeys(config)
  return await blame(settingName('dataKeyFile'), async () => parseDataKeys(await readSecret(file), file))
}

const fileOfDataKeys = ({ dataKeyFile, dataFolder }: Config): string => dataKeyFile ?? join(dataFolder, 'data.key')

/** Blank lines, and spaces around a key, count for nothing. @throws ConfigurationFault which repeats nothing of the text */
export function parseDataKeys(text: string, file: string): readonly Buffer[] {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length === 0) throw new ConfigurationFault(`${file} holds no data key`)
  if (lines.length > MOST_DATA_KEYS) throw new ConfigurationFault(`${file} holds more than ${MOST_DATA_KEYS} data keys`)
  if (new Set(lines).size < lines.length) throw new ConfigurationFault(`${file} holds a data key twice`)
  return lines.map((line) => {
    const key = Buffer.from(line, 'base64')
    if (key.length !== DATA_KEY_BYTES || key.toString('base64') !== line)
      throw new ConfigurationFault(`${file} is not lines of ${DATA_KEY_BYTES} bytes in base64`)
    return key
  })
}

/** The keys of the evidence log, used for nothing else (protocol section 10), and its name in checkpoints. */
export type LogKeys = {
  readonly origin: string
  /** Ed25519 and ML-DSA-44, in this order. */
  readonly signers: readonly [NoteSigner, NoteSigner]
  /** Both public keys as C2SP vkeys, as the well-known document gives them. */
  readonly verifierKeys: readonly [string, string]
}

/**
 * The log's keys: `PASSERELLE_LOG_KEY`, a PEM file with both private keys, or made once under the data folder.
 * @throws ConfigurationFault where the file cannot be read or does not hold exactly an Ed25519 and an ML-DSA-44 key
 */
export async function loadLogKeys(config: Config, gateway: string, log: Log): Promise<LogKeys> {
  const made = join(config.dataFolder, 'log.key')
  const file = config.logKeyFile ?? made
  if (config.logKeyFile === undefined && (await makeInData(made, makeLogKeys)))
    log.warn({ file: made }, 'the keys of the evidence log were made: they belong in a vault')
  return await blame(settingName('logKeyFile'), async () => readLogKeys(await readSecret(file), file, gateway))
}

function readLogKeys(text: string, file: string, gateway: string): LogKeys {
  const keys = readPem(text)
    .filter(({ label }) => label === 'PRIVATE KEY')
    .map(({ pem }) => parseKey(pem, file))
  const ed25519 = keys.find(({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519')
  const mlDsa44 = keys.find(({ asymmetricKeyType }) => asymmetricKeyType === 'ml-dsa-44')
  if (keys.length !== 2 || ed25519 === undefined || mlDsa44 === undefined)
    throw new ConfigurationFault(`${file} must hold an Ed25519 and an ML-DSA-44 private key, and nothing else`)
  // A log's name must be its own for ever: it is made of the gateway's and of the key's.
  const publicKey = Buffer.from(createPublicKey(ed25519).export({ format: 'jwk' }).x ?? '', 'base64url')
  const origin = `${gateway}/${createHash('sha256').update(publicKey).digest('hex').slice(0, 8)}`
  const signers = [noteSigner(origin, 'ed25519', ed25519), noteSigner(origin, 'ml-dsa-44', mlDsa44)] as const
  return { origin, signers, verifierKeys: [signers[0].vkey, signers[1].vkey] }
}

function makeLogKeys(): string {
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

/** A key of the gateway's own making, where the data folder has none. */
const makeInData = (file: string, make: () => string): Promise<boolean> =>
  blame(settingName('dataFolder'), async () => {
    openDataFolder(dirname(file))
    return await makeOnce(file, make)
  })

/** Writes a secret, mode 0600, where none stands; of several processes that start together one wins and all read its. */
async function makeOnce(file: string, make: () => string): Promise<boolean> {
  if (await stands(file)) return false
  const draft = `${file}.${randomBytes(8).toString('hex')}`
  // On the disk before anything is sealed under it.
  await writeFile(draft, make(), { mode: 0o600, flag: 'wx', flush: true })
  try {
    await link(draft, file)
    await flushFolder(dirname(file))
    return true
  } catch (error) {
    if (await stands(file)) return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function flushFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}

const stands = async (file: string): Promise<boolean> =>
  readFile(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )
