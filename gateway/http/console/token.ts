import { createHmac, hkdfSync, randomUUIDv7, timingSafeEqual } from 'node:crypto'

/** What a form's token is bound to: it is good for nobody and nothing else. */
export type Bound = {
  readonly operator: string
  /** Thumbprint of the operator's certificate. */
  readonly certificate: string
  readonly act: string
  /** The page's path, which names what the act is about. */
  readonly path: string
}

/** Of a good token: the id of the act that its form asks for, and whether its time is over. */
export type Read = { readonly id: string; readonly isOver: boolean }

export type FormTokens = {
  /** @param id the act's, where a form is shown again */
  give(bound: Bound, now: Date, id?: string): string
  /** Undefined for what no process on this record gave to this operator for this act. */
  read(bound: Bound, token: string, now: Date): Read | undefined
}

/** Somebody is called to the telephone while a form is open. */
const GOOD_MS = 60 * 60_000
const FORM = /^([0-9a-f-]{36})\.(\d{1,15})\.([A-Za-z0-9_-]{43})$/

/**
 * Opens the tokens of forms: HMAC-SHA-256 over what they are bound to, under a key from the data key (HKDF, RFC 5869), so that each
 * process takes those of the others. A token names the act, so that a form that is sent twice acts once.
 * @param dataKey the 32 bytes of `PASSERELLE_DATA_KEY`
 */
export function openFormTokens(dataKey: Buffer): FormTokens {
  const key = Buffer.from(hkdfSync('sha256', dataKey, '', 'form token', 32))
  const mac = ({ operator, certificate, act, path }: Bound, id: string, until: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([operator, certificate, act, path, id, until]))
      .digest('base64url')
  return {
    give(bound, now, id = randomUUIDv7()) {
      const until = String(now.getTime() + GOOD_MS)
      return `${id}.${until}.${mac(bound, id, until)}`
    },
    read(bound, token, now) {
      const [, id = '', until = '', given = ''] = FORM.exec(token) ?? []
      // As it is written: of base64url several texts stand for the same bytes.
      if (!timingSafeEqual(Buffer.from(mac(bound, id, until)), Buffer.from(given.padEnd(43)))) return undefined
      return { id, isOver: Number(until) <= now.getTime() }
    },
  }
}
