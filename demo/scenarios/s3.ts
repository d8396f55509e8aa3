import { croydon, ctac, homeOffice, rys } from '../agencies.ts'
import {
  assessment,
  closure,
  confirmation,
  information,
  located,
  outcome,
  referral,
  request,
  response,
  statusCheck,
} from '../bodies.ts'
import { concern, contacts, en, fr, identity, recorded, reference, separated, unknownTo, type Child } from '../parts.ts'
import { clinicRecord, used, woundedLeg } from '../papers.ts'
import type { Scenario } from '../scenario.ts'

const imran: Child = { name: 'Imran', own: ['عمران', 'Arab', 'ps'], age: 10, sex: 'male', countries: ['AFG'] }
const claimed = {
  key: 'p1',
  names: [],
  sex: 'male',
  adult: 'yes',
  apparentAge: 'about 25',
  relationshipClaimed: 'brother',
  claimedBy: ['authority-record', 'child'],
  verification: 'unverified',
  risk: 'unknown',
  livesWithChild: 'yes',
}
/** What was said and what is believed stand side by side: an officer's «with his brother» was wrong until the charity was asked. */
const doubted = {
  ...claimed,
  relationshipAssessed: 'none',
  verification: 'contradicted',
  risk: 'suspected',
  assessmentBasis: en('Known to the charity for months; never seen with a brother in the camp.'),
}
const photographUsed = used(woundedLeg, 'injury-photograph', true, 'left leg')
const injury = {
  description: 'Burn and wound from a CS (tear) gas canister',
  bodyPart: 'left leg',
  cause: 'gas-canister',
  occurred: { from: '2016-08' },
  treated: 'no',
  photographs: [woundedLeg.attachment.digest],
}
const worry = referral(
  identity(imran, { separation: 'accompanied-relationship-unverified' }),
  en('Adults kept him from the clinic and made him do their chores.'),
  [
    concern('physical-abuse-by-official'),
    concern('medical-care-prevented', { immediacy: 'same-day' }),
    concern('excessive-chores'),
  ],
  {
    alerts: [{ kind: 'do-not-alert-adult' }],
    health: { urgentCareNeeded: true, injuries: [injury] },
    attachmentsUsed: [photographUsed],
  },
)

