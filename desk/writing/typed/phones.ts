import type { Phones } from '../../../sdk/forms/typed/values.ts'

/** Telephone numbers as people type them. The library's tables are loaded when a first number is typed. */
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

let loading: Promise<Phones> | undefined

/** The same, loaded once. */
export function phonesOf(): Promise<Phones> {
  loading ??= loadPhones()
  return loading
}

/** Whether a number stands anywhere in what is written, or something that may become one: it is shown as people write it. */
export const needsPhones = ({ body, typed }: { readonly body: unknown; readonly typed: object }): boolean =>
  Object.keys(typed).length > 0 || /"\+[1-9]\d{6,14}"/.test(JSON.stringify(body))
