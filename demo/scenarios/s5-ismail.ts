import { kent } from '../agencies.ts'
import { missing } from '../bodies.ts'
import { concern, en, identity, placeIn, type Child } from '../parts.ts'

/** What S5 is about: who is missing, from where, and where he is found. */
export const ismail: Child = {
  name: 'Ismail',
  own: ['إسماعيل', 'Arab', 'apd'],
  age: 16,
  sex: 'male',
  countries: ['SDN'],
}
const beach = {
  kind: 'port',
  country: 'FRA',
  precision: 'locality',
  locality: 'Ouistreham',
  area: { scheme: 'insee-commune', code: '14488' },
}
const careHome = {
  place: placeIn(kent, 'child-care-home'),
  when: { to: '2017-06-10' },
  source: 'practitioner-observed',
  certainty: 'certain',
}
const episode = '0190a000-0000-7000-8000-000000000051'
export const gone = missing(identity(ismail, { appearance: '1.75 m, thin, grey jacket' }), episode, {
  lastSeen: careHome,
  circumstances: en('Left the placement after a call; did not return.'),
  previousEpisodes: 0,
  concerns: [concern('trafficking-risk', { status: 'suspected', severity: 'critical', immediacy: 'immediate' })],
  alerts: [{ kind: 're-trafficking-risk' }],
})
export const ended = missing(identity(ismail), episode, {
  lastSeen: careHome,
  circumstances: en('Found in France, safe.'),
  episodeStatus: 'found',
  risk: 'low',
})
export const end = { ...ended, body: { ...ended.body, endedAt: '2017-06-12T09:00:00Z' } }
export const shelter = {
  place: beach,
  since: '2017-06-11',
  authorityCode: { scheme: 'insee-departement', code: '14' },
  knownToChildrensServices: 'yes',
}
