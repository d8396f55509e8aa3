import type { AnyEnvelope } from './message.ts'
import { integer, listOf, optional, record, text } from './shape.ts'

export type Text = { readonly en: string; readonly fr: string }

/** One fault of a message: where (JSON Pointer), which rule, and why in both languages (section 4). */
const faultOf = record({ pointer: text, keyword: text, message: text, messageFr: text })
export type Fault = ReturnType<typeof faultOf>
export const problemDocument = record({
  type: text,
  title: text,
  status: integer,
  code: text,
  detail: optional(text),
  instance: optional(text),
  /** A page that says what it means and what to do, for a browser without a certificate. */
  documentation: optional(text),
  errors: optional(listOf(faultOf)),
  /** The signed SubmissionRejection: evidence that, and why, the gateway refused. */
  receipt: optional(text),
})
export type ProblemDocument = ReturnType<typeof problemDocument>

/** What `send` has signed and submitted: the same bytes may be submitted again. */
export type Sent = { readonly envelope: AnyEnvelope; readonly message: string }

/** An error says its first fault, so that whoever sees nothing but its message knows where to look. */
function firstOf(faults: readonly Fault[] = []): string {
  const [first, ...more] = faults
  if (first === undefined) return ''
  return `: ${first.pointer} ${first.message}${more.length === 0 ? '' : ` (and ${more.length} more)`}`
}

/** The gateway has refused a request (RFC 9457). `code` is of the protocol's list; `requestId` is what to quote to an operator. */
export class PasserelleProblem extends Error {
  readonly code: string
  readonly status: number
  readonly problem: ProblemDocument
  readonly receipt: string | undefined
  readonly requestId: string | undefined
  /** Set by `send` alone. */
  sent: Sent | undefined
  constructor(problem: ProblemDocument, requestId: string | undefined) {
    super(`${problem.status} ${problem.code}: ${problem.detail ?? problem.title}${firstOf(problem.errors)}`)
    this.name = 'PasserelleProblem'
    this.code = problem.code
    this.status = problem.status
    this.problem = problem
    this.receipt = problem.receipt
    this.requestId = requestId
  }
}

export type FaultCode = keyof typeof faults

const faults = {
  'key-not-supported': {
    en: 'The key is none of P-256, P-384, Ed25519 or RSA of at least 2048 bits.',
    fr: 'La clé n’est ni P-256, ni P-384, ni Ed25519, ni RSA d’au moins 2048 bits.',
  },
  'key-missing': {
    en: 'There is no signing key: nothing can be signed.',
    fr: 'Il n’y a pas de clé de signature : rien ne peut être signé.',
  },
  'ml-dsa-not-supported': {
    en: 'This version of Node cannot verify ML-DSA-44 signatures, so nothing was verified. Node 22.20 and 24.7, and what is later, can. To verify by Ed25519 alone, give the Ed25519 keys alone.',
    fr: 'Cette version de Node ne sait pas vérifier les signatures ML-DSA-44\u00a0: rien n’a été vérifié. Node 22.20 et 24.7, et les versions ultérieures, le savent. Pour ne vérifier que par Ed25519, ne donnez que les clés Ed25519.',
  },
  'key-not-of-certificate': {
    en: 'The private key does not belong to the certificate.',
    fr: 'La clé privée ne correspond pas au certificat.',
  },
  'configuration-not-usable': {
    en: 'The configuration cannot be used.',
    fr: 'La configuration est inutilisable.',
  },
  'not-a-signed-document': {
    en: 'This is not a signed document in the form that section 3 of the protocol gives it.',
    fr: 'Ce n’est pas un document signé sous la forme que prescrit la section 3 du protocole.',
  },
  'unknown-signer': {
    en: 'The certificate that signed is not among those published for this signer.',
    fr: 'Le certificat de signature ne figure pas parmi ceux publiés pour ce signataire.',
  },
  'certificate-not-valid': {
    en: 'The certificate was outside its validity, or revoked, when it signed.',
    fr: 'Le certificat était hors de sa période de validité, ou révoqué, au moment de la signature.',
  },
  'invalid-signature': {
    en: 'The signature does not verify: these are not the bytes that were signed.',
    fr: 'La signature n’est pas valable : ce ne sont pas les octets qui ont été signés.',
  },
  'not-as-expected': {
    en: 'The document is genuine, but it is about something else than what was expected.',
    fr: 'Le document est authentique, mais il concerne autre chose que ce qui était attendu.',
  },
  'not-to-be-told': {
    en: 'The message holds what its recipient is not told. Nothing was sent.',
    fr: 'Le message contient ce qui n’est pas communiqué à son destinataire. Rien n’a été envoyé.',
  },
  unreachable: {
    en: 'The gateway cannot be reached; nothing is known to have been accepted. Send the same bytes again.',
    fr: 'La passerelle est injoignable ; rien n’indique que l’envoi ait été accepté. Renvoyez les mêmes octets.',
  },
  'unexpected-answer': {
    en: 'The answer is not one that the protocol describes.',
    fr: 'La réponse n’est pas de celles que décrit le protocole.',
  },
} as const satisfies Record<string, Text>

type FaultOptions = {
  readonly detail?: string
  readonly errors?: readonly Fault[]
  readonly mayPass?: boolean
  readonly cause?: unknown
}

/** What went wrong on this side of the wire, or in something that was to be verified: in both languages, and without personal data. */
export class SdkFault extends Error {
  readonly code: FaultCode
  readonly text: Text
  /** Where in the message, for `not-to-be-told`. */
  readonly errors: readonly Fault[]
  /** Of `unreachable`: whether another attempt may mend it, as it may not where a certificate was refused. */
  readonly mayPass: boolean
  /** Set by `send` alone. */
  sent: Sent | undefined
  constructor(code: FaultCode, options?: FaultOptions) {
    const text: Text = faults[code]
    const said = options?.detail === undefined ? text.en : `${text.en} (${options.detail})`
    super(`${said}${firstOf(options?.errors)}`, { cause: options?.cause })
    this.name = 'SdkFault'
    this.code = code
    this.text = text
    this.errors = options?.errors ?? []
    this.mayPass = options?.mayPass ?? false
  }
}
