import { ctac, homeOffice, kent, rys } from '../agencies.ts'
import {
  closure,
  confirmation,
  information,
  located,
  outcome,
  possibleMatch,
  referral,
  request,
  response,
  statusCheck,
} from '../bodies.ts'
import { en, fr, identity, inCareOf, recorded, reference, separated, type Child } from '../parts.ts'
import type { Scenario } from '../scenario.ts'

const najib: Child = {
  name: 'Nadjiboullah',
  own: ['نجیب الله', 'Arab', 'ps'],
  age: 15,
  sex: 'male',
  countries: ['AFG'],
}
const spelling = (full: string, use: string) => ({ full, script: 'Latn', use })
const heard = [
  spelling('Nadjiboullah', 'reported'),
  { full: 'نجیب الله', script: 'Arab', use: 'usual', language: 'ps' },
  spelling('Najibullah', 'spelling-variant'),
]
const misspelt = recorded(najib, 'Najeebullah', homeOffice, {
  birthDate: { value: '2001-01-01', estimated: true, defaultedParts: ['day', 'month'], basis: 'authority-record' },
})
const candidates = [
  {
    key: 'm1',
    grade: 'possible',
    recordedIdentity: misspelt,
    agreesOn: ['name-sound', 'nationality', 'travel-dates'],
    differsOn: ['name-exact', 'birth-date'],
  },
  {
    key: 'm2',
    grade: 'possible',
    recordedIdentity: recorded(najib, 'Nagib Ullah', homeOffice),
    agreesOn: ['name-sound', 'nationality'],
    differsOn: ['name-exact'],
  },
]
/** Marked as mistaken: no message tells the Home Office that its record is misspelt, so the second check does. */
const allSpellings = [...heard, spelling('Najib', 'nickname'), spelling('Najeebullah', 'mistaken')]

export const s2: Scenario = {
  id: 'S2',
  title: { en: 'Najibullah, 15: his name was misspelt', fr: 'Najibullah, 15 ans : un nom mal orthographié' },
  steps: [
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(
        identity(najib, { names: heard }),
        fr('Nous l’écrivons comme nous l’entendons.', 'We write it as we hear it.'),
        [separated],
      ),
      say: {
        en: 'He has one name. We write it as we hear it, in French: Nadjiboullah.',
        fr: 'Il n’a qu’un nom. Nous l’écrivons comme nous l’entendons : Nadjiboullah.',
      },
    },
    {
      as: 'check',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(najib, { names: heard })),
      say: { en: 'Is he known, under any spelling?', fr: 'Est-il connu, sous une orthographe ou une autre ?' },
    },
    {
      as: 'nobody',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...possibleMatch([]),
      expect: 'schema-violation',
      pointer: '/body/candidates',
      say: {
        en: '“Perhaps”, but naming nobody: the gateway sends that back.',
        fr: '« Peut-être », mais sans nommer personne : la passerelle le renvoie.',
      },
    },
    {
      as: 'perhaps',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...possibleMatch(candidates),
      say: {
        en: 'Two records sound like it. We cannot be sure of either.',
        fr: 'Deux dossiers portent un nom qui sonne pareil. Nous ne sommes sûrs d’aucun.',
      },
    },
    {
      as: 'question',
      day: 1,
      from: ctac,
      to: rys,
      priority: 'urgent',
      ...request(
        reference(najib),
        'identity',
        en('What else is he called? Does he have a scar?'),
        'Two records sound alike.',
      ),
      say: {
        en: 'What else is he called? Is there anything to know him by?',
        fr: 'L’appelle-t-on autrement ? À quoi peut-on le reconnaître ?',
      },
    },
    {
      as: 'answer',
      day: 2,
      from: rys,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'question',
      ...response(
        reference(najib),
        fr('On l’appelle Najib. Cicatrice à la main gauche.', 'They call him Najib. A scar on his left hand.'),
      ),
      say: {
        en: 'His friends call him Najib. He has a scar on the left hand.',
        fr: 'Ses amis l’appellent Najib. Il a une cicatrice à la main gauche.',
      },
    },
    {
      as: 'second check',
      day: 2,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(
        identity(najib, {
          names: allSpellings,
          features: [{ kind: 'scar', bodyPart: 'left hand', description: 'A scar across the palm' }],
        }),
      ),
      refer: ({ id }) => ({ previousCheck: id('check') }),
      say: {
        en: 'Please look again, with every spelling and the scar.',
        fr: 'Merci de rechercher à nouveau, avec toutes les orthographes et la cicatrice.',
      },
    },
    {
      as: 'located',
      day: 3,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'second check',
      ...located(
        inCareOf(kent),
        recorded(najib, 'Najeebullah', homeOffice, {
          names: [spelling('Najeebullah', 'mistaken'), spelling('Najibullah', 'recorded-by-authority')],
        }),
        {
          match: { grade: 'probable', agreesOn: ['name-sound', 'features', 'travel-dates'], differsOn: ['name-exact'] },
        },
      ),
      say: {
        en: 'It is the first one, misspelt: he is in Kent’s care.',
        fr: 'C’est le premier, mal orthographié : il est confié au Kent.',
      },
    },
    {
      as: 'information',
      day: 3,
      from: ctac,
      to: kent,
      priority: 'routine',
      ...information(reference(najib), 'initial-sharing', en('His name, as he says it.'), {
        identityUpdate: identity(najib, { names: allSpellings }),
        confirmationWanted: true,
      }),
      say: { en: 'This is how his name is said and written.', fr: 'Voici comment son nom se dit et s’écrit.' },
    },
    {
      as: 'confirmation',
      day: 4,
      from: kent,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'information',
      ...confirmation(reference(najib), kent, 4),
      say: {
        en: 'He is safe, and now called by his name.',
        fr: 'Il est en sécurité, et on l’appelle désormais par son nom.',
      },
    },
    {
      as: 'outcome',
      day: 5,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('in-local-authority-care', 5),
      say: { en: 'He is in care.', fr: 'Il est pris en charge.' },
    },
    {
      as: 'close',
      day: 9,
      from: ctac,
      to: rys,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 9),
      say: { en: 'The case is closed.', fr: 'Le dossier est clos.' },
    },
  ],
}
