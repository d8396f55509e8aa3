import { birmingham, ctac, homeOffice, rys } from '../agencies.ts'
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
import { concern, en, fr, identity, inCareOf, recorded, reference, separated, type Child } from '../parts.ts'
import { faceWithScar, used } from '../papers.ts'
import type { Scenario } from '../scenario.ts'

const farid: Child = { name: 'Farid', own: ['فرید', 'Arab', 'prs'], age: 14, sex: 'male', countries: ['AFG'] }
const yes = response(
  reference(farid),
  fr('Oui, c’est lui : la cicatrice au menton.', 'Yes, that is him: the scar on the chin.'),
  { attachmentsUsed: [used(faceWithScar, 'identity-photograph', false)] },
)

export const s1: Scenario = {
  id: 'S1',
  title: { en: 'Farid, 14: not located, found a year later', fr: 'Farid, 14 ans : introuvable, retrouvé un an après' },
  steps: [
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity(farid), en('Left with others; we know only the name that he uses.'), [
        separated,
        concern('lost-hope'),
      ]),
      say: { en: 'A boy who calls himself Farid has gone.', fr: 'Un garçon qui se fait appeler Farid a disparu.' },
    },
    {
      as: 'check',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(farid), { flagUntil: '2020-10-17' }),
      say: {
        en: 'Is he known? If not, please flag your system.',
        fr: 'Est-il connu ? Sinon, merci d’émettre un avis de recherche interne.',
      },
    },
    {
      as: 'no trace',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...notLocated(['pseudonym-used', 'in-uk-unknown-to-services'], '2020-10-17'),
      say: {
        en: 'No trace under that name. The flag has been placed.',
        fr: 'Aucune trace sous ce nom. L’avis de recherche interne est émis.',
      },
    },
    {
      as: 'not located',
      day: 2,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('not-located', 2, {
        final: false,
        flagged: true,
        safe: 'unknown',
        notLocatedReasons: ['pseudonym-used', 'in-uk-unknown-to-services'],
      }),
      say: { en: 'Not found; perhaps he used another name.', fr: 'Introuvable ; peut-être sous un autre nom.' },
    },
    {
      as: 'close rys',
      day: 30,
      from: ctac,
      to: rys,
      priority: 'routine',
      ...closure('not-located-flag-kept', 30, {
        needsMet: 'not-assessed',
        flagInstruction: 'keep',
        flagUntil: '2020-10-17',
      }),
      say: {
        en: 'We close the case for now; the flag stays.',
        fr: 'Nous fermons le dossier pour l’instant ; l’avis de recherche interne reste en vigueur.',
      },
    },
    {
      as: 'close home office',
      day: 30,
      from: ctac,
      to: homeOffice,
      priority: 'routine',
      ...closure('not-located-flag-kept', 30, {
        needsMet: 'not-assessed',
        flagInstruction: 'keep',
        flagUntil: '2020-10-17',
      }),
      say: {
        en: 'We close the case for now: please keep the flag.',
        fr: 'Nous fermons le dossier pour l’instant : merci de maintenir l’avis de recherche interne.',
      },
    },
    {
      as: 'found',
      day: 365,
      from: homeOffice,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'check',
      ...childFound(
        recorded({ ...farid, age: 15 }, 'Ferid', homeOffice),
        'record-corrected',
        inCareOf(birmingham, { since: '2017-02' }),
        { flagReference: 'FLAG-SYN-9' },
      ),
      say: {
        en: 'A record was corrected, and the flag has worked: he is in Birmingham’s care.',
        fr: 'Un dossier a été rectifié, et l’avis de recherche interne a servi : il est confié à Birmingham.',
      },
    },
    {
      as: 'is it him',
      day: 366,
      from: ctac,
      to: rys,
      priority: 'routine',
      ...request(
        reference(farid),
        'identity',
        en('Does he have a scar? Do you have a photograph?'),
        'To be sure that it is the same child.',
      ),
      say: { en: 'Is it him? Do you have a photograph?', fr: 'Est-ce bien lui ? Avez-vous une photographie ?' },
    },
    {
      as: 'photograph not put',
      day: 367,
      from: rys,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'is it him',
      ...yes,
      papers: [faceWithScar],
      expect: 'attachment-missing',
      say: {
        en: 'Here is one. (The photograph itself has not been put yet, so the message is sent back.)',
        fr: 'En voici une. (La photographie elle-même n’a pas encore été déposée : le message est refusé.)',
      },
    },
    {
      as: 'it is him',
      day: 367,
      from: rys,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'is it him',
      ...yes,
      papers: [faceWithScar],
      say: { en: 'It is him: he has the scar.', fr: 'C’est lui : il a la cicatrice.' },
    },
    {
      as: 'information',
      day: 368,
      from: ctac,
      to: birmingham,
      priority: 'routine',
      ...information(reference(farid), 'initial-sharing', en('What the charity knew of him a year ago.'), {
        confirmationWanted: true,
      }),
      say: {
        en: 'The boy in your care was referred to us a year ago; this is what was known.',
        fr: 'Le centre de conseil a été saisi il y a un an pour le garçon que vous accueillez ; voici ce que l’on savait.',
      },
    },
    {
      as: 'confirmation',
      day: 370,
      from: birmingham,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'information',
      ...confirmation(reference(farid), birmingham, 370),
      say: {
        en: 'He is well, and glad that he was looked for.',
        fr: 'Il va bien, et il est heureux qu’on l’ait cherché.',
      },
    },
    {
      as: 'outcome',
      day: 370,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('in-local-authority-care', 370),
      refer: ({ id }) => ({ supersedes: id('not located') }),
      say: {
        en: 'Found, a year later: he is in care. This replaces what we told you then.',
        fr: 'Retrouvé, un an après : il est pris en charge. Cela remplace notre réponse d’alors.',
      },
    },
    {
      as: 'remove flag',
      day: 371,
      from: ctac,
      to: homeOffice,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 371, { flagInstruction: 'remove' }),
      say: { en: 'Please remove the flag.', fr: 'Merci de lever l’avis de recherche interne.' },
    },
  ],
  views: [{ by: homeOffice, sees: ['check', 'no trace', 'close home office', 'found', 'remove flag'] }],
  unseen: [{ by: rys, text: birmingham }],
}
