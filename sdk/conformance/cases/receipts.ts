/** Section 6: a receipt is evidence, and only a true one. */
import type { Text } from '../../problem.ts'
import { isObject } from '../../shape.ts'
import { digestOf } from '../../keys.ts'
import { newId } from '../../sign.ts'
import type { Case } from '../case.ts'
import { mustBeDone, mustBeRefused } from '../checks.ts'
import type { Asked } from '../http.ts'
import type { Issued } from '../pki.ts'
import { STRANGER } from '../roles.ts'
import { headerOf, type MadeHeader, partsOf, seal, sealWithNothing } from '../sealing.ts'
import { GATEWAY_ID, type Stage } from '../stage.ts'
import { change } from '../steps.ts'

type Payload = { readonly [name: string]: unknown }
/** Takes the honest receipt's header and payload; gives the false receipt. */
type Forging = (header: MadeHeader, payload: Payload, stage: Stage) => string | Promise<string>

const TYP = 'delivery-receipt+jws'

/** Replaces the receipt of the next acceptance. */
async function forge(stage: Stage, forging: Forging): Promise<void> {
  stage.gateway.always('submit', async (asked: Asked, proceed, response) => {
    const reply = await proceed()
    if (reply.status >= 300) return reply
    const body: unknown = JSON.parse(Buffer.from(reply.body).toString())
    const honest = partsOf(isObject(body) ? String(body['receipt']) : '')
    const payload = honest !== undefined && isObject(honest.payload) ? honest.payload : {}
    const receipt = await forging(honest?.header ?? {}, payload, stage)
    return change((answer) => ({ ...answer, receipt }))(asked, async () => reply, response)
  })
}

/** A client that is given it must not take the message for accepted. */
const refuses = (id: string, title: Text, why: Text, forging: Forging): Case => ({
  id: `receipt-${id}`,
  title,
  why,
  section: 6,
  rank: 'required',
  on: 'client',
  async run(stage) {
    await forge(stage, forging)
    mustBeRefused(await stage.client.trySend())
  },
})

const altered =
  (over: Payload): Forging =>
  (header, payload, { signing }) =>
    seal(header, JSON.stringify({ ...payload, ...over }), signing)

const signedBy =
  (whose: (stage: Stage) => Promise<Issued>): Forging =>
  async (_, payload, stage) => {
    const issued = await whose(stage)
    return seal(headerOf(TYP, issued, new Date(stage.clock.now())), JSON.stringify(payload), issued)
  }

const expired = { name: `${GATEWAY_ID} signing`, use: 'signing', days: [-90, -30] } as const

