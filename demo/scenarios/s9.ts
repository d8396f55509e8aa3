import { croydon, ctac, homeOffice, rys } from '../agencies.ts'
import { assessment, closure, confirmation, located, outcome, referral, statusCheck } from '../bodies.ts'
import {
  concern,
  contacts,
  en,
  identity,
  placeIn,
  recorded,
  reference,
  separated,
  unknownTo,
  type Child,
} from '../parts.ts'
import type { Text } from '../../sdk/index.ts'
import type { Scenario, Step } from '../scenario.ts'

const tarek: Child = { name: 'Tarek', own: ['طارق', 'Arab', 'ar'], age: 16, sex: 'male', countries: ['SYR'] }
const opinion = {
  assessor: 'home-office-initial',
  kind: 'initial-opinion',
  decidedOn: '2016-10-15',
  decision: 'adult',
  challenged: true,
}
const disputed = recorded(tarek, 'Tarek', homeOffice, {
  age: { years: 23, asOf: '2016-10-15', basis: 'authority-record', status: 'disputed' },
  ageAssessments: [opinion],
})
const asAdult = unknownTo(croydon, {
  place: placeIn(croydon, 'immigration-premises'),
  accommodation: { kind: 'uk-home-office', safe: 'no', note: en('Shared with adults.') },
})
const full = { assessor: 'local-authority', kind: 'full', decidedOn: '2016-11-20' }

/** The steps that the case and its variant, in which the assessment finds an adult, have in common. */
function upToAssessment(child: string, again: Text = { en: '', fr: '' }): Step[] {
  return [
    {
      as: `${child} referral`,
      case: child,
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity(tarek), en('We have known him for nine months as a boy of sixteen.'), [separated]),
      say: {
        en: `${again.en}Tarek has gone. We have known him for nine months as a boy of sixteen.`,
        fr: `${again.fr}Tarek a disparu. Nous le connaissons depuis neuf mois comme un garçon de seize ans.`,
      },
    },
    {
      as: `${child} check`,
      case: child,
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(tarek)),
      say: { en: 'Is he known?', fr: 'Est-il connu ?' },
    },
    {
      as: `${child} located`,
      case: child,
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: `${child} check`,
      ...located(asAdult, disputed),
      say: {
        en: 'Yes, in adult accommodation: taken for 23 at first sight.',
        fr: 'Oui, hébergé avec des adultes : on lui a donné 23 ans au premier regard.',
      },
    },
    {
      as: `${child} assess`,
      case: child,
      day: 1,
      from: ctac,
      to: croydon,
      priority: 'urgent',
      respondWithin: 24,
      ...assessment(
        identity(tarek, { ageAssessments: [opinion] }),
        'age-treated-as-adult',
        asAdult,
        [concern('contact-with-concerning-adults')],
        en('Nine months of records as sixteen.'),
      ),
      say: {
        en: 'He is treated as an adult, and the charity’s records say sixteen. Until a lawful assessment he is a child.',
        fr: 'On le traite en majeur, or les écrits de l’association lui donnent seize ans. Jusqu’à une évaluation régulière, c’est un mineur.',
      },
    },
    {
      as: `${child} begun`,
      case: child,
      day: 2,
      from: croydon,
      to: ctac,
      priority: 'urgent',
      inReplyTo: `${child} assess`,
      ...confirmation(reference(tarek), croydon, 2, {
        status: 'assessment-begun',
        needsMet: 'not-yet',
        unmetNeeds: ['safe-accommodation'],
        allocatedSocialWorker: contacts[croydon],
      }),
      say: { en: 'We have seen him; an assessment has begun.', fr: 'Nous l’avons vu ; une évaluation a commencé.' },
    },
  ]
}

export const s9: Scenario = {
  id: 'S9',
  title: { en: 'Tarek, 16 or 23: his age is disputed', fr: 'Tarek, 16 ou 23 ans : son âge est contesté' },
  steps: [
    ...upToAssessment('child'),
    {
      as: 'in care',
      day: 34,
      from: croydon,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'child assess',
      ...confirmation({ name: 'Tarek', ageYears: 17 }, croydon, 34, {
        ageAssessment: { ...full, decision: 'child-other-age', challenged: false },
      }),
      say: {
        en: 'A full assessment found him to be seventeen. He is in our care.',
        fr: 'Une évaluation complète lui reconnaît dix-sept ans. Il est pris en charge.',
      },
    },
    {
      as: 'outcome',
      day: 35,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'child referral',
      ...outcome('in-local-authority-care', 35),
      say: { en: 'He is in care, as a child.', fr: 'Il est pris en charge, en tant que mineur.' },
    },
    ...upToAssessment('variant', { en: 'In another telling, ', fr: 'Dans une autre version, ' }),
    {
      as: 'challenged',
      case: 'variant',
      day: 34,
      from: croydon,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'variant assess',
      ...confirmation(reference(tarek), croydon, 34, {
        status: 'assessment-begun',
        needsMet: 'partly',
        unmetNeeds: ['legal-advice'],
        ageAssessment: { ...full, decision: 'adult', challenged: true },
      }),
      say: {
        en: 'This time he is found to be an adult, and it is challenged. He stays with the children meanwhile.',
        fr: 'Cette fois, il est évalué majeur, et la décision est contestée. D’ici là, il reste accueilli avec les mineurs.',
      },
    },
    {
      as: 'adult',
      case: 'variant',
      day: 120,
      from: croydon,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'variant assess',
      ...confirmation({ name: 'Tarek' }, croydon, 120, {
        status: 'assessed-adult',
        needsMet: 'not-assessed',
        ageAssessment: {
          assessor: 'court',
          kind: 'judicial',
          decidedOn: '2017-02-13',
          decision: 'adult',
          challenged: false,
        },
        actions: ['advice-given'],
      }),
      say: { en: 'A court has decided: an adult.', fr: 'La justice a tranché : il est majeur.' },
    },
    {
      as: 'no child',
      case: 'variant',
      day: 121,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'variant referral',
      ...outcome('no-longer-a-child', 121),
      say: {
        en: 'He is not, or no longer, a child in the eyes of the law.',
        fr: 'Aux yeux de la loi, il n’est pas, ou n’est plus, mineur.',
      },
    },
    {
      as: 'close',
      case: 'variant',
      day: 121,
      from: ctac,
      to: homeOffice,
      priority: 'routine',
      ...closure('assessed-adult', 121, { needsMet: 'not-assessed', flagInstruction: 'remove' }),
      say: {
        en: 'The case is closed: please remove any flag.',
        fr: 'Le dossier est clos : merci de lever tout avis de recherche interne.',
      },
    },
  ],
}
