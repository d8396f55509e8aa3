/** Telephone numbers as people type them. The library's tables are loaded when a first number is typed. */
import type { CountryCode } from 'libphonenumber-js/min'

type Phones = {
  /** Gives a number in the protocol's form (E.164), undefined where it is none; without a prefix it is of the first country in which it could be. */
  parse(typed: string, countries: readonly CountryCode[]): string | undefined
  /** Gives a number in the international form, with spaces. */
  format(value: string): string
}

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
