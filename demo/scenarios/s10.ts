import { ctac, homeOffice, rys } from '../agencies.ts'
import { information, notLocated, outcome, referral, statusCheck } from '../bodies.ts'
import { concern, en, fr, identity, reference, separated, type Child } from '../parts.ts'
import type { Scenario } from '../scenario.ts'

const semhar: Child = { name: 'Semhar', own: ['ሰምሃር', 'Ethi', 'ti'], sex: 'female', countries: ['ERI'] }
const worries = [separated, concern('sexual-exploitation', { status: 'suspected' })]
const { absences: _, ...ageless } = identity(semhar)
const flagUntil = '2018-10-17'
const paris = { kind: 'rail-or-tunnel', country: 'FRA', precision: 'locality', locality: 'Paris' }

export const s10: Scenario = {
  id: 'S10',
  title: { en: 'Semhar, whose age nobody knew: not located', fr: 'Semhar, d’âge inconnu : introuvable' },
  steps: [
    {
      as: 'no word of age',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(ageless, en('Not seen since Thursday.'), worries),
      expect: 'schema-violation',
      pointer: '/body/child',
      say: {
        en: 'A form that says nothing about age at all goes back: “not known” is an answer, silence is not.',
        fr: 'Un formulaire muet sur l’âge est renvoyé : « inconnu » est une réponse, le silence non.',
      },
    },
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity(semhar), en('Not seen since Thursday.'), worries),
      say: {
        en: 'Semhar has gone. Nobody knew her age. We fear that she is being exploited.',
        fr: 'Semhar a disparu. Personne ne connaissait son âge. Nous craignons qu’elle ne soit exploitée.',
      },
    },
    {
      as: 'check',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(semhar), { flagUntil }),
      say: {
        en: 'Is she known? If not, please flag for two years.',
        fr: 'Est-elle connue ? Sinon, merci d’émettre un avis de recherche interne pour deux ans.',
      },
    },
    {
      as: 'no trace',
      day: 1,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'check',
      ...notLocated(['insufficient-identity-data'], flagUntil),
      say: { en: 'Not found; flagged.', fr: 'Introuvable ; avis de recherche interne émis.' },
    },
    {
      as: 'outcome',
      day: 2,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('not-located', 2, {
        final: false,
        flagged: true,
        safe: 'unknown',
        notLocatedReasons: ['insufficient-identity-data'],
      }),
      say: { en: 'Not found yet.', fr: 'Pas encore retrouvée.' },
    },
    {
      as: 'sighting',
      day: 61,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...information(
        reference(semhar),
        'child-seen-in-france',
        fr('On l’aurait vue à Paris.', 'She is said to have been seen in Paris.'),
        {
          sighting: { place: paris, when: { from: '2016-12' }, source: 'rumour', certainty: 'doubtful' },
        },
      ),
      say: {
        en: 'Two months later: somebody says that they saw her in Paris.',
        fr: 'Deux mois après : quelqu’un dit l’avoir vue à Paris.',
      },
    },
    {
      as: 'second check',
      day: 62,
      from: ctac,
      to: homeOffice,
      priority: 'urgent',
      ...statusCheck(identity(semhar), { flagUntil }),
      refer: ({ id }) => ({ previousCheck: id('check') }),
      say: { en: 'Please look once more.', fr: 'Merci de rechercher encore une fois.' },
    },
    {
      as: 'still no trace',
      day: 63,
      from: homeOffice,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'second check',
      ...notLocated(['insufficient-identity-data', 'never-entered-uk'], flagUntil),
      say: {
        en: 'Still nothing. The flag stays, and the case stays open.',
        fr: 'Toujours rien. L’avis de recherche interne est maintenu, le dossier reste ouvert.',
      },
    },
  ],
  views: [{ by: homeOffice, sees: ['check', 'no trace', 'second check', 'still no trace'] }],
  unseen: [{ by: homeOffice, text: 'exploit' }],
}
