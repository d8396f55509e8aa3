import { croydon, ctac, homeOffice, rys } from '../agencies.ts'
import {
  childFound,
  closure,
  confirmation,
  information,
  notLocated,
  outcome,
  referral,
  request,
  response,
  statusCheck,
} from '../bodies.ts'
import { en, fr, identity, inCareOf, recorded, reference, separated, type Child } from '../parts.ts'
import type { Scenario } from '../scenario.ts'

const dawit: Child = { name: 'Dawit', own: ['ዳዊት', 'Ethi', 'ti'], age: 17, sex: 'male', countries: ['ERI'] }
/** Born «1999»: the flag must last to the last day on which he can still be a child. */
const born = { birthDate: { value: '1999', estimated: true, basis: 'self-reported' } }
const lastDay = '2017-12-31'
const grown = { age: { years: 18, asOf: '2018-01-10', basis: 'self-reported', status: 'accepted' } }
const notFound = { final: false, flagged: true, safe: 'unknown', notLocatedReasons: ['in-uk-unknown-to-services'] }
const anything = (to: string) =>
  request(reference(dawit), 'current-situation', en(`Anything new, ${to}?`), 'The flag ends in a month.')

export const s12: Scenario = {
  id: 'S12',
  title: { en: 'Dawit, 17, turning 18', fr: 'Dawit, 17 ans, bientôt 18' },
  steps: [
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity(dawit, born), en('Not seen since Friday.'), [separated]),
      say: {
        en: 'Dawit has gone. He was born in 1999; he does not know the day.',
        fr: 'Dawit a disparu. Né en 1999 ; il ignore le jour.',
      },
    },
    {
      as: 'check',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(dawit, born), { flagUntil: lastDay }),
      say: {
        en: 'Is he known? If not, please flag to the last day of 2017.',
        fr: 'Est-il connu ? Sinon, merci d’émettre un avis de recherche interne jusqu’au dernier jour de 2017.',
      },
    },
    {
      as: 'no trace',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...notLocated(['in-uk-unknown-to-services'], lastDay),
      say: {
        en: 'Not found; flagged to that day.',
        fr: 'Introuvable ; avis de recherche interne émis jusqu’à cette date.',
      },
    },
    {
      as: 'not located',
      day: 2,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('not-located', 2, notFound),
      say: { en: 'Not found yet.', fr: 'Pas encore retrouvé.' },
    },
    {
      as: 'ask rys',
      day: 410,
      from: ctac,
      to: rys,
      priority: 'routine',
      ...anything('Refugee Youth Service'),
      say: {
        en: 'He turns eighteen in a month: any news of him?',
        fr: 'Il aura dix-huit ans dans un mois : des nouvelles de lui ?',
      },
    },
    {
      as: 'ask home office',
      day: 410,
      from: ctac,
      to: homeOffice,
      priority: 'routine',
      ...anything('Home Office'),
      say: {
        en: 'He turns eighteen in a month: any news of him?',
        fr: 'Il aura dix-huit ans dans un mois : des nouvelles de lui ?',
      },
    },
    {
      as: 'none',
      day: 411,
      from: rys,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'ask rys',
      ...response(reference(dawit), fr('Aucune.', 'None.')),
      say: { en: 'None.', fr: 'Aucune.' },
    },
    {
      as: 'outcome',
      day: 440,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('no-longer-a-child', 440, { safe: 'unknown' }),
      refer: ({ id }) => ({ supersedes: id('not located') }),
      say: {
        en: 'He is no longer a child; we could not find him in time.',
        fr: 'Il n’est plus mineur ; nous n’avons pu le retrouver à temps.',
      },
    },
    {
      as: 'of age',
      day: 440,
      from: ctac,
      to: homeOffice,
      priority: 'routine',
      ...closure('turned-18', 440, { needsMet: 'not-assessed', flagInstruction: 'remove' }),
      say: {
        en: 'He is eighteen: please remove the flag.',
        fr: 'Il a dix-huit ans : merci de lever l’avis de recherche interne.',
      },
    },
    {
      as: 'late referral',
      case: 'late',
      day: 450,
      from: rys,
      to: ctac,
      priority: 'routine',
      ...referral(identity(dawit, { ...born, ...grown }), en('Seen again.'), [separated]),
      refusedFor: 'subject-is-adult',
      say: {
        en: 'Referred again at eighteen: the advice centre refuses, signed, since he is an adult.',
        fr: 'Nouvelle saisine à dix-huit ans : le centre de conseil refuse, signature à l’appui, car il est majeur.',
      },
    },
    {
      as: 'other referral',
      case: 'other',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity(dawit, born), en('Not seen since Friday.'), [separated]),
      say: {
        en: 'In another telling, Dawit is found in time.',
        fr: 'Dans une autre version, Dawit est retrouvé à temps.',
      },
    },
    {
      as: 'other check',
      case: 'other',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(dawit, born), { flagUntil: lastDay }),
      say: { en: 'Is he known?', fr: 'Est-il connu ?' },
    },
    {
      as: 'other no trace',
      case: 'other',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'other check',
      ...notLocated(['in-uk-unknown-to-services'], lastDay),
      say: { en: 'Not found; flagged.', fr: 'Introuvable ; avis de recherche interne émis.' },
    },
    {
      as: 'found',
      case: 'other',
      day: 410,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'other check',
      ...childFound(recorded(dawit, 'David', homeOffice), 'self-presented-immigration', inCareOf(croydon)),
      say: {
        en: 'Found at seventeen years and eleven months, in Croydon’s care.',
        fr: 'Retrouvé à dix-sept ans et onze mois, confié à Croydon.',
      },
    },
    {
      as: 'leaving care',
      case: 'other',
      day: 411,
      from: ctac,
      to: croydon,
      priority: 'urgent',
      ...information(reference(dawit), 'case-guidance', en('He needs a pathway plan for leaving care.'), {
        confirmationWanted: true,
      }),
      say: {
        en: 'He turns eighteen in a few weeks: he needs a pathway plan for leaving care.',
        fr: 'Il aura dix-huit ans dans quelques semaines : il faut préparer avec lui sa sortie de placement.',
      },
    },
    {
      as: 'goes on',
      case: 'other',
      day: 445,
      from: croydon,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'leaving care',
      ...confirmation({ name: 'Dawit', ageYears: 18 }, croydon, 445),
      say: {
        en: 'We go on caring for him after eighteen.',
        fr: 'Nous continuons de l’accompagner après ses dix-huit ans.',
      },
    },
    {
      as: 'other outcome',
      case: 'other',
      day: 446,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'other referral',
      ...outcome('in-local-authority-care', 446),
      say: { en: 'He is in care.', fr: 'Il est pris en charge.' },
    },
  ],
}
