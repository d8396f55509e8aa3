import type { JsonObject } from '../sdk/index.ts'

const week = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
/** From any moment, the farthest that a weekly opening can be. */
const FAR = 4

/** A desk whose opening hours are as far from now as a week allows: it is Saturday night, whatever the clock says. */
export function closedDesk(now: Date): JsonObject {
  const day = week[(now.getUTCDay() + FAR) % week.length] ?? 'mon'
  return {
    id: 'front-door',
    name: { en: 'Front door', fr: 'Accueil' },
    delivery: { mode: 'mailbox' },
    hours: { timeZone: 'Europe/London', open: [{ days: [day], from: '09:00', to: '17:00' }] },
  }
}

export const dutyTeam: JsonObject = {
  id: 'emergency-duty',
  name: { en: 'Emergency duty team', fr: 'Équipe d’astreinte' },
  delivery: { mode: 'mailbox' },
  handles: { priorities: ['immediate'] },
}
