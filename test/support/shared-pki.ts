import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Issuer } from '../../certs-dev/pki.ts'
import { makeDevelopmentPki } from '../../certs-dev/tree.ts'

/** An authority as it is written down, in base64. */
export type WrittenIssuer = { readonly certificate: string; readonly key: string; readonly chain: readonly string[] }

/** What stands beside the tree: what its maker knows of it and no file in it says. */
export type WrittenPki = {
  readonly root: WrittenIssuer
  readonly intermediate: WrittenIssuer
  readonly until: string
  readonly revoked: readonly { readonly serial: string; readonly at: string }[]
  readonly crlNumber: number
}

/** Where both stand in the folder that the run shares. */
export const TREE = 'pki'
export const AUTHORITIES = 'authorities.json'

/** Makes the development PKI that a whole test run shares (`pki.ts` copies it): its keys take most of a second of a processor. */
export async function makeSharedPki(folder: string): Promise<void> {
  const { root, intermediate, ...known } = await makeDevelopmentPki(join(folder, TREE))
  const written = { ...known, root: await write(root), intermediate: await write(intermediate) }
  await writeFile(join(folder, AUTHORITIES), JSON.stringify(written))
}

async function write({ certificate, key, chain }: Issuer): Promise<WrittenIssuer> {
  return {
    certificate: certificate.toString('base64'),
    key: Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64'),
    chain: chain.map((one) => one.toString('base64')),
  }
}
