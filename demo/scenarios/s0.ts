import { ctac, homeOffice, kent, rys } from '../agencies.ts'
import { closure, confirmation, information, located, outcome, referral, statusCheck } from '../bodies.ts'
import { concern, en, identity, inCareOf, recorded, reference, type Child } from '../parts.ts'
import { hospitalLetter, used } from '../papers.ts'
import type { Scenario } from '../scenario.ts'

const adam: Child = { name: 'Adam Tesfay', own: ['ኣዳም ተስፋይ', 'Ethi', 'ti'], age: 17, sex: 'male', countries: ['ERI'] }
/** Tesfay is his father's given name: making a surname of it is how children are lost in records. */
const withParts = identity(adam, {
  names: [
    {
      full: 'Adam Tesfay',
      script: 'Latn',
      use: 'reported',
      parts: [
        { kind: 'given', value: 'Adam' },
        { kind: 'patronymic', value: 'Tesfay' },
      ],
    },
    { full: 'ኣዳም ተስፋይ', script: 'Ethi', use: 'usual', language: 'ti' },
  ],
})
const church = {
  kind: 'place-of-worship',
  country: 'FRA',
  precision: 'site',
  name: 'Ethiopian Orthodox church in the camp',
  locality: 'Calais',
}
const health = {
  urgentCareNeeded: true,
  conditions: [
    {
      kind: 'cardiac',
      description: 'Says that his heart hurts and races',
      childsWords: en('A jinn is in my chest.'),
      status: 'in-treatment',
      basis: 'self-reported',
    },
  ],
  treatmentAcceptance: 'declined-then-accepted',
  beliefs: en('Believes that the church cleanses him of an evil spirit.'),
  records: [
    {
      kind: 'hospital',
      holder: 'Hospital in Calais (synthetic)',
      howToObtain: en('Write to the records service with his signature.'),
      authorisation: 'The young person’s signature',
    },
  ],
}

export const s0: Scenario = {
  id: 'S0',
  title: { en: 'Adam, 17: located, known to services', fr: 'Adam, 17 ans : localisé, connu des services' },
  steps: [
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(
        withParts,
        en('He slept in the church; nobody has seen him since Friday.'),
        [concern('faith-or-belief-abuse'), concern('untreated-health-condition')],
        {
          accommodationInFrance: [{ kind: 'place-of-worship', place: church, safe: 'no' }],
        },
      ),
      say: {
        en: 'Adam slept in the church of the camp. He has gone, and he says that his heart hurts.',
        fr: 'Adam dormait dans l’église du camp. Il a disparu, et il dit souffrir du cœur.',
      },
    },
    {
      as: 'check',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      respondWithin: 24,
      ...statusCheck(withParts),
      say: { en: 'Is Adam known to you?', fr: 'Connaissez-vous Adam ?' },
    },
    {
      as: 'located',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...located(inCareOf(kent), recorded(adam, 'Adam TESFAY', homeOffice)),
      say: {
        en: 'Yes: he has been in Kent’s care since October. Here is his allocated social worker.',
        fr: 'Oui : il est confié au Kent depuis octobre. Voici son travailleur social référent.',
      },
    },
    {
      as: 'information',
      day: 1,
      from: ctac,
      to: kent,
      priority: 'urgent',
      ...information(
        reference(adam),
        'health-records',
        en('Heart problems; treatment first declined, then accepted.'),
        {
          health,
          cultureAndBelief: { religion: 'Ethiopian Orthodox' },
          confirmationWanted: true,
          attachmentsUsed: [used(hospitalLetter, 'health-record', true)],
        },
      ),
      papers: [hospitalLetter],
      say: {
        en: 'His heart, his words for it, the hospital’s letter, and how to get the rest of his records from Calais.',
        fr: 'Son cœur, ses mots à lui, le courrier de l’hôpital, et comment obtenir à Calais le reste de son dossier médical.',
      },
    },
    {
      as: 'confirmation',
      day: 2,
      from: kent,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'information',
      ...confirmation(reference(adam), kent, 2, { needsMet: 'partly', unmetNeeds: ['mental-health-care'] }),
      say: {
        en: 'Adam is safe with us. He still needs someone to talk to.',
        fr: 'Adam est en sécurité chez nous. Il a encore besoin de quelqu’un à qui parler.',
      },
    },
    {
      as: 'guidance',
      day: 3,
      from: ctac,
      to: kent,
      priority: 'routine',
      ...information(reference(adam), 'case-guidance', en('Treat his heart now.'), {
        guidance: en(
          'Treat his heart now; ask, with an interpreter, what the ritual meant to him. Mental health care; his church.',
        ),
        confirmationWanted: true,
      }),
      say: {
        en: 'Treat his heart now; ask, with an interpreter, what the ritual meant to him.',
        fr: 'Soignez son cœur dès maintenant ; demandez-lui, avec un interprète, ce que le rituel signifiait pour lui.',
      },
    },
    {
      as: 'needs met',
      day: 9,
      from: kent,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'guidance',
      ...confirmation(reference(adam), kent, 9),
      say: { en: 'His needs are being met.', fr: 'Il est répondu à ses besoins.' },
    },
    {
      as: 'outcome',
      day: 9,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('in-local-authority-care', 9),
      say: { en: 'Adam is in care and safe.', fr: 'Adam est pris en charge et en sécurité.' },
    },
    {
      as: 'close rys',
      day: 9,
      from: ctac,
      to: rys,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 9),
      say: { en: 'The case is closed.', fr: 'Le dossier est clos.' },
    },
    {
      as: 'close kent',
      day: 9,
      from: ctac,
      to: kent,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 9),
      say: { en: 'The case is closed.', fr: 'Le dossier est clos.' },
    },
    {
      as: 'close home office',
      day: 9,
      from: ctac,
      to: homeOffice,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 9),
      say: {
        en: 'The case is closed; there was no flag.',
        fr: 'Le dossier est clos ; aucun avis de recherche interne à lever.',
      },
    },
  ],
  views: [
    { by: rys, sees: ['referral', 'outcome', 'close rys'] },
    { by: kent, sees: ['information', 'confirmation', 'guidance', 'needs met', 'close kent'] },
    { by: homeOffice, sees: ['check', 'located', 'close home office'] },
  ],
  unseen: [
    { by: rys, text: kent },
    { by: homeOffice, text: 'jinn' },
  ],
}
