import { Type } from 'typebox'
import type { Text } from '../../base/base.ts'
import { checkProof, type ProofVerdict } from '../../log/log.ts'
import { Problem } from '../../protocol/protocol.ts'
import { SOON_S } from '../public/log.ts'
import type { Server } from '../server.ts'
import type { Operating } from '../serving.ts'
import { errorSummary } from './act-form.ts'
import { code } from './codes.ts'
import { html, type Html, type Piece } from './html.ts'
import { boundTo, CHECK_PATH, proofForm, proofTitle } from './proof-form.ts'
import { proofFaults, quorumWords } from './proof-words.ts'
import type { Show } from './show.ts'
import { paragraph, summary } from './table.ts'
import type { View } from './view.ts'

const words = {
  holds: { en: 'The proof holds', fr: 'La preuve est valable' },
  holdsNot: { en: 'The proof does not hold', fr: 'La preuve n’est pas valable' },
  proven: {
    en: 'This leaf stands in the log, and all keys of the log have signed the checkpoint that says so.',
    fr: 'Cette feuille figure au journal, et toutes les clés du journal ont signé le point de contrôle qui l’atteste.',
  },
  kind: { en: 'Kind of leaf', fr: 'Nature de la feuille' },
  bytes: { en: 'Bytes of the leaf', fr: 'Octets de la feuille' },
  origin: { en: 'Origin of the log', fr: 'Origine du journal' },
  index: { en: 'Index of the leaf', fr: 'Indice de la feuille' },
  size: { en: 'Leaves of the checkpoint', fr: 'Feuilles du point de contrôle' },
  hash: { en: 'Hash of the leaf (SHA-256)', fr: 'Empreinte de la feuille (SHA-256)' },
  witnesses: { en: 'Witnesses who cosigned', fr: 'Témoins qui ont cosigné' },
  of: { en: 'of', fr: 'sur' },
  form: {
    en: 'This form was open for too long, or was not made for you. Nothing was checked: paste it again.',
    fr: 'Ce formulaire est resté ouvert trop longtemps, ou n’a pas été établi pour vous. Rien n’a été vérifié\u00A0: collez-le de nouveau.',
  },
} as const satisfies Record<string, Text>

/** No record has more leaves than a number can count exactly. */
const INDEX = String.raw`^(?:0|[1-9]\d{0,14})$`

/** The proof of each leaf, as a bundle has it, and whether one that somebody brings holds. */
export function proofPages(server: Server, show: Show, parts: Operating): void {
  const { proofs, registry, formTokens, now } = parts
  server.get(
    '/log/leaves/:index/proof',
    {
      config: { access: 'operator' },
      schema: { hide: true, params: Type.Object({ index: Type.String({ pattern: INDEX }) }) },
    },
    async ({ params }, reply) => {
      const index = Number(params.index)
      const text = (await proofs.prove([index]))?.texts.get(index)
      if (text === undefined) throw new Problem('not-yet-published', undefined, { retryAfter: SOON_S })
      return reply.type('text/plain; charset=utf-8').send(text)
    },
  )

  server.get(
    CHECK_PATH,
    { config: { access: 'operator', uncompressed: true }, schema: { hide: true } },
    show((view, request) => ({
      section: '/log',
      title: view.say(proofTitle),
      content: proofForm(view, request, parts),
    })),
  )

  const body = Type.Object({ token: Type.String({ maxLength: 200 }), proof: Type.String(), leaf: Type.String() })
  server.post(
    CHECK_PATH,
    { config: { access: 'operator', harmless: true, uncompressed: true }, schema: { hide: true, body } },
    async (request, reply) => {
      const { token, proof, leaf } = request.body
      const read = formTokens.read(boundTo(request), token, now())
      const isGood = read !== undefined && !read.isOver
      const { witnesses } = registry()
      const given = { proof: `${plain(proof)}\n`, leaf: plain(leaf) }
      const verdict = isGood && checkProof(given, { logs: await proofs.keys(), witnesses })
      const page = show((view) => ({
        section: '/log',
        title: view.say(!verdict ? proofTitle : verdict.fault === undefined ? words.holds : words.holdsNot),
        content: html`${
          verdict
            ? verdictOn(view, verdict, given.leaf.length, witnesses?.witnesses.length)
            : errorSummary(view, [{ says: words.form }])
        }
${proofForm(view, request, parts)}`,
      }))
      return await page(request, reply.code(isGood ? 200 : 403))
    },
  )
}

/** A text area sends each end of a line as two characters, and what is copied has lines around it. */
const plain = (text: string): string => text.replaceAll('\r\n', '\n').trim()

/** Of the leaf its kind, place and size, and nothing that it says. @param named how many witnesses the registry has */
function verdictOn({ say }: View, verdict: ProofVerdict, bytes: number, named: number | undefined): Html {
  if (verdict.fault !== undefined)
    return html`<div class="govuk-inset-text" role="status">${say(proofFaults[verdict.fault])}</div>`
  const { typ, origin, index, size, leafHash, cosigned, quorum } = verdict
  const witnessed: Piece =
    named !== undefined &&
    `${cosigned.length} ${say(words.of)} ${named}${cosigned.length === 0 ? '' : ` (${cosigned.join(', ')})`}`
  return html`<div class="govuk-inset-text" role="status">${paragraph(say(words.proven))}${paragraph(say(quorumWords[quorum]))}</div>
${summary([
  [say(words.kind), code(typ)],
  [say(words.bytes), bytes],
  [say(words.origin), code(origin)],
  [say(words.index), index],
  [say(words.size), size],
  [say(words.hash), code(leafHash.toString('hex'))],
  [say(words.witnesses), witnessed],
])}`
}
