import type { Page } from 'playwright-core'
import { goTo } from './desk.ts'

/** Begins a referral; gives the local id of its draft. */
export async function beginReferral(page: Page): Promise<string> {
  await goTo(page, '/write')
  await page.locator('#what-referral').check()
  await page.locator('main form button[type=submit]').click()
  await page.locator('#q-reportsMade-add').waitFor()
  return /#\/write\/([^/]+)/.exec(page.url())?.[1] ?? ''
}
