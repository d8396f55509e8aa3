import type { Text } from '../gateway/base/base.ts'
import type { Misdeed } from './judging.ts'
import type { Status } from './status.ts'

const words = {
  title: { en: 'Witness', fr: 'Témoin' },
  what: {
    en: 'This witness cosigns the checkpoints of the evidence logs below, and never two that contradict each other.',
    fr: 'Ce témoin cosigne les points de contrôle des journaux de preuves ci-dessous, et jamais deux qui se contredisent.',
  },
  keys: { en: 'Verifier keys', fr: 'Clés de vérification' },
  logs: { en: 'Logs', fr: 'Journaux' },
  origin: { en: 'Origin', fr: 'Origine' },
  size: { en: 'Leaves', fr: 'Feuilles' },
  root: { en: 'Root', fr: 'Racine' },
  cosigned: { en: 'Last cosigned', fr: 'Dernière cosignature' },
  never: { en: 'nothing yet', fr: 'rien encore' },
  alarms: { en: 'Alarms', fr: 'Alarmes' },
  none: { en: 'None.', fr: 'Aucune.' },
  what2: {
    en: 'What to do: docs/operating.md, «A log that contradicts itself».',
    fr: 'Que faire : docs/operating.md, « A log that contradicts itself ».',
  },
} as const satisfies Readonly<Record<string, Text>>

/** What a log has done, in words. */
export const misdeeds: Readonly<Record<Misdeed, Text>> = {
  fork: {
    en: 'The log has signed two different trees of the same size.',
    fr: 'Le journal a signé deux arbres différents de même taille.',
  },
  'rolled-back': {
    en: 'The log has signed a smaller tree after a larger one.',
    fr: 'Le journal a signé un arbre plus petit après un plus grand.',
  },
  inconsistent: {
    en: 'A signed checkpoint came with a proof that does not show that it continues the last one.',
    fr: 'Un point de contrôle signé est arrivé avec une preuve qui ne montre pas qu’il prolonge le précédent.',
  },
}

/** The page that a person reads: no script, nothing that is loaded. */
export function pageOf(status: Status, language: keyof Text): string {
  const say = (text: Text): string => escape(text[language])
  const rows = status.logs.map(({ origin, size, root, cosignedAt }) =>
    row([origin, size === undefined ? words.never[language] : String(size), root ?? '', cosignedAt ?? '']),
  )
  const alarms = status.alarms.map(
    ({ misdeed, origin, at, size, seenSize, file }) =>
      `<li><strong>${say(misdeeds[misdeed])}</strong> ${escape(`${origin}, ${size} (${seenSize}), ${at}, ${file}`)}</li>`,
  )
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${say(words.title)} ${escape(status.name)}</title>
<style>body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}td,th{text-align:left;padding:.2rem 1rem .2rem 0;overflow-wrap:anywhere}code{overflow-wrap:anywhere}</style>
</head><body><main>
<h1>${say(words.title)} ${escape(status.name)}</h1>
<p>${say(words.what)}</p>
<h2>${say(words.alarms)}</h2>
${alarms.length === 0 ? `<p>${say(words.none)}</p>` : `<ul>${alarms.join('')}</ul><p>${say(words.what2)}</p>`}
<h2>${say(words.logs)}</h2>
<table><tr>${[words.origin, words.size, words.root, words.cosigned].map((text) => `<th scope="col">${say(text)}</th>`).join('')}</tr>
${rows.join('\n')}</table>
<h2>${say(words.keys)}</h2>
<ul>${status.verifierKeys.map((key) => `<li><code>${escape(key)}</code></li>`).join('')}</ul>
</main></body></html>
`
}

const row = (cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