const falsehoods: readonly Case[] = [
  refuses(
    'other-key',
    { en: 'Refuses a receipt by an unknown key', fr: 'Refuse un récépissé signé d’une clé inconnue' },
    {
      en: 'Well made, under the name of the gateway, by a certificate that the well-known document has not.',
      fr: 'Bien fait, au nom de la passerelle, avec un certificat absent du document well-known.',
    },
    signedBy(({ pki }) => pki.forge({ name: GATEWAY_ID, use: 'signing' })),
  ),
  refuses(
    'of-an-agency',
    { en: 'Refuses a receipt that an agency has signed', fr: 'Refuse un récépissé signé par un organisme' },
    {
      en: 'An agency’s certificate is good and published, and yet not the gateway’s: nobody else can say that a message was recorded.',
      fr: 'Le certificat d’un organisme est valable et publié, mais n’est pas celui de la passerelle\u00a0: nul autre ne peut dire qu’un message est enregistré.',
    },
    signedBy(({ signs }) => signs(STRANGER)),
  ),
  refuses(
    'own-key',
    {
      en: 'Refuses a receipt signed with a key named as another',
      fr: 'Refuse un récépissé dont la clé se donne pour une autre',
    },
    {
      en: 'The header names the gateway’s certificate; the signature is by another key.',
      fr: 'L’en-tête nomme le certificat de la passerelle\u202f; la signature vient d’une autre clé.',
    },
    async (header, payload, { signs }) => seal(header, JSON.stringify(payload), await signs(STRANGER)),
  ),
  refuses(
    'other-digest',
    { en: 'Refuses a receipt for other bytes', fr: 'Refuse un récépissé portant sur d’autres octets' },
    {
      en: 'Genuine, but its messageDigest is that of another message: what the client has sent may not have been recorded.',
      fr: 'Authentique, mais son messageDigest est celui d’un autre message\u00a0: ce que le client a envoyé n’est peut-être pas enregistré.',
    },
    altered({ messageDigest: digestOf('another message') }),
  ),
  refuses(
    'other-message',
    { en: 'Refuses a receipt for another message', fr: 'Refuse un récépissé pour un autre message' },
    {
      en: 'Genuine, but it names another id than the one that was sent.',
      fr: 'Authentique, mais il nomme un autre identifiant que celui envoyé.',
    },
    (header, payload, { signing }) => seal(header, JSON.stringify({ ...payload, messageId: newId() }), signing),
  ),
  refuses(
    'other-event',
    { en: 'Refuses a receipt of another event', fr: 'Refuse un récépissé d’un autre événement' },
    {
      en: 'A signed SubmissionRejection in the place of an acceptance: the word counts, not the status of the answer.',
      fr: 'Un SubmissionRejection signé à la place d’une acceptation\u00a0: c’est le mot qui compte, non le statut de la réponse.',
    },
    (header, payload, { signing, role }) =>
      seal(
        header,
        JSON.stringify({
          ...payload,
          event: 'SubmissionRejection',
          reason: { code: 'not-permitted' },
          submittedBy: role.agency,
        }),
        signing,
      ),
  ),
  refuses(
    'other-gateway',
    { en: 'Refuses a receipt of another gateway', fr: 'Refuse un récépissé d’une autre passerelle' },
    {
      en: 'Its payload bears another gateway’s id.',
      fr: 'Son contenu porte l’identifiant d’une autre passerelle.',
    },
    altered({ gateway: 'passerelle-elsewhere' }),
  ),
  refuses(
    'changed-payload',
    { en: 'Refuses a receipt that was changed', fr: 'Refuse un récépissé modifié' },
    {
      en: 'Signed by the gateway, and afterwards one member was changed: the signature no longer fits.',
      fr: 'Signé par la passerelle, puis un membre a été modifié\u00a0: la signature ne correspond plus.',
    },
    (header, payload, { signing }) => {
      const [head = '', , signature = ''] = seal(header, JSON.stringify(payload), signing).split('.')
      const other = Buffer.from(JSON.stringify({ ...payload, attempt: 0, crl: digestOf('') })).toString('base64url')
      return `${head}.${other}.${signature}`
    },
  ),
  refuses(
    'alg-none',
    { en: 'Refuses a receipt without a signature', fr: 'Refuse un récépissé sans signature' },
    {
      en: 'alg is none and the signature is empty: the oldest trick against JWS.',
      fr: 'alg vaut none et la signature est vide\u00a0: la plus vieille ruse contre les JWS.',
    },
    (header, payload) => sealWithNothing(header, JSON.stringify(payload)),
  ),
  refuses(
    'other-typ',
    { en: 'Refuses a receipt of another typ', fr: 'Refuse un récépissé d’un autre typ' },
    {
      en: 'Signed by the gateway as another kind of document: one kind must never pass for another.',
      fr: 'Signé par la passerelle comme un document d’un autre genre\u00a0: un genre ne doit jamais passer pour un autre.',
    },
    (header, payload, { signing }) => seal({ ...header, typ: 'registry-entry+jws' }, JSON.stringify(payload), signing),
  ),
  refuses(
    'crit',
    { en: 'Refuses a receipt with critical members', fr: 'Refuse un récépissé aux membres critiques' },
    {
      en: 'crit names an extension that the client does not know (RFC 7515, 4.1.11): whoever cannot obey it must refuse.',
      fr: 'crit nomme une extension que le client ignore (RFC 7515, 4.1.11)\u00a0: qui ne peut s’y conformer doit refuser.',
    },
    (header, payload, { signing }) => seal({ ...header, crit: ['exp'], exp: 1 }, JSON.stringify(payload), signing),
  ),
  refuses(
    'expired-certificate',
    { en: 'Refuses a receipt by a certificate that had ended', fr: 'Refuse un récépissé signé d’un certificat échu' },
    {
      en: 'A past certificate of the gateway, still published so that old receipts verify, signs a new one a month after its end.',
      fr: 'Un ancien certificat de la passerelle, encore publié pour vérifier les anciens récépissés, en signe un nouveau un mois après son échéance.',
    },
    async (header, payload, stage) => {
      const issued = await stage.pki.issue(expired)
      const { publication } = stage.gateway
      publication.signing = [...publication.signing, { issued, current: false }]
      return signedBy(async () => issued)(header, payload, stage)
    },
  ),
  refuses(
    'missing',
    { en: 'Believes no acceptance without a receipt', fr: 'Ne croit pas une acceptation sans récépissé' },
    {
      en: 'A 202 whose receipt is an empty text proves nothing.',
      fr: 'Un 202 dont le récépissé est un texte vide ne prouve rien.',
    },
    () => '',
  ),
]

const RENEWED: Case = {
  id: 'receipt-renewed-certificate',
  title: {
    en: 'Takes a receipt by the gateway’s next certificate',
    fr: 'Accepte un récépissé signé du nouveau certificat de la passerelle',
  },
  why: {
    en: 'The gateway changes its signing certificate while the client runs. Who meets one that it does not know reads the well-known document again before it refuses.',
    fr: 'La passerelle change de certificat de signature pendant que le client fonctionne. Qui en rencontre un inconnu relit le document well-known avant de refuser.',
  },
  section: 1,
  rank: 'required',
  on: 'client',
  async run(stage) {
    await stage.client.send()
    const next = await stage.pki.issue({ name: `${GATEWAY_ID} signing`, use: 'signing', serial: 2 })
    const { publication } = stage.gateway
    publication.signing = [
      { issued: next, current: true },
      ...publication.signing.map((each) => ({ ...each, current: false })),
    ]
    await forge(
      stage,
      signedBy(async () => next),
    )
    mustBeDone(await stage.client.trySend())
  },
}

export const receiptCases: readonly Case[] = [...falsehoods, RENEWED]
