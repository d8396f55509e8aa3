import { fromBER } from 'asn1js'
import { CertBag, type Certificate, PFX, PKCS8ShroudedKeyBag, PrivateKeyInfo, type SafeBag } from 'pkijs'
import type { Bytes } from '../vault/bytes.ts'

/** What a PKCS#12 file holds: the private key as PKCS#8 DER, and its certificates as DER. */
export type Opened = { readonly key: Bytes; readonly certificates: readonly Bytes[] }
/** Why it could not be opened. */
export type Unopened = 'not-pkcs12' | 'wrong-password' | 'no-key'

/** Takes a PKCS#12 file (RFC 7292) and its password; gives the first key in it and all certificates, or why not. */
export async function openPkcs12(file: Bytes, password: string): Promise<Opened | Unopened> {
  const pfx = parse(file)
  if (pfx === undefined) return 'not-pkcs12'
  const secret = new TextEncoder().encode(password).buffer
  try {
    await pfx.parseInternalValues({ password: secret, checkIntegrity: true })
    const safe = pfx.parsedValue?.authenticatedSafe
    if (safe === undefined) return 'not-pkcs12'
    await safe.parseInternalValues({ safeContents: safe.safeContents.map(() => ({ password: secret })) })
    const contents = (safe.parsedValue as { safeContents: { value: { safeBags: SafeBag[] } }[] }).safeContents
    const bags = contents.flatMap(({ value }) => value.safeBags)
    return await open(bags, secret)
  } catch {
    return 'wrong-password'
  }
}

function parse(file: Bytes): PFX | undefined {
  const parsed = fromBER(file)
  if (parsed.offset === -1) return undefined
  try {
    return new PFX({ schema: parsed.result })
  } catch {
    return undefined
  }
}

async function open(bags: readonly SafeBag[], password: ArrayBuffer): Promise<Opened | Unopened> {
  let key: Bytes | undefined
  const certificates: Bytes[] = []
  for (const { bagValue } of bags) {
    if (bagValue instanceof PrivateKeyInfo) key ??= der(bagValue)
    else if (isShrouded(bagValue)) {
      await bagValue.parseInternalValues({ password })
      if (bagValue.parsedValue !== undefined) key ??= der(bagValue.parsedValue)
    } else if (bagValue instanceof CertBag) {
      certificates.push(der(bagValue.parsedValue as Certificate))
    }
  }
  return key === undefined ? 'no-key' : { key, certificates }
}

/** Its types keep to themselves what its manual shows: that a shrouded key is opened by itself. */
type Shrouded = Omit<PKCS8ShroudedKeyBag, 'parseInternalValues'> & {
  parseInternalValues(options: { password: ArrayBuffer }): Promise<void>
}
const isShrouded = (bag: unknown): bag is Shrouded => bag instanceof PKCS8ShroudedKeyBag

const der = (structure: Certificate | PrivateKeyInfo): Bytes => new Uint8Array(structure.toSchema().toBER())
