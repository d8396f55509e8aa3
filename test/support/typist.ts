import type { Page } from 'playwright-core'

/** Somebody who types a key in so long, and finds what is to be touched in so long. */
const KEY_MS = 200
const TOUCH_MS = 2_000

/** Fills in pages as a person does, and reckons how long it would take one. */
export type Typist = {
  type(field: string, text: string): Promise<void>
  choose(place: string): Promise<void>
  select(field: string, code: string): Promise<void>
  /** Types a few letters and takes the first that is found. */
  search(field: string, letters: string): Promise<void>
  /** Goes on to the next page. */
  go(): Promise<void>
  minutes(): number
}

export function openTypist(page: Page): Typist {
  let [keys, touches] = [0, 0]
  return {
    async type(field, text) {
      keys += text.length
      touches += 1
      await page.locator(field).fill(text)
    },
    async choose(place) {
      touches += 1
      await page.locator(place).click()
    },
    async select(field, code) {
      touches += 2
      await page.locator(field).selectOption(code)
    },
    async search(field, letters) {
      keys += letters.length + 1
      touches += 1
      await page.locator(field).fill(letters)
      await page.locator(field).press('Enter')
    },
    async go() {
      touches += 1
      const before = page.url()
      await page.locator('main form button[type=submit]').click()
      await page.waitForURL((url) => url.href !== before)
      await page.locator('main form, main dl').first().waitFor()
    },
    minutes: () => (keys * KEY_MS + touches * TOUCH_MS) / 60_000,
  }
}
