/** Telephone numbers as people type them. The library's tables are loaded when a first number is typed. */
import type { Phones } from '../../../sdk/forms/typed/values.ts'

export async function loadPhones(): Promise<Phones> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min')
  return {
    parse(typed, countries) {
      const found = countries.map((country) => parsePhoneNumberFromString(typed, country))
      return (found.find((one) => one?.isValid()) ?? found.find((one) => one?.isPossible()))?.number
    },
    format: (value) => parsePhoneNumberFromString(value)?.formatInternational() ?? value,
  }
}
