import { type Bytes, randomBytes } from './bytes.ts'
import { type DeviceLock, newSalt } from './locks.ts'

const SIXTY_SECONDS = 60_000
const USER_BYTES = 32
const CHALLENGE_BYTES = 32
/** COSE: ES256, RS256. */
const ALGORITHMS = [-7, -257]

/** Whether this device may recognise a person by itself: by a finger, a face, or its own code. */
export async function recognisesPeople(): Promise<boolean> {
  if (!('PublicKeyCredential' in globalThis)) return false
  return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false)
}

/**
 * Makes a credential on this device (WebAuthn level 3) and asks its pseudo-random function. Nothing in it says whose it is.
 * @returns nothing where the person or the device would not, or has no such function
 */
export async function enrolDevice(): Promise<
  (Pick<DeviceLock, 'credential' | 'salt'> & { output: Bytes }) | undefined
> {
  const salt = newSalt()
  const made = await attempt(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: 'Passerelle' },
        user: { id: randomBytes(USER_BYTES), name: 'Passerelle', displayName: 'Passerelle' },
        challenge: randomBytes(CHALLENGE_BYTES),
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { authenticatorAttachment: 'platform', userVerification: 'required' },
        attestation: 'none',
        timeout: SIXTY_SECONDS,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  )
  if (made === undefined) return undefined
  const credential = new Uint8Array(made.rawId)
  const { prf } = made.getClientExtensionResults()
  if (prf?.results?.first !== undefined) return { credential, salt, output: bytesOf(prf.results.first) }
  // Some give it when they make the credential, some only when it is used.
  const output = prf?.enabled === true ? await askDevice({ credential, salt }) : undefined
  return output && { credential, salt, output }
}

/** Has the device recognise its person, and gives what its pseudo-random function says. */
export async function askDevice({
  credential,
  salt,
}: Pick<DeviceLock, 'credential' | 'salt'>): Promise<Bytes | undefined> {
  const used = await attempt(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: randomBytes(CHALLENGE_BYTES),
        allowCredentials: [{ type: 'public-key', id: credential }],
        userVerification: 'required',
        timeout: SIXTY_SECONDS,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  )
  const output = used?.getClientExtensionResults().prf?.results?.first
  return output && bytesOf(output)
}

/** A person who says no and a device that cannot look the same, and are meant to. */
async function attempt(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential | undefined> {
  try {
    const given = await ask()
    return given instanceof PublicKeyCredential ? given : undefined
  } catch {
    return undefined
  }
}

const bytesOf = (source: BufferSource): Bytes =>
  ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source.slice(0))
