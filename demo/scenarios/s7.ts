import { croydon, ctac, homeOffice } from '../agencies.ts'
import { information, statusCheck } from '../bodies.ts'
import { en, identity, reference } from '../parts.ts'
import type { MessageStep } from '../scenario.ts'

const title = {
  en: 'The Home Office’s endpoint is down for a weekend',
  fr: 'Le point d’accès du Home Office est en panne tout un week-end',
}
const priorities = [...Array<'routine'>(8).fill('routine'), ...Array<'urgent'>(3).fill('urgent'), 'immediate' as const]

/** In hours: the answers to what is urgent are wanted on the same day, of which here half a second is left. */
const WITHIN = 0.5 / 3600

/** Friday evening's checks, each about another child; the least pressing first, so that any order by arrival would show. */
export const s7 = {
  id: 'S7',
  title,
  checks: priorities.map(
    (priority, index): MessageStep => ({
      as: `check ${index + 1}`,
      case: `child ${index + 1}`,
      day: 4,
      from: ctac,
      to: homeOffice,
      priority,
      ...(priority === 'urgent' && { respondWithin: WITHIN }),
      ...statusCheck(
        identity({ name: `Friday child ${index + 1}`, age: 10 + (index % 8), sex: 'male', countries: ['AFG'] }),
      ),
      say: title,
    }),
  ),
}

/** Something that may not wait until Monday, for a desk that is closed until then. */
export const atTheWeekend = {
  as: 'at the weekend',
  case: 'weekend child',
  day: 5,
  from: ctac,
  to: croydon,
  type: 'safeguarding-information',
  priority: 'urgent',
  body: information(
    reference({ name: 'Weekend child', age: 15, sex: 'male', countries: ['AFG'] }),
    'update',
    en('A man waits for him outside his placement.'),
  ).body,
  say: title,
} as const satisfies MessageStep
