import type { Fault } from './problems.ts'
import type { Text } from '../base/base.ts'
import { isAgencyId, isDigest, isUuid } from './forms.ts'
import { isJsonObject, type Json, JsonFault, type JsonObject } from './json.ts'
import {
  digest,
  fault,
  type Forms,
  notAnObject,
  oneOf,
  parsePayload,
  readMembers,
  readPayload,
  refuseFaults,
  text,
  time,
  uuid,
} from './members.ts'
import { type Priority, priorities } from './priority.ts'
import { ATTACHMENT_TYPES, MAX_ATTACHMENT_BYTES } from './limits.ts'

export type Attachment = {
  /** `sha-256:<base64url>` */
  readonly digest: string
  readonly mediaType: string
  readonly size: number
  readonly name: string
  readonly description: string
}

/** The payload of a message: section 3's envelope, each member of the form it must have; its body is not yet judged. */
export type Envelope = {
  readonly id: string
  readonly type: string
  readonly schemaVersion: string
  readonly from: string
  readonly to: string
  readonly caseId: string
  readonly inReplyTo?: string
  readonly priority: Priority
  readonly respondBy?: Date
  readonly attachments: readonly Attachment[]
  readonly body: JsonObject
}

/** What remains of an envelope once its body has been judged: whatever waits for the record holds this, and no body. */
export type Facts = Omit<Envelope, 'body'>

/** As many as a body can say the use of (`attachmentsUsed` in the schemas). */
const MAX_ATTACHMENTS = 20
// No file system may take a name for a path, and no screen may show it as another: no separators, controls, bidi controls.
const FILE_NAME = /^(?!\.{1,2}$)(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}/\\\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,255}$/u
const DESCRIPTION = /^(?=[^]*\S)[^]{1,500}$/u
const SCHEMA_VERSION = /^\d+\.\d+$/

const isPriority = (value: Json): value is Priority => priorities.some((known) => known === value)

const agencyId = text(
  'pattern',
  'must be the id of an agency, for example fr-rys',
  'doit être l’identifiant d’un organisme, par exemple fr-rys',
  isAgencyId,
)

const required = {
  id: uuid,
  schemaVersion: text('pattern', 'must be a release such as 1.2', 'doit être une version telle que 1.2', (value) =>
    SCHEMA_VERSION.test(value),
  ),
  from: agencyId,
  to: agencyId,
  caseId: uuid,
  priority: {
    keyword: 'enum',
    message: { en: 'must be immediate, urgent or routine', fr: 'doit être immediate, urgent ou routine' },
    parse: (value: Json) => (isPriority(value) ? value : undefined),
  },
  body: {
    keyword: 'type',
    message: { en: 'must be an object', fr: 'doit être un objet' },
    parse: (value: Json) => (isJsonObject(value) ? value : undefined),
  },
} satisfies Forms

const optional = {
  inReplyTo: uuid,
  respondBy: time,
  attachments: {
    keyword: 'maxItems',
    message: {
      en: `must be an array of at most ${MAX_ATTACHMENTS} attachments`,
      fr: `doit être un tableau d’au plus ${MAX_ATTACHMENTS} pièces jointes`,
    },
    parse: (value: Json): readonly Json[] | undefined =>
      Array.isArray(value) && value.length <= MAX_ATTACHMENTS ? value : undefined,
  },
} satisfies Forms

const attachment = {
  digest,
  mediaType: oneOf(new Set(ATTACHMENT_TYPES), 'the media types of section 9', 'des types de média de la section 9'),
  size: {
    keyword: 'maximum',
    message: {
      en: `must be a whole number of bytes from 1 to ${MAX_ATTACHMENT_BYTES}`,
      fr: `doit être un nombre entier d’octets de 1 à ${MAX_ATTACHMENT_BYTES}`,
    },
    parse: (value: Json) =>
      typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_ATTACHMENT_BYTES
        ? value
        : undefined,
  },
  name: text(
    'pattern',
    'must be a file name of 1 to 255 characters without path separators or control characters',
    'doit être un nom de fichier de 1 à 255 caractères, sans séparateur de chemin ni caractère de commande',
    (value) => FILE_NAME.test(value),
  ),
  description: text(
    'pattern',
    'must be a text of 1 to 500 characters, not only white space',
    'doit être un texte de 1 à 500 caractères, et pas seulement des espaces',
    (value) => DESCRIPTION.test(value),
  ),
} satisfies Forms

const repeatedDigest: Text = { en: 'names the digest of another attachment', fr: 'porte l’empreinte d’une autre pièce' }

/**
 * Takes the payload of a message, gives its envelope (section 3). `types` are the message types of section 5.
 * Throws Problem malformed-message, whose `errors` are all the faults and not only the first.
 */
export function parseEnvelope(payload: Uint8Array, types: ReadonlySet<string>): Envelope {
  const members = parsePayload(payload)
  const faults: Fault[] = []
  const type = oneOf(types, 'the types of section 5', 'des types de la section 5')
  const forms = { required: { ...required, type }, optional }
  const { attachments = [], ...envelope } = readMembers(members, forms, '', faults)
  const read = readAttachments(attachments, faults)
  refuseFaults(faults)
  return { ...envelope, attachments: read }
}

/**
 * Gives who a payload says wrote it and under which id, where it says so in due form: enough to look for what was
 * accepted under that id before, whatever else is wrong with it now.
 */
export function peekIdentity(payload: Uint8Array): { readonly from: string; readonly id: string } | undefined {
  const value = readPayload(payload)
  if (value instanceof JsonFault || !isJsonObject(value)) return undefined
  const { from, id } = value
  return isAgencyId(from) && isUuid(id) ? { from, id } : undefined
}

function readAttachments(values: readonly Json[], faults: Fault[]): readonly Attachment[] {
  const digests = new Set<string>()
  return values.flatMap((value, index) => {
    const at = `/attachments/${index}`
    if (!isJsonObject(value)) {
      faults.push(fault(at, 'type', notAnObject))
      return []
    }
    const read = readMembers(value, { required: attachment, optional: {} }, at, faults)
    if (digests.has(read.digest)) faults.push(fault(`${at}/digest`, 'uniqueItems', repeatedDigest))
    if (isDigest(read.digest)) digests.add(read.digest)
    return [read]
  })
}