export const s3: Scenario = {
  id: 'S3',
  title: {
    en: 'Imran, 10: an unknown adult claims to be his brother',
    fr: 'Imran, 10 ans : un adulte inconnu se dit son frère',
  },
  steps: [
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...worry,
      papers: [woundedLeg],
      say: {
        en: 'Imran has gone. He is ten, his leg is injured, and adults kept him from the clinic.',
        fr: 'Imran a disparu. Il a dix ans, il est blessé à la jambe, et des adultes l’empêchaient d’aller au dispensaire.',
      },
    },
    {
      as: 'check',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(imran), {
        questions: ['known-to-home-office', 'entered-uk', 'current-location', 'living-with'],
      }),
      say: { en: 'Is he known, and with whom does he live?', fr: 'Est-il connu, et avec qui vit-il ?' },
    },
    {
      as: 'located',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...located(unknownTo(croydon, { accompanying: [claimed] }), recorded(imran, 'Emran', homeOffice)),
      say: {
        en: 'In Croydon, with his brother, he says; children’s services do not know him.',
        fr: 'À Croydon, avec son frère, dit-il ; les services de l’enfance ne le connaissent pas.',
      },
    },
    {
      as: 'question',
      day: 1,
      from: ctac,
      to: rys,
      priority: 'urgent',
      respondWithin: 6,
      ...request(
        reference(imran),
        'companions-in-france',
        en('Was he ever with a brother in the camp?'),
        'An adult who says he is the brother lives with the child.',
      ),
      say: { en: 'Was he ever with a brother in the camp?', fr: 'L’a-t-on jamais vu avec un frère au camp ?' },
    },
    {
      as: 'answer',
      day: 1,
      from: rys,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'question',
      ...response(
        reference(imran),
        fr(
          'Non : jamais vu avec un frère dans le camp. Nous en sommes certains.',
          'No: never seen with a brother in the camp. We are certain.',
        ),
      ),
      say: {
        en: 'No, never. We are certain. (Written in French, with its translation.)',
        fr: 'Non, jamais. Nous en sommes certains.',
      },
    },
    {
      as: 'assess',
      day: 1,
      from: ctac,
      to: croydon,
      priority: 'urgent',
      respondWithin: 24,
      ...assessment(
        identity(imran),
        'adult-relationship-doubted',
        unknownTo(croydon, { accompanying: [doubted] }),
        [
          concern('unknown-adult-claiming-kinship', { status: 'suspected', persons: ['p1'], immediacy: 'same-day' }),
          concern('injury', { status: 'observed' }),
          separated,
        ],
        en('Known to the charity in the camp for months.'),
        {
          statutoryBasis: ['gb-ca1989-s47'],
          alerts: [{ kind: 'do-not-alert-adult' }, { kind: 'adult-controls-child' }],
          accompanying: [doubted],
          health: { urgentCareNeeded: true, injuries: [injury] },
          howToApproach: en('See alone, with a Pashto interpreter who is not the adult.'),
          requestedActions: ['home-visit', 'child-seen-alone', 'medical-examination', 'section-47-enquiry'],
          attachmentsUsed: [photographUsed, used(clinicRecord, 'health-record', true)],
        },
      ),
      papers: [woundedLeg, clinicRecord],
      refer: ({ id }) => ({ statusCheckId: id('located') }),
      say: {
        en: 'Please visit today, and do not warn the adult: we doubt that he is the brother.',
        fr: 'Merci d’aller le voir aujourd’hui, sans prévenir l’adulte : nous doutons qu’il soit son frère.',
      },
    },
    {
      probe: 'paper',
      of: 'assess',
      by: rys,
      day: 1,
      expect: 'not-found',
      say: {
        en: 'The charity asks for the photograph that Croydon was sent: it took it, but that one does not exist for it.',
        fr: 'L’association demande la photographie envoyée à Croydon : c’est elle qui l’a prise, mais celle-là n’existe pas pour elle.',
      },
    },
    {
      probe: 'disguised-paper',
      of: 'assess',
      day: 1,
      expect: 'unsupported-media-type',
      say: {
        en: 'A web page that calls itself a photograph is not one.',
        fr: 'Une page web qui se dit photographie n’en est pas une.',
      },
    },
    {
      as: 'confirmation',
      day: 3,
      from: croydon,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'assess',
      ...confirmation(reference(imran), croydon, 3, {
        status: 'care-proceedings-begun',
        accommodation: { kind: 'uk-foster-care', safe: 'yes', legalStatus: 'gb-care-proceedings' },
        livingWith: [{ ...doubted, livesWithChild: 'no' }],
        needsMet: 'partly',
        unmetNeeds: ['health-care'],
        actions: ['home-visit', 'child-seen-alone', 'care-proceedings', 'nrm-referral'],
        nrm: { made: 'yes', on: '2016-10-21' },
      }),
      say: {
        en: 'We saw him alone, with an interpreter. He is with foster carers; a court will decide.',
        fr: 'Nous l’avons vu seul, avec un interprète. Il est en famille d’accueil ; le juge statuera.',
      },
    },
    {
      probe: 'read',
      of: 'confirmation',
      by: rys,
      day: 3,
      expect: 'not-found',
      say: {
        en: 'The charity tries to read what Croydon wrote: for it, that message does not exist.',
        fr: 'L’association essaie de lire la réponse de Croydon : pour elle, ce message n’existe pas.',
      },
    },
    {
      as: 'guidance',
      day: 4,
      from: ctac,
      to: croydon,
      priority: 'routine',
      ...information(
        reference(imran),
        'case-guidance',
        en('Who can treat his leg; how to speak of the camp with him.'),
        {
          confirmationWanted: true,
        },
      ),
      say: {
        en: 'Who can treat his leg, and how to speak with him of the camp.',
        fr: 'Qui peut soigner sa jambe, et comment parler du camp avec lui.',
      },
    },
    {
      as: 'needs met',
      day: 12,
      from: croydon,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'guidance',
      ...confirmation(reference(imran), croydon, 12, {
        accommodation: { kind: 'uk-foster-care', safe: 'yes', legalStatus: 'gb-care-proceedings' },
        livingWith: [{ ...doubted, livesWithChild: 'no' }],
      }),
      say: {
        en: 'A hospital has treated his leg. He is safe, and his needs are being met.',
        fr: 'Sa jambe a été soignée à l’hôpital. Il est en sécurité, et il est répondu à ses besoins.',
      },
    },
    {
      as: 'outcome',
      day: 12,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('in-local-authority-care', 12),
      say: { en: 'Imran is in care and safe.', fr: 'Imran est pris en charge et en sécurité.' },
    },
    {
      as: 'close rys',
      day: 13,
      from: ctac,
      to: rys,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 13),
      say: { en: 'The case is closed.', fr: 'Le dossier est clos.' },
    },
    {
      as: 'close croydon',
      day: 13,
      from: ctac,
      to: croydon,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 13, { reopenContact: contacts[ctac] }),
      say: {
        en: 'The case is closed; call us if he is moved.',
        fr: 'Le dossier est clos ; appelez-nous s’il change de lieu d’accueil.',
      },
    },
  ],
  views: [{ by: croydon, sees: ['assess', 'confirmation', 'guidance', 'needs met', 'close croydon'] }],
  unseen: [
    { by: rys, text: croydon },
    { by: rys, text: 'E09000008' },
  ],
}
