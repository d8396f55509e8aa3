import { ctac, homeOffice, kent, portsmouth, rys } from '../agencies.ts'
import { assessment, closure, confirmation, located, outcome, referral, statusCheck } from '../bodies.ts'
import { en, identity, recorded, reference, separated, unknownTo, type Child } from '../parts.ts'
import type { Scenario } from '../scenario.ts'

const yonas: Child = { name: 'Yonas', own: ['ዮናስ', 'Ethi', 'am'], age: 16, sex: 'male', countries: ['ETH'] }
const ask = (authority: typeof kent | typeof portsmouth) =>
  assessment(
    identity(yonas),
    'in-uk-unknown-to-services',
    unknownTo(authority),
    [separated],
    en('Seven months in northern France.'),
  )
const destroy = closure('transferred', 12, { needsMet: 'not-assessed', retention: { rule: 'destroy-when-answered' } })

export const s6: Scenario = {
  id: 'S6',
  title: { en: 'Yonas, 16: the wrong authority, twice', fr: 'Yonas, 16 ans : la mauvaise autorité, deux fois' },
  steps: [
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity(yonas), en('Not seen since Friday.'), [separated]),
      say: { en: 'Yonas has gone.', fr: 'Yonas a disparu.' },
    },
    {
      as: 'check',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(yonas)),
      say: { en: 'Is he known?', fr: 'Est-il connu ?' },
    },
    {
      as: 'located',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...located(unknownTo(kent), recorded(yonas, 'Jonas', homeOffice)),
      say: {
        en: 'In Kent, says our record (which is out of date).',
        fr: 'Dans le Kent, selon notre dossier (qui n’est plus à jour).',
      },
    },
    {
      as: 'nobody',
      day: 1,
      from: ctac,
      to: 'gb-la-e10000023',
      priority: 'urgent',
      ...ask(kent),
      expect: 'unknown-recipient',
      say: {
        en: 'Please assess. The gateway says at once that there is nobody there.',
        fr: 'Merci d’évaluer sa situation. La passerelle dit aussitôt qu’il n’y a plus personne à cette adresse.',
      },
    },
    {
      as: 'refused',
      day: 1,
      from: ctac,
      to: kent,
      priority: 'urgent',
      ...ask(kent),
      refusedFor: 'wrong-area',
      say: {
        en: 'Please assess. Kent refuses, signed: not our area.',
        fr: 'Merci d’évaluer sa situation. Le Kent refuse, signature à l’appui : l’enfant n’est pas sur son territoire.',
      },
    },
    {
      probe: 'other-acknowledgement',
      of: 'refused',
      by: kent,
      day: 1,
      expect: 'already-acknowledged',
      say: {
        en: 'Kent cannot say yes after its no: the first answer stands.',
        fr: 'Le Kent ne peut dire oui après son non : la première réponse fait foi.',
      },
    },
    {
      as: 'again',
      day: 2,
      from: ctac,
      to: kent,
      priority: 'urgent',
      ...ask(kent),
      say: {
        en: 'Then whose area is it? Please look again.',
        fr: 'Alors de quelle autorité relève-t-il ? Merci de vérifier à nouveau.',
      },
    },
    {
      as: 'not ours',
      day: 3,
      from: kent,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'again',
      ...confirmation(reference(yonas), kent, 3, {
        status: 'not-our-area',
        responsibleAuthority: portsmouth,
        needsMet: 'not-assessed',
        childSeen: { seen: false },
        actions: ['none'],
      }),
      say: { en: 'He has moved: Portsmouth is responsible.', fr: 'Il a déménagé : Portsmouth est compétent.' },
    },
    {
      as: 'portsmouth',
      day: 3,
      from: ctac,
      to: portsmouth,
      priority: 'urgent',
      respondWithin: 24,
      ...ask(portsmouth),
      say: {
        en: 'Please assess: he lives in your area now.',
        fr: 'Merci d’évaluer sa situation : il vit désormais sur votre territoire.',
      },
    },
    {
      as: 'confirmation',
      day: 4,
      from: portsmouth,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'portsmouth',
      ...confirmation(reference(yonas), portsmouth, 4),
      say: { en: 'Seen, and in our care.', fr: 'Vu, et pris en charge.' },
    },
    {
      as: 'outcome',
      day: 5,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('in-local-authority-care', 5),
      say: { en: 'Yonas is in care.', fr: 'Yonas est pris en charge.' },
    },
    {
      as: 'close kent',
      day: 12,
      from: ctac,
      to: kent,
      priority: 'routine',
      ...destroy,
      say: {
        en: 'Thank you; please destroy what you have of this case.',
        fr: 'Merci ; veuillez détruire ce que vous avez de ce dossier.',
      },
    },
  ],
  views: [
    { by: kent, sees: ['refused', 'again', 'not ours', 'close kent'] },
    { by: portsmouth, sees: ['portsmouth', 'confirmation'] },
  ],
}
