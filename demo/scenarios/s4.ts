import { birmingham, ctac, homeOffice, kent } from '../agencies.ts'
import { closure, confirmation, familyLink, information, located, request, response, statusCheck } from '../bodies.ts'
import { contacts, en, identity, inCareOf, placeIn, recorded, reference, type Child } from '../parts.ts'
import type { MessageStep, Scenario } from '../scenario.ts'

const kamal: Child = { name: 'Kamal', own: ['کمال', 'Arab', 'ps'], age: 10, sex: 'male', countries: ['AFG'] }
const bilal: Child = { name: 'Bilal', own: ['بلال', 'Arab', 'ps'], age: 14, sex: 'male', countries: ['AFG'] }
const brother = (child: Child, more = {}) => ({
  key: 'r1',
  names: [{ full: child.name, script: 'Latn', use: 'reported' }],
  relationship: 'brother',
  sex: 'male',
  ageYears: child.age ?? 0,
  verification: 'supported',
  whereabouts: 'in-uk-known',
  childWantsContact: 'yes',
  contactSafe: 'yes',
  ...more,
})
const wish = { obtained: 'yes', wishes: en('He wants to live with his brother.'), interpreterUsed: 'yes' }
type Authority = typeof kent | typeof birmingham
/** Before a brother's case is closed, the coordinator asks whether his needs are met, and his authority confirms it. */
const askNeeds = (child: Child, authority: Authority): MessageStep => ({
  as: `${child.name} guidance`,
  case: child.name.toLowerCase(),
  day: 31,
  from: ctac,
  to: authority,
  priority: 'routine',
  ...information(reference(child), 'case-guidance', en('How other brothers settled in together.'), {
    confirmationWanted: true,
  }),
  say: {
    en: `This is how other brothers settled in together. Are ${child.name}’s needs being met?`,
    fr: `Voici comment d’autres frères se sont installés ensemble. Est-il répondu aux besoins de ${child.name} ?`,
  },
})
const needsMet = (child: Child, authority: Authority): MessageStep => ({
  as: `${child.name} needs met`,
  case: child.name.toLowerCase(),
  day: 39,
  from: authority,
  to: ctac,
  priority: 'routine',
  inReplyTo: `${child.name} guidance`,
  ...confirmation(reference(child), authority, 39),
  say: {
    en: `Yes: ${child.name} is safe with his brother, and his needs are being met.`,
    fr: `Oui : ${child.name} est en sécurité auprès de son frère, et il est répondu à ses besoins.`,
  },
})
const street = { ...placeIn(birmingham), address: { lines: ['1 Example Street'] } }

