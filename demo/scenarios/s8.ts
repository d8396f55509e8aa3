import { ctac, homeOffice, pasDeCalais, rys } from '../agencies.ts'
import { closure, notLocated, outcome, referral, request, response, statusCheck } from '../bodies.ts'
import { en, fr, identity, reference, separated, type Child } from '../parts.ts'
import type { Scenario } from '../scenario.ts'

const youssef: Child = { name: 'Youssef', own: ['يوسف', 'Arab', 'ar'], age: 15, sex: 'male', countries: ['SYR'] }
const yusuf: Child = { name: 'Yusuf', own: ['يوسف', 'Arab', 'arz'], age: 15, sex: 'male', countries: ['EGY'] }
const scar = { features: [{ kind: 'scar', bodyPart: 'forehead', description: 'A short scar over the right eye' }] }
const seenByOthers = { nationalities: [{ country: 'EGY', basis: 'community-knowledge', certainty: 'probable' }] }

export const s8: Scenario = {
  id: 'S8',
  title: { en: 'Youssef or Yusuf, 15: referred twice', fr: 'Youssef ou Yusuf, 15 ans : deux saisines' },
  steps: [
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity(youssef, scar), en('Says that he is from Syria.'), [separated]),
      say: {
        en: 'Youssef, from Syria, he says. A scar over the right eye.',
        fr: 'Youssef, de Syrie, dit-il. Une cicatrice au-dessus de l’œil droit.',
      },
    },
    {
      probe: 'same-bytes',
      of: 'referral',
      day: 0,
      say: {
        en: 'The line dropped, so the charity’s software sends the same again: accepted once.',
        fr: 'La ligne a coupé, le logiciel de l’association renvoie la même chose : un seul message est accepté.',
      },
    },
    {
      probe: 'other-bytes',
      of: 'referral',
      day: 0,
      expect: 'id-conflict',
      say: {
        en: 'Something else under the same number is refused.',
        fr: 'Un autre contenu sous le même numéro est refusé.',
      },
    },
    {
      probe: 'new-id',
      of: 'referral',
      day: 0,
      say: {
        en: 'The same words under a new number are accepted: the gateway cannot know, people can.',
        fr: 'Les mêmes mots sous un nouveau numéro sont acceptés : la passerelle ne peut pas savoir, les professionnels si.',
      },
    },
    {
      as: 'other referral',
      case: 'other',
      day: 1,
      from: pasDeCalais,
      to: ctac,
      priority: 'urgent',
      ...referral(
        identity(yusuf, { ...scar, ...seenByOthers }),
        fr('D’autres jeunes le disent égyptien.', 'Other young people say that he is Egyptian.'),
        [separated],
      ),
      say: {
        en: 'Yusuf, from Egypt, others say. A scar over the right eye.',
        fr: 'Yusuf, d’Égypte, disent les autres. Une cicatrice au-dessus de l’œil droit.',
      },
    },
    {
      as: 'same',
      case: 'other',
      day: 1,
      from: ctac,
      to: pasDeCalais,
      priority: 'urgent',
      ...request(
        reference(yusuf),
        'duplicate-check',
        en('Is he the boy who also calls himself Youssef?'),
        'Another case may be about the same child.',
      ),
      say: {
        en: 'Is he the boy who also calls himself Youssef?',
        fr: 'Est-ce le garçon qui se fait aussi appeler Youssef ?',
      },
    },
    {
      as: 'yes',
      case: 'other',
      day: 2,
      from: pasDeCalais,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'same',
      ...response(reference(yusuf), fr('Oui, c’est le même.', 'Yes, he is the same.')),
      say: { en: 'Yes, he is the same.', fr: 'Oui, c’est le même.' },
    },
    {
      as: 'withdrawn',
      case: 'other',
      day: 2,
      from: ctac,
      to: pasDeCalais,
      priority: 'routine',
      inReplyTo: 'other referral',
      ...outcome('withdrawn', 2, { safe: 'unknown', message: en('It goes on in another case.') }),
      say: { en: 'Your referral goes on in another case.', fr: 'Votre saisine se poursuit dans un autre dossier.' },
    },
    {
      as: 'merged',
      case: 'other',
      day: 2,
      from: ctac,
      to: pasDeCalais,
      priority: 'routine',
      ...closure('duplicate', 2, { needsMet: 'not-assessed' }),
      refer: (refs) => ({ mergedInto: refs.case('child') }),
      say: {
        en: 'This case is closed: two cases were about the same child.',
        fr: 'Ce dossier est clos : deux dossiers concernaient le même enfant.',
      },
    },
    {
      as: 'check',
      day: 2,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity({ ...youssef, countries: ['SYR', 'EGY'] }, scar)),
      say: {
        en: 'Is he known? Syrian or Egyptian: it is disputed.',
        fr: 'Est-il connu ? Syrien ou égyptien : c’est contesté.',
      },
    },
    {
      as: 'no trace',
      day: 3,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...notLocated(['unknown'], '2019-10-17'),
      say: { en: 'Not found; flagged.', fr: 'Introuvable ; avis de recherche interne émis.' },
    },
  ],
  views: [
    { by: rys, case: 'other', sees: [] },
    { by: pasDeCalais, sees: [] },
  ],
}
