import { ctac, homeOffice, kent, nord, pasDeCalais, rys } from '../agencies.ts'
import { childFound, familyLink, notLocated, outcome, referral, request, response, statusCheck } from '../bodies.ts'
import { en, identity, inCareOf, notPresent, placeIn, reference, separated, type Child } from '../parts.ts'
import type { Scenario } from '../scenario.ts'

const child: Child = { name: 'Sami', age: 14, sex: 'male', countries: ['IRQ'] }
const relative = {
  key: 'r1',
  names: [{ full: 'Omar', script: 'Latn', use: 'reported' }],
  relationship: 'brother',
  sex: 'male',
  verification: 'unverified',
  whereabouts: 'unknown',
  childWantsContact: 'yes',
  contactSafe: 'unknown',
}

/** What the channel refuses, and one thing that it must not refuse. */
export const probes: Scenario = {
  id: '↩',
  title: { en: 'What the channel refuses', fr: 'Ce que le canal refuse' },
  steps: [
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity(child), en('Gone.'), [separated]),
      say: { en: 'Sami has gone.', fr: 'Sami a disparu.' },
    },
    {
      as: 'check',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(child)),
      say: { en: 'Is he known?', fr: 'Est-il connu ?' },
    },
    {
      as: 'not its part',
      day: 0,
      from: nord,
      to: kent,
      priority: 'routine',
      ...familyLink(reference(child), kent, notPresent),
      refer: (refs) => ({ relative, relatedCaseId: refs.case('other') }),
      expect: 'not-permitted',
      say: {
        en: 'A département links families: that is the advice centre’s part.',
        fr: 'Un département envoie un lien familial : c’est le rôle du centre de conseil.',
      },
    },
    {
      as: 'question',
      day: 1,
      from: ctac,
      to: pasDeCalais,
      priority: 'routine',
      ...request(reference(child), 'travel', en('Did he travel alone?'), 'To know whom to look for.'),
      say: { en: 'Did he travel alone?', fr: 'Voyageait-il seul ?' },
    },
    {
      as: 'another’s answer',
      day: 1,
      from: rys,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'question',
      ...response(reference(child), en('Yes.')),
      expect: 'pathway-violation',
      say: {
        en: 'The charity answers what was asked of somebody else.',
        fr: 'L’association répond à ce qui a été demandé à un autre organisme.',
      },
    },
    {
      as: 'another case',
      case: 'other',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...notLocated(['unknown'], '2019-10-17'),
      expect: 'pathway-violation',
      say: {
        en: 'The Home Office answers in another child’s case.',
        fr: 'Le Home Office répond dans le dossier d’un autre enfant.',
      },
    },
    {
      as: 'told where',
      day: 2,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('in-local-authority-care', 2, { location: { place: placeIn(kent) } }),
      expect: 'schema-violation',
      pointer: '/body',
      say: { en: 'An outcome that says where the child is.', fr: 'Une issue qui dit où est l’enfant.' },
    },
    {
      as: 'no name',
      day: 2,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity({ ...child, name: '   ' }), en('Gone.'), [separated]),
      expect: 'schema-violation',
      pointer: '/body/child/names/0/full',
      say: { en: 'A name that is only spaces.', fr: 'Un nom fait seulement d’espaces.' },
    },
    {
      as: 'found',
      day: 3,
      from: kent,
      to: ctac,
      priority: 'urgent',
      ...childFound(identity(child), 'self-presented-childrens-services', inCareOf(kent)),
      say: {
        en: 'But Kent may say that a child was found though nobody had asked it: accepted.',
        fr: 'Mais le Kent peut dire qu’un enfant est retrouvé sans qu’on le lui ait demandé : accepté.',
      },
    },
  ],
}
