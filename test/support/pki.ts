// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { X509Certificate } from '@peculiar/x509'
import { inject } from 'vitest'
import type { Issuer } from '../../certs-dev/pki.ts'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { AUTHORITIES, TREE, type WrittenIssuer, type WrittenPki } from './shared-pki.ts'

const KEY = { name: 'ECDSA', namedCurve: 'P-256' }

/** Puts a copy of the run's development PKI into a folder: the test's own, to issue, revoke and change as it likes. */
export async function copyPki(folder: string): Promise<DevelopmentPki> {
  const shared = inject('pkiFolder')
  await cp(join(shared, TREE), folder, { recursive: true })
  const written = JSON.parse(await readFile(join(shared, AUTHORITIES), 'utf8')) as WrittenPki
  return {
    folder,
    root: await read(written.root),
    intermediate: await read(written.intermediate),
    until: new Date(written.until),
    revoked: written.revoked.map(({ serial, at }) => ({ serial, at: new Date(at) })),
    crlNumber: written.crlNumber,
  }
}

async function read({ certificate, key, chain }: WrittenIssuer): Promise<Issuer> {
  return {
    certificate: new X509Certificate(certificate),
    key: await crypto.subtle.importKey('pkcs8', Buffer.from(key, 'base64'), KEY, true, ['sign']),
    chain: chain.map((one) => new X509Certificate(one)),
  }
}
