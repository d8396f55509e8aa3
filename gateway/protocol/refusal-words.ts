import type { Catalogue } from './catalogue.ts'
import { FRESHNESS_SECONDS, type Jws } from './jws.ts'
import type { Text } from '../base/base.ts'
import { type Fault, Problem } from './problems.ts'

/** Refusals that say by how much, or which there are: what the table's own words cannot know. */

/** More than `limit` bytes of something that is sent as a whole. */
export function tooLarge(limit: number): Problem {
  return new Problem('message-too-large', {
    en: `The body has more than the ${limit} bytes that are taken here.`,
    fr: `Le corps dépasse les ${limit} octets admis ici.`,
  })
}

/** As seconds, a time that was written in milliseconds is tens of thousands of years ahead. */
const MILLISECONDS = 1e11

/** A signing time that is not near enough to now: by how much, and which way the clock is wrong. */
export function stale({ header }: Pick<Jws, 'header'>, now: Date): Problem {
  if (header.iat > MILLISECONDS)
    return new Problem('stale-message', {
      en: '`iat` is in milliseconds, it seems: it must be seconds since 1970.',
      fr: '`iat` semble être en millisecondes\u00a0: il doit donner les secondes depuis 1970.',
    })
  const ahead = Math.round(header.iat - now.getTime() / 1000)
  const way = ahead > 0 ? { en: 'ahead of', fr: 'en avance' } : { en: 'behind', fr: 'en retard' }
  return new Problem('stale-message', {
    en: `\`iat\` is ${Math.abs(ahead)} s ${way.en} the gateway’s clock, and may be ${FRESHNESS_SECONDS} s; these bytes were not accepted before.`,
    fr: `\`iat\` est de ${Math.abs(ahead)} s ${way.fr} sur l’horloge de la passerelle, pour ${FRESHNESS_SECONDS} s admises\u202f; ces octets n’avaient pas été acceptés.`,
  })
}

/** A release that is not served now: those that are. */
export function unsupportedVersion({ releases, isRelease }: Catalogue, version: string, now: Date): Problem {
  const open = releases.filter((release) => isRelease(release.version, now)).map((release) => release.version)
  const isOver = releases.some((release) => release.version === version)
  const why = isOver
    ? { en: 'names a release whose sunset is past', fr: 'désigne une version dont l’échéance est passée' }
    : { en: 'names no release', fr: 'ne désigne aucune version publiée' }
  return new Problem('unsupported-schema-version', {
    en: `\`schemaVersion\` ${why.en}; there are: ${open.join(', ')}.`,
    fr: `\`schemaVersion\` ${why.fr}\u202f; il y a\u00a0: ${open.join(', ')}.`,
  })
}

/** A payload whose members break their forms. */
export function malformedPayload(errors: readonly Fault[]): Problem {
  const what = { en: 'The payload has not its form', fr: 'La charge utile n’a pas sa forme' }
  return new Problem('malformed-message', withFirst(what, errors, { en: 'it', fr: 'elle' }), { errors })
}

/** A body that breaks its schema, or tells too much. */
export function schemaViolation(errors: readonly Fault[]): Problem {
  const what = { en: 'The body breaks its schema', fr: 'Le corps n’est pas conforme à son schéma' }
  return new Problem('schema-violation', withFirst(what, errors, { en: 'it', fr: 'il' }), { errors })
}

/** A list of codes is told whole in `errors`. */
const LONGEST = 160

/** What is wrong, with the first fault, and how many more there are. */
function withFirst(what: Text, [first, ...more]: readonly Fault[], whole: Text): Text {
  if (first === undefined) return { en: `${what.en}.`, fr: `${what.fr}.` }
  const cut = (message: string): string => (message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message)
  const count = more.length
  const rest =
    count === 0
      ? { en: '', fr: '' }
      : { en: ` (${count} more in \`errors\`)`, fr: ` (${count} de plus dans \`errors\`)` }
  return {
    en: `${what.en}: ${first.pointer || whole.en} ${cut(first.message)}${rest.en}.`,
    fr: `${what.fr}\u00a0: ${first.pointer || whole.fr} ${cut(first.messageFr)}${rest.fr}.`,
  }
}
