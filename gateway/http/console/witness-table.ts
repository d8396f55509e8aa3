import type { Text } from '../../base/base.ts'
import type { CosignedState } from '../../log/log.ts'
import { type Html, html } from './html.ts'
import { heading, paragraph, table } from './table.ts'
import { lasting } from './units.ts'
import type { View } from './view.ts'

const words = {
  witnesses: { en: 'Witnesses', fr: 'Témoins' },
  none: {
    en: 'The registry file names no witnesses: nobody else can say that this log has only grown.',
    fr: 'Le fichier du registre ne nomme aucun témoin : personne d’autre ne peut dire que ce journal n’a fait que croître.',
  },
  enough: {
    en: 'Enough of them have cosigned the log in the last minute, of each country named.',
    fr: 'Assez d’entre eux ont cosigné le journal depuis une minute, de chaque pays nommé.',
  },
  tooFew: {
    en: 'Too few of them, or none of one country, have cosigned the log in the last minute.',
    fr: 'Trop peu d’entre eux, ou aucun d’un des pays, ont cosigné le journal depuis une minute.',
  },
  name: { en: 'Witness', fr: 'Témoin' },
  country: { en: 'Country', fr: 'Pays' },
  size: { en: 'Leaves cosigned', fr: 'Feuilles cosignées' },
  age: { en: 'Cosigned since', fr: 'Cosigné depuis' },
  never: { en: 'never', fr: 'jamais' },
} as const satisfies Record<string, Text>

/** Who cosigns the log, and how long ago each last did. */
export function witnessTable(view: View, state: CosignedState | undefined): Html {
  const { say } = view
  if (state === undefined) return html`${heading(say(words.witnesses))}${paragraph(say(words.none))}`
  return html`${table({
    caption: say(words.witnesses),
    columns: [
      { title: say(words.name) },
      { title: say(words.country) },
      { title: say(words.size), number: true },
      { title: say(words.age), number: true },
    ],
    rows: state.witnesses.map(({ name, country = '–', size, ageSeconds }) => [
      name,
      country,
      size ?? '–',
      ageSeconds === undefined ? say(words.never) : lasting(view, ageSeconds),
    ]),
  })}${paragraph(say(state.isUncosigned ? words.tooFew : words.enough))}`
}
