import type { Directory } from './answers.ts'
import type { AnyEnvelope } from './message.ts'
import type { Text } from './problem.ts'
import { contradictionsIn } from './contradictions.ts'
import { isObject } from './shape.ts'

/** Something that is probably a slip; the gateway accepts it all the same, for a frightened volunteer's referral must not bounce. */
export type Warning = { readonly code: keyof typeof meanings; readonly pointer: string; readonly text: Text }

const meanings = {
  'immediate-concern': {
    en: 'A concern is immediate, but the message is not sent as immediate.',
    fr: 'Un élément de danger est immédiat, mais le message n’est pas envoyé comme message à traiter immédiatement.',
  },
  'domestic-transfer': {
    en: 'The data crosses a border, but no transfer mechanism is given.',
    fr: 'Les données franchissent une frontière, mais aucun mécanisme de transfert n’est indiqué.',
  },
  'attachment-not-named': {
    en: 'This attachment is not named in the envelope, so the recipient cannot fetch it.',
    fr: 'Cette pièce jointe n’est pas désignée dans l’enveloppe : le destinataire ne pourra pas l’obtenir.',
  },
  'key-not-unique': {
    en: 'This key stands for two different things in the message.',
    fr: 'Cette clé désigne deux choses différentes dans le message.',
  },
  'key-not-asked': {
    en: 'No question of the request has this key.',
    fr: 'Aucune question de la demande ne porte cette clé.',
  },
  'person-not-described': {
    en: 'Nobody in the message has this key.',
    fr: 'Cette clé ne désigne aucune personne dans le message.',
  },
  'not-located-with-location': {
    en: 'The child was not located, but a location is given.',
    fr: 'L’enfant n’a pas été localisé, mais une localisation est indiquée.',
  },
  'located-but-unknown': {
    en: 'The child is located, but not known to the Home Office and with no record of entry.',
    fr: 'L’enfant est localisé, mais inconnu du Home Office et sans trace d’entrée.',
  },
  'flag-not-placed': {
    en: 'The child is said to be flagged, but the flag is not placed.',
    fr: 'L’enfant est dit faire l’objet d’un avis de recherche interne, mais l’avis n’est pas émis.',
  },
  'closed-before-needs-met': {
    en: 'The case is closed as safeguarded with needs met, but the needs are not met.',
    fr: 'Le dossier est clos parce que l’enfant est protégé et ses besoins satisfaits, mais ils ne le sont pas.',
  },
  'safe-but-not-seen': {
    en: 'Where the child lives is said to be safe, but nobody has seen the child.',
    fr: 'L’endroit où vit l’enfant est dit sûr, mais personne n’a vu l’enfant.',
  },
  'met-with-unmet-needs': {
    en: 'The needs are said to be met, but unmet needs are listed.',
    fr: 'Les besoins sont dits satisfaits, mais des besoins non satisfaits sont énumérés.',
  },
  'care-without-shelter': {
    en: 'The child is said to be in care, but is where nobody cares for a child.',
    fr: 'L’enfant est dit confié à l’autorité compétente, mais se trouve là où personne ne l’accueille.',
  },
  'refused-without-reason': {
    en: 'Consent was refused, but no reason is given.',
    fr: 'Le consentement a été refusé, mais aucune raison n’est indiquée.',
  },
  'retention-without-period': {
    en: 'The data is kept for a period after an event, but no period is given.',
    fr: 'Les données sont conservées un certain temps après un événement, mais aucune durée n’est indiquée.',
  },
  'care-with-country': {
    en: 'The outcome is care or family in the United Kingdom, but another country is given.',
    fr: 'L’issue est une prise en charge ou la famille au Royaume-Uni, mais un autre pays est indiqué.',
  },
  'flag-in-the-past': {
    en: 'The flag would end before today.',
    fr: 'L’avis de recherche interne prendrait fin avant aujourd’hui.',
  },
  'death-unread': {
    en: 'A child’s death is told, but nobody has read this mailbox for a day: ring first.',
    fr: 'Le décès d’un enfant est annoncé, mais personne n’a relevé cette boîte depuis une journée\u00a0: téléphonez d’abord.',
  },
} as const satisfies Record<string, Text>

/** The codes by which a child's death is told, beside the member `death`. */
const DEATH: ReadonlySet<unknown> = new Set(['child-died', 'dead', 'found-dead', 'death-notice'])

type Leaf = { readonly pointer: string; readonly name: string; readonly value: unknown; readonly owner: unknown }

/** Every member of an object in the body, however deep, with the object that it is of. */
function* members(value: unknown, pointer: string): Generator<Leaf> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* members(item, `${pointer}/${index}`)
  if (!isObject(value)) return
  for (const [name, inner] of Object.entries(value)) {
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    yield { pointer: at, name, value: inner, owner: value }
    yield* members(inner, at)
  }
}

/**
 * Takes an envelope, today's date, for an answer the request that it answers, and the recipient's entry in the directory; gives what its author should look at again before
 * signing: what no JSON Schema can say (domain rules 9, 10 and 11).
 */
export function warnings(
  envelope: AnyEnvelope,
  context: {
    readonly today: Date
    readonly request?: AnyEnvelope
    readonly recipient?: Pick<Directory['agencies'][number], 'mailboxRead'>
  },
): readonly Warning[] {
  const found: Warning[] = []
  const warn = (code: Warning['code'], pointer: string) => found.push({ code, pointer, text: meanings[code] })
  const all = [...members(envelope.body, '/body')]
  const attached = new Set(envelope.attachments?.map((each) => each.digest))
  const keyed = new Map<unknown, unknown>()
  for (const each of all) if (each.name === 'key' && !keyed.has(each.value)) keyed.set(each.value, each.owner)
  const asked = new Set(
    context.request && listAt(context.request.body, 'questions').map((each) => isObject(each) && each.key),
  )
  const answers = listAt(envelope.body, 'answers')

  for (const { name, value, pointer, owner } of all) {
    if (name === 'immediacy' && value === 'immediate' && envelope.priority !== 'immediate')
      warn('immediate-concern', pointer)
    if (name === 'transferMechanism' && value === 'none-domestic' && country(envelope.from) !== country(envelope.to)) {
      warn('domestic-transfer', pointer)
    }
    if (name === 'digest' && !attached.has(String(value))) warn('attachment-not-named', pointer)
    if (name === 'photographs' || name === 'persons') {
      const known = name === 'persons' ? keyed : attached
      for (const [index, item] of listOf(value).entries()) {
        if (!known.has(String(item)))
          warn(name === 'persons' ? 'person-not-described' : 'attachment-not-named', `${pointer}/${index}`)
      }
    }
    // One person may stand in two places of a message, under one key and described alike.
    if (name === 'key' && !answers.includes(owner) && JSON.stringify(keyed.get(value)) !== JSON.stringify(owner))
      warn('key-not-unique', pointer)
    if (name === 'key' && answers.includes(owner) && context.request && !asked.has(String(value)))
      warn('key-not-asked', pointer)
    if (name === 'flagUntil' && String(value) < context.today.toISOString().slice(0, 10))
      warn('flag-in-the-past', pointer)
  }
  const death = all.find(({ name, value }) => name === 'death' || DEATH.has(value))
  if (death !== undefined && context.recipient?.mailboxRead === false) warn('death-unread', death.pointer)
  for (const { code, pointer } of contradictionsIn(envelope.type, { ...envelope.body })) warn(code, pointer)
  return found
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function listAt(body: unknown, name: string): readonly unknown[] {
  return isObject(body) ? listOf(body[name]) : []
}

function country(agency: string): string {
  return agency.slice(0, 2)
}
