import type { Text } from '../../base/base.ts'

/** From how many ms on a length of time is told in which unit. */
const UNITS: readonly (readonly [ms: number, unit: Text])[] = [
  [24 * 3_600_000, { en: 'd', fr: 'j' }],
  [3_600_000, { en: 'h', fr: 'h' }],
  [60_000, { en: 'min', fr: 'min' }],
  [1_000, { en: 's', fr: 's' }],
]

/** A length of time in ms, in its largest unit and the next: `2 d 3 h`. The units are the same for one and for many. */
export function span(ms: number): Text {
  const at = UNITS.findIndex(([unit]) => ms >= unit)
  const [[large, name] = [1_000, { en: 's', fr: 's' }], next] = UNITS.slice(at === -1 ? UNITS.length - 1 : at)
  const whole = Math.floor(Math.max(0, ms) / large)
  const rest = next === undefined ? 0 : Math.floor((ms - whole * large) / next[0])
  const say = (language: keyof Text): string =>
    `${whole}\u00A0${name[language]}${next !== undefined && rest > 0 ? ` ${rest}\u00A0${next[1][language]}` : ''}`
  return { en: say('en'), fr: say('fr') }
}
