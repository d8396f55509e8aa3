import type { Envelope, Receipt } from '../message.ts'

/** Whom the verifier trusts. Where it has that from, it must have it from elsewhere than the bundle. */
export type EvidenceTrust = {
  /** Trust anchors, PEM, one certificate each. */
  readonly anchors: readonly string[]
  /** The keys of the gateway's logs, past ones included, as C2SP vkeys: all that a log has must have signed. */
  readonly logKeys: readonly string[]
  /** The witnesses that count, as C2SP vkeys; two of one name are one witness. */
  readonly witnesses?: readonly { readonly name: string; readonly vkey: string; readonly country?: string }[]
  /** How many of them must have cosigned, at least one of each country named among them; without it, all. */
  readonly quorum?: number
  /** How long after its end a revocation list still counts, in ms: `PASSERELLE_CRL_GRACE` of the gateway, a day where it is not said. */
  readonly crlGraceMs?: number
  /** Revocation lists (PEM) that are too large to be in bundles. */
  readonly crls?: readonly string[]
  /** SHA-256 of published schemas, lower-case hex by `$id`, as each release's SHA256SUMS has it. */
  readonly schemas?: Readonly<Record<string, string>>
}

/** Who signed, by which certificate. */
export type SignedBy = { readonly subject: string; readonly thumbprint: string; readonly alg: string }

/** One receipt, and what it proves. */
export type ProvenEvent = {
  readonly event: Receipt['event']
  readonly at: Date
  readonly leafIndex: number
  readonly attempt: number
  readonly desk?: string
  readonly code?: string
  /** The recipient's own word. */
  readonly acknowledgement?: SignedBy & { readonly at: string; readonly outcome: 'accepted' | 'refused' }
}

/** A checkpoint that has what the bundle says, and who had seen it. Named by its form, so that the declarations need no types of Node. */
export type SeenCheckpoint = {
  readonly checkpoint: {
    readonly note: string
    readonly origin: string
    readonly size: number
    readonly root: Uint8Array
  }
  /** The kinds of the log's own keys that signed it. */
  readonly keys: readonly number[]
  readonly cosigned: readonly {
    readonly witness: string
    readonly country: string | undefined
    readonly at: Date | undefined
  }[]
}

/** What a bundle proves. */
export type Proven = {
  readonly gateway: string
  readonly messageId: string
  readonly caseId: string
  readonly type: string
  readonly from: string
  readonly to: string
  readonly messageDigest: string
  /** The message and who signed it; undefined where its case was erased. */
  readonly message: (SignedBy & { readonly signedAt: Date; readonly envelope: Envelope }) | undefined
  readonly erased: { readonly at: Date; readonly operators: readonly string[] } | undefined
  readonly events: readonly ProvenEvent[]
  readonly checkpoints: readonly SeenCheckpoint[]
  readonly crl: {
    readonly digest: string
    readonly issuer: string
    readonly thisUpdate: Date
    readonly nextUpdate: Date
  }
  /** Whether the schema's digest was compared with the published one. */
  readonly schema: { readonly id: string; readonly sha256: string; readonly isCompared: boolean }
}
