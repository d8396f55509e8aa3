import type { FastifyRequest } from 'fastify'
import type { Text } from '../../base/base.ts'
import { operatorOf, thumbprintOf } from '../caller.ts'
import type { Operating } from '../serving.ts'
import { html, type Html } from './html.ts'
import { heading, paragraph } from './table.ts'
import type { Bound } from './token.ts'
import type { View } from './view.ts'

const words = {
  title: { en: 'Check a proof', fr: 'Vérifier une preuve' },
  about: {
    en: 'Whether something stands in the log is checked here by nothing but the proof itself, the log’s keys and the witnesses’. What is pasted is neither kept nor shown.',
    fr: 'La présence au journal est vérifiée ici par la seule preuve, les clés du journal et celles des témoins. Ce qui est collé n’est ni conservé ni affiché.',
  },
  proof: { en: 'Proof', fr: 'Preuve' },
  proofHint: {
    en: 'The text that begins with c2sp.org/tlog-proof@v1, as an evidence bundle has it and as a leaf’s number leads to it',
    fr: 'Le texte qui commence par c2sp.org/tlog-proof@v1, tel qu’il figure dans un dossier de preuve ou derrière le numéro d’une feuille',
  },
  leaf: { en: 'Leaf', fr: 'Feuille' },
  leafHint: {
    en: 'The receipt, registry entry or act as it was signed: three parts with dots between them',
    fr: 'Le récépissé, l’inscription au registre ou l’acte tel qu’il a été signé\u00A0: trois parties séparées par des points',
  },
  check: { en: 'Check', fr: 'Vérifier' },
  proofOf: { en: 'proof of leaf', fr: 'preuve de la feuille' },
} as const satisfies Record<string, Text>

export const CHECK_PATH = '/log/check'

/** The title of the form, and of the page that answers it. */
export const proofTitle: Text = words.title

/** What the form's token is bound to. */
export const boundTo = (request: FastifyRequest): Bound => ({
  operator: operatorOf(request).id,
  certificate: thumbprintOf(request),
  act: 'check-proof',
  path: CHECK_PATH,
})

/** The form into which a proof is pasted: it needs no script. */
export function proofForm(
  { say }: View,
  request: FastifyRequest,
  { formTokens, now }: Pick<Operating, 'formTokens' | 'now'>,
): Html {
  const area = (name: 'proof' | 'leaf', label: Text, hint: Text): Html => html`<div class="govuk-form-group">
<label class="govuk-label" for="${name}">${say(label)}</label>
<div class="govuk-hint" id="${name}-hint">${say(hint)}</div>
<textarea class="govuk-textarea" id="${name}" name="${name}" rows="5" spellcheck="false" autocomplete="off" aria-describedby="${name}-hint"></textarea>
</div>`
  return html`${heading(say(words.title))}${paragraph(say(words.about))}
<form method="post" action="${CHECK_PATH}" novalidate>
<input type="hidden" name="token" value="${formTokens.give(boundTo(request), now())}">
${area('proof', words.proof, words.proofHint)}
${area('leaf', words.leaf, words.leafHint)}
<button class="govuk-button" type="submit">${say(words.check)}</button>
</form>`
}

/** A leaf's index in the record, which leads to its proof. */
export const proofLink = ({ say }: View, leafIndex: number): Html =>
  html`<a class="govuk-link" href="/log/leaves/${leafIndex}/proof"><span class="govuk-visually-hidden">${say(words.proofOf)} </span>${leafIndex}</a>`
