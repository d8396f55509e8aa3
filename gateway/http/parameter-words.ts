import type { Text } from '../base/base.ts'
import { AGENCY_ID, UUID } from '../protocol/protocol.ts'

/** What Ajv says of an error, as far as it is read here. */
type Broken = {
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly instancePath: string
}

/** A parameter of a query, or a member of a body, as its schema has it. */
type Parameter = {
  readonly type?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly { readonly const?: unknown }[]
}
export type Parameters = { readonly properties?: Readonly<Record<string, Parameter>> }

/** What was asked for with a parameter that is missing, unknown, of the wrong form or out of its range: which, and what it may be. */
export class ParameterFault extends Error {
  override readonly name = 'ParameterFault'
  readonly detail: Text

  constructor(detail: Text) {
    super(detail.en)
    this.detail = detail
  }
}

/** The forms that a parameter's pattern may be of, in words. */
const FORMS: Readonly<Record<string, Text>> = {
  [UUID.source]: {
    en: 'a lower-case UUID, for example 01596a2f-7c00-7abc-8def-0123456789ab',
    fr: 'un UUID en minuscules, par exemple 01596a2f-7c00-7abc-8def-0123456789ab',
  },
  [AGENCY_ID.source]: {
    en: 'the id of an agency, for example fr-rys',
    fr: 'l’identifiant d’un organisme, par exemple fr-rys',
  },
  '^[a-z0-9]+(-[a-z0-9]+)*$': {
    en: 'lower-case letters, digits and hyphens',
    fr: 'en lettres minuscules, chiffres et traits d’union',
  },
  '^[0-9]{4}(-Q[1-4])?$': {
    en: 'a quarter such as 2016-Q4, or a year such as 2016',
    fr: 'un trimestre tel que 2016-Q4, ou une année telle que 2016',
  },
  [String.raw`\S`]: { en: 'a text that is not blank', fr: 'un texte qui n’est pas vide' },
}

/** Says of an error of Ajv's which parameter it is about, and what that may be. It names parameters that there are, and quotes nothing. */
export function faultOf({ keyword, params, instancePath }: Broken, schema: Parameters): ParameterFault {
  const { properties = {} } = schema
  if (keyword === 'additionalProperties') {
    const known = Object.keys(properties).join(', ')
    if (known === '')
      return new ParameterFault({ en: 'There are no parameters here.', fr: 'Il n’y a aucun paramètre ici.' })
    return new ParameterFault({
      en: `A parameter is not known here; there are: ${known}.`,
      fr: `Un paramètre est inconnu ici\u202f; il y a\u00a0: ${known}.`,
    })
  }
  if (keyword === 'required') {
    const name = String(params['missingProperty'])
    const { en, fr } = rangeOf(properties[name])
    return new ParameterFault({
      en: `\`${name}\` is missing: it must be ${en}.`,
      fr: `\`${name}\` est absent\u00a0: ce doit être ${fr}.`,
    })
  }
  const [, name = ''] = instancePath.split('/')
  return wrongParameter(name, properties[name])
}

/** Says what a parameter must be. */
export function wrongParameter(name: string, parameter: Parameter | undefined): ParameterFault {
  const { en, fr } = rangeOf(parameter)
  const which: Text =
    name === '' ? { en: 'What is sent', fr: 'Ce qui est envoyé' } : { en: `\`${name}\``, fr: `\`${name}\`` }
  return new ParameterFault({ en: `${which.en} must be ${en}.`, fr: `${which.fr} doit être ${fr}.` })
}

const OTHER: Text = { en: 'as the API description says', fr: 'tel que le dit la description de l’API' }

function rangeOf(parameter: Parameter = {}): Text {
  const { type, minimum, maximum, minLength, maxLength, pattern } = parameter
  const codes = parameter.enum ?? parameter.anyOf?.map((one) => one.const)
  if (codes !== undefined && !codes.includes(undefined))
    return { en: `one of ${codes.join(', ')}`, fr: `l’une des valeurs ${codes.join(', ')}` }
  if (type === 'integer')
    return {
      en: `given once, in digits, from ${minimum} to ${maximum}`,
      fr: `donné une fois, en chiffres, de ${minimum} à ${maximum}`,
    }
  if (type === 'boolean') return { en: 'true or false', fr: 'true (vrai) ou false (faux)' }
  const form = pattern === undefined ? undefined : FORMS[pattern]
  if (form === undefined && maxLength === undefined) return OTHER
  const { en, fr } = form ?? { en: 'a text', fr: 'un texte' }
  if (maxLength === undefined) return { en, fr }
  const from = minLength ?? 0
  return {
    en: `${en}, given once, of ${from} to ${maxLength} characters`,
    fr: `${fr}, donné une fois, de ${from} à ${maxLength} caractères`,
  }
}
