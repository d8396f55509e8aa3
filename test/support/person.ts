import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { readingWords } from '../../desk/words/reading.ts'
import { sendingWords } from '../../desk/words/sending.ts'
import { writing } from '../../desk/words/writing.ts'
import type { Language } from '../../demo/words.ts'
import pathway from '../../schemas/pathway.json' with { type: 'json' }
import { goTo } from './desk.ts'

/** What befalls a message may take a while on a machine that others load as well. */
const PATIENCE_MS = 30_000
/** A form that has not had enough by then never will. */
const MOST_ANSWERS = 40

/** What is written where nothing better is known. */
export const TEXT = 'As far as is known'
/** Fields of dates and of telephones, by their ids. */
const DATED = /-(?:from|to|on|since|asOf|\w+(?:At|On|Since))$/
const LASTING = /-\w+Until$/
const PHONED = /-phone\w*$/
const NUMBERED = /-(?:\w*[yY]ears|\w*[cC]ount|number)$/

/** Somebody at a desk, by what the screens say: reads, acknowledges, writes on, and answers what a form still asks. */
export type Person = {
  readonly page: Page
  /** Waits for a message of this type at home, opens it, and says that it was read. */
  receive(type: string): Promise<void>
  /** Opens another message of the case of the one that is open, by the case's time line. */
  turnTo(type: string): Promise<void>
  /** Writes an answer to the message that is open. */
  reply(type: string, answers?: Answers): Promise<void>
  /** Writes to an agency about the case of the message that is open. */
  write(type: string, to: string, answers?: Answers): Promise<void>
  /** Answers what is missing in the draft that is open, and sends it. */
  finish(answers?: Answers): Promise<void>
}
/** What is answered where a field's id ends so; the first that fits counts. */
export type Answers = Readonly<Record<string, string>>

const titleOf = (type: string, language: Language): string => {
  const row = pathway.rows.find((one) => one.type === type)
  if (row === undefined) throw new Error(`no type ${type}`)
  return row.title[language]
}

export function openPerson(page: Page, language: Language): Person {
  const say = { reading: readingWords[language].message, sending: sendingWords[language], writing: writing[language] }
  const button = (name: string) => page.getByRole('button', { name, exact: true })

  const finish = async (answers: Answers = {}): Promise<void> => {
    const [, draft = ''] = /#\/write\/([^/]+)/.exec(page.url()) ?? []
    await goTo(page, `/write/${draft}/check`)
    for (let turn = 0; turn < MOST_ANSWERS; turn += 1) {
      await button(say.writing.checking.continue).click()
      const alert = page.getByRole('alert').getByRole('link').first()
      await Promise.race([page.waitForURL(/#\/send\//), alert.waitFor()])
      if (page.url().includes('#/send/')) break
      await alert.click()
      await page.waitForURL((url) => !url.hash.endsWith('/check'))
      await answer(page, answers)
      await goTo(page, `/write/${draft}/check`)
    }
    await button(say.sending.send)
      .click({ timeout: PATIENCE_MS })
      .catch(async (cause: unknown) => {
        throw new Error(`${page.url()}: ${(await page.locator('main').innerText()).slice(-1500)}`, { cause })
      })
    await expect.poll(() => page.url(), { timeout: PATIENCE_MS }).toMatch(/#\/outgoing\//)
    await expect
      .poll(() => page.locator('main').innerText(), { timeout: PATIENCE_MS })
      .toMatch(language === 'fr' ? /Reçu par le canal/ : /Received by the channel/)
  }

  return {
    page,
    finish,
    async receive(type) {
      const link = page.locator('.desk-cards a[href^="#/read/"]', { hasText: titleOf(type, language) }).first()
      const look = async (): Promise<number> => {
        await goTo(page, '/proof')
        await goTo(page, '/')
        return await link.waitFor({ timeout: 2_000 }).then(
          () => 1,
          () => 0,
        )
      }
      await expect.poll(look, { timeout: PATIENCE_MS }).toBe(1)
      await link.click()
      await button(say.reading.acknowledge).click({ timeout: PATIENCE_MS })
      await button(say.reading.acknowledge).waitFor({ state: 'detached', timeout: PATIENCE_MS })
    },
    async turnTo(type) {
      await page.getByRole('link', { name: say.reading.case, exact: true }).click()
      await page
        .locator('.desk-line')
        .getByRole('link', { name: titleOf(type, language), exact: true })
        .click()
      await page.locator('article h1', { hasText: titleOf(type, language) }).waitFor()
    },
    async reply(type, answers) {
      await button(titleOf(type, language)).click()
      await page.waitForURL(/#\/write\//)
      await finish(answers)
    },
    async write(type, to, answers) {
      await page.getByRole('link', { name: say.reading.elsewhere }).click()
      await page.locator(`#what-${type}`).check()
      if ((await page.locator('#who').count()) > 0) await page.locator('#who').selectOption(to)
      await page.locator('main form button[type=submit]').click()
      await page.waitForURL(/#\/write\/(?!about)/)
      await finish(answers)
    },
  }
}

/** Answers the field that has the focus. */
async function answer(page: Page, answers: Answers): Promise<void> {
  await expect.poll(() => page.evaluate(`document.activeElement.matches('input,select,textarea')`)).toBe(true)
  const [id, tag, kind] = await page.evaluate<[string, string, string]>(
    `(({ id, tagName, type }) => [id, tagName, type])(document.activeElement)`,
  )
  const given = Object.entries(answers).find(([end]) => id.endsWith(end))?.[1]
  const field = page.locator(`#${id.replaceAll(/[^\w-]/g, '\\$&')}`)
  if (tag === 'SELECT') {
    const first = await field.locator('option').nth(1).getAttribute('value')
    await field.selectOption(given ?? first ?? '')
  } else if (kind === 'radio' || kind === 'checkbox') {
    const group = id.replace(/-[^-]+$/, '')
    await (given === undefined ? field : page.locator(`#${group}-${given}`)).check()
  } else if (kind === 'search') {
    await field.fill(given ?? 'a')
    await field.press('Enter')
  } else
    await field.fill(
      given ??
        (LASTING.test(id)
          ? '30/6/2035'
          : DATED.test(id)
            ? '10/12/2016'
            : PHONED.test(id)
              ? '+44 1632 960001'
              : NUMBERED.test(id)
                ? '15'
                : TEXT),
    )
}