export const s4: Scenario = {
  id: 'S4',
  title: {
    en: 'Kamal, 10, and Bilal, 14: brothers in two authorities',
    fr: 'Kamal, 10 ans, et Bilal, 14 ans : deux frères, deux autorités',
  },
  steps: [
    {
      as: 'question',
      case: 'kamal',
      day: 0,
      from: kent,
      to: ctac,
      priority: 'routine',
      ...request(
        reference(kamal),
        'locate-relative',
        en('His older brother Bilal is somewhere in the UK. Where?'),
        'He asks for him every day.',
        {
          relative: brother(bilal, {
            verification: 'unverified',
            whereabouts: 'in-uk-unknown',
            contactSafe: 'unknown',
          }),
        },
      ),
      say: {
        en: 'Kamal, ten, asks every day for his brother Bilal. Can you find him?',
        fr: 'Kamal, dix ans, réclame chaque jour son frère Bilal. Pouvez-vous le retrouver ?',
      },
    },
    {
      as: 'check',
      case: 'bilal',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'routine',
      ...statusCheck(identity(bilal)),
      say: {
        en: 'Where is Bilal? (A case of his own, so that each authority sees one child only.)',
        fr: 'Où est Bilal ? (Un dossier à lui : chaque autorité ne voit que l’enfant qui lui est confié.)',
      },
    },
    {
      as: 'located',
      case: 'bilal',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'check',
      ...located(inCareOf(birmingham), recorded(bilal, 'Belal', homeOffice)),
      say: { en: 'In Birmingham’s care.', fr: 'Confié à Birmingham.' },
    },
    {
      as: 'with address',
      case: 'kamal',
      day: 1,
      from: ctac,
      to: kent,
      priority: 'routine',
      ...familyLink(reference(kamal), birmingham, wish),
      refer: (refs) => ({ relative: brother(bilal, { place: street }), relatedCaseId: refs.case('bilal') }),
      expect: 'schema-violation',
      pointer: '/body/relative/place',
      say: {
        en: 'With the brother’s address by mistake: the gateway sends that back.',
        fr: 'Avec l’adresse du frère, par erreur : la passerelle le renvoie.',
      },
    },
    {
      as: 'link kent',
      case: 'kamal',
      day: 1,
      from: ctac,
      to: kent,
      priority: 'routine',
      ...familyLink(reference(kamal), birmingham, wish),
      refer: (refs) => ({
        relative: brother(bilal, { place: placeIn(birmingham), relatedCaseId: refs.case('bilal') }),
        relatedCaseId: refs.case('bilal'),
      }),
      say: {
        en: 'Bilal is in Birmingham’s care: here is his allocated social worker’s number.',
        fr: 'Bilal est confié à Birmingham : voici le numéro de son travailleur social référent.',
      },
    },
    {
      as: 'link birmingham',
      case: 'bilal',
      day: 1,
      from: ctac,
      to: birmingham,
      priority: 'routine',
      ...familyLink(reference(bilal), kent, wish),
      refer: (refs) => ({
        relative: brother(kamal, { place: placeIn(kent), relatedCaseId: refs.case('kamal') }),
        relatedCaseId: refs.case('kamal'),
      }),
      say: {
        en: 'His little brother Kamal is in Kent’s care: here is whom to call.',
        fr: 'Son petit frère Kamal est confié au Kent : voici qui appeler.',
      },
    },
    {
      as: 'answer',
      case: 'kamal',
      day: 1,
      from: ctac,
      to: kent,
      priority: 'routine',
      inReplyTo: 'question',
      ...response(reference(kamal), en('Found; see the family link.'), { relatives: [brother(bilal)] }),
      say: { en: 'Found. Please speak to each other.', fr: 'Retrouvé. Merci de prendre contact l’un avec l’autre.' },
    },
    {
      as: 'kent went well',
      case: 'kamal',
      day: 8,
      from: kent,
      to: ctac,
      priority: 'routine',
      ...information(reference(kamal), 'family-contact-outcome', en('They met.')),
      refer: (refs) => ({
        familyContact: { relatedCaseId: refs.case('bilal'), outcome: 'went-well', on: '2016-10-25' },
      }),
      say: { en: 'The brothers met. It went well.', fr: 'Les frères se sont vus. Tout s’est bien passé.' },
    },
    {
      as: 'birmingham went well',
      case: 'bilal',
      day: 8,
      from: birmingham,
      to: ctac,
      priority: 'routine',
      ...information(reference(bilal), 'family-contact-outcome', en('They met.')),
      refer: (refs) => ({
        familyContact: { relatedCaseId: refs.case('kamal'), outcome: 'went-well', on: '2016-10-25' },
      }),
      say: {
        en: 'It went well; both want to live together.',
        fr: 'Tout s’est bien passé ; tous deux veulent vivre ensemble.',
      },
    },
    {
      as: 'together',
      case: 'bilal',
      day: 30,
      from: birmingham,
      to: ctac,
      priority: 'routine',
      ...information(reference(bilal), 'family-contact-outcome', en('Bilal has moved.')),
      refer: (refs) => ({
        familyContact: {
          relatedCaseId: refs.case('kamal'),
          outcome: 'went-well',
          on: '2016-11-16',
          placedTogether: true,
        },
      }),
      say: {
        en: 'Bilal has moved in with his brother’s foster carers, as they had asked.',
        fr: 'Bilal a rejoint la famille d’accueil de son frère, comme ils l’avaient demandé.',
      },
    },
    askNeeds(kamal, kent),
    askNeeds(bilal, birmingham),
    needsMet(kamal, kent),
    needsMet(bilal, birmingham),
    {
      as: 'close kent',
      case: 'kamal',
      day: 40,
      from: ctac,
      to: kent,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 40, { reopenContact: contacts[ctac] }),
      say: { en: 'Kamal’s case is closed.', fr: 'Le dossier de Kamal est clos.' },
    },
    {
      as: 'close birmingham',
      case: 'bilal',
      day: 40,
      from: ctac,
      to: birmingham,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 40),
      say: { en: 'Bilal’s case is closed.', fr: 'Le dossier de Bilal est clos.' },
    },
  ],
  views: [
    { by: kent, case: 'bilal', sees: [] },
    { by: birmingham, case: 'kamal', sees: [] },
    {
      by: kent,
      case: 'kamal',
      sees: ['question', 'link kent', 'answer', 'kent went well', 'Kamal guidance', 'Kamal needs met', 'close kent'],
    },
  ],
}
