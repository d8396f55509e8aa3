import { birmingham, ctac, homeOffice, rys } from '../agencies.ts'
import { closure, confirmation, information, located, missing, outcome, referral, statusCheck } from '../bodies.ts'
import { concern, en, identity, inCareOf, placeIn, recorded, reference, type Child } from '../parts.ts'
import type { Scenario, Step } from '../scenario.ts'

const jamal: Child = { name: 'Jamal', own: ['جمال', 'Arab', 'apd'], age: 16, sex: 'male', countries: ['SDN'] }
const forced = concern('forced-drug-use', { status: 'confirmed', severity: 'critical', source: 'child' })
const exploited = concern('criminal-exploitation', { severity: 'critical', immediacy: 'immediate' })
const named = {
  marking: 'named-recipient',
  namedRecipient: 'Jo Placeholder',
  restrictions: ['safeguarding-only', 'health-staff-only'],
}
const lastSeen = {
  place: placeIn(birmingham, 'child-care-home'),
  when: { to: '2016-11-20' },
  source: 'practitioner-observed',
  certainty: 'certain',
}

/** Missing, and back: three times in six weeks. */
const episodes = [0, 1, 2].flatMap((nth): Step[] => {
  const episode = `0190a000-0000-7000-8000-00000000006${nth}`
  const day = 34 + nth * 14
  const details = { lastSeen, circumstances: en('Left with older men in a car.'), previousEpisodes: nth }
  return [
    {
      as: `missing ${nth}`,
      day,
      from: birmingham,
      to: ctac,
      priority: 'immediate',
      ...missing(identity(jamal), episode, details),
      say: { en: `Missing from care (${nth + 1} of 3).`, fr: `Disparu de son lieu de placement (${nth + 1} sur 3).` },
    },
    {
      as: `back ${nth}`,
      day: day + 2,
      from: birmingham,
      to: ctac,
      priority: 'urgent',
      ...missing(identity(jamal), episode, {
        ...details,
        episodeStatus: 'returned',
        endedAt: `2016-12-${10 + nth}T06:00:00Z`,
        returnInterview: 'yes',
      }),
      say: {
        en: 'He is back. A return home interview is offered within 72 hours.',
        fr: 'Il est revenu. Un entretien de retour lui est proposé sous 72 heures.',
      },
    },
  ]
})

export const s11: Scenario = {
  id: 'S11',
  title: { en: 'Jamal, 16: forced to take heroin', fr: 'Jamal, 16 ans : forcé à prendre de l’héroïne' },
  steps: [
    {
      as: 'referral',
      day: 0,
      from: rys,
      to: ctac,
      priority: 'urgent',
      ...referral(identity(jamal), en('Adults force him to take heroin and to steal.'), [forced, exploited]),
      warns: 'immediate-concern',
      say: {
        en: 'In danger now. Sent as urgent only: the charity’s software warns, the gateway accepts all the same.',
        fr: 'En danger immédiat. Envoyé comme « à traiter dans la journée » : le logiciel avertit, la passerelle accepte quand même.',
      },
    },
    {
      as: 'check',
      day: 0,
      from: ctac,
      to: homeOffice,
      priority: 'immediate',
      respondWithin: 4,
      ...statusCheck(identity(jamal), { riskIndicators: ['criminal-exploitation'] }),
      say: { en: 'Is he known? This is urgent.', fr: 'Est-il connu ? Le temps presse.' },
    },
    {
      as: 'located',
      day: 0,
      from: homeOffice,
      to: ctac,
      priority: 'immediate',
      inReplyTo: 'check',
      ...located(inCareOf(birmingham), recorded(jamal, 'Gamal', homeOffice)),
      say: { en: 'In Birmingham’s care.', fr: 'Confié à Birmingham.' },
    },
    {
      as: 'information',
      day: 0,
      from: ctac,
      to: birmingham,
      priority: 'immediate',
      ...information(reference(jamal), 'risk-alert', en('Forced heroin use; withdrawal is a danger.'), {
        confirmationWanted: true,
        handling: named,
        concerns: [forced, exploited],
        alerts: [
          { kind: 'overdose-or-withdrawal-risk' },
          { kind: 'violence-towards-staff' },
          { kind: 'missing-again-risk' },
        ],
        health: {
          urgentCareNeeded: true,
          substances: [{ substance: 'heroin', pattern: 'forced', withdrawalRisk: 'yes' }],
        },
      }),
      say: {
        en: 'For his social worker’s eyes only: withdrawal may endanger him. He must see a doctor today.',
        fr: 'Pour son seul travailleur social référent : le sevrage peut le mettre en danger. Il doit voir un médecin aujourd’hui.',
      },
    },
    {
      as: 'confirmation',
      day: 1,
      from: birmingham,
      to: ctac,
      priority: 'urgent',
      inReplyTo: 'information',
      ...confirmation(reference(jamal), birmingham, 1, {
        needsMet: 'not-yet',
        unmetNeeds: ['substance-treatment', 'protection-from-traffickers'],
        actions: ['medical-examination', 'nrm-referral', 'ictg-referral'],
        nrm: { made: 'yes', on: '2016-10-18' },
        guardian: { made: 'yes', on: '2016-10-18' },
      }),
      say: {
        en: 'A doctor has seen him. He has been referred to the National Referral Mechanism and to an Independent Child Trafficking Guardian.',
        fr: 'Un médecin l’a vu. Le mécanisme national d’orientation (NRM) et l’ICTG (tuteur indépendant) sont saisis.',
      },
    },
    ...episodes,
    {
      as: 'guidance',
      day: 70,
      from: ctac,
      to: birmingham,
      priority: 'urgent',
      ...information(reference(jamal), 'case-guidance', en('He is an exploited child, not an offender.'), {
        guidance: en('Treat what he did as exploitation.'),
        confirmationWanted: true,
      }),
      say: {
        en: 'Remember: an exploited child, not an offender.',
        fr: 'N’oubliez pas : c’est un enfant exploité, pas un délinquant.',
      },
    },
    {
      as: 'needs met',
      day: 200,
      from: birmingham,
      to: ctac,
      priority: 'routine',
      inReplyTo: 'guidance',
      ...confirmation(reference(jamal), birmingham, 200),
      say: {
        en: 'Months later: no longer using, at school, safe.',
        fr: 'Des mois après : il ne consomme plus, il est scolarisé, en sécurité.',
      },
    },
    {
      as: 'outcome',
      day: 200,
      from: ctac,
      to: rys,
      priority: 'routine',
      inReplyTo: 'referral',
      ...outcome('in-local-authority-care', 200),
      say: { en: 'He is in care and safe.', fr: 'Il est pris en charge et en sécurité.' },
    },
    {
      as: 'close',
      day: 201,
      from: ctac,
      to: birmingham,
      priority: 'routine',
      ...closure('safeguarded-needs-met', 201),
      say: { en: 'The case is closed.', fr: 'Le dossier est clos.' },
    },
  ],
  unseen: [{ by: homeOffice, text: 'heroin' }],
}
