import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** What is not reached with so many Tabs nobody reaches. */
const MOST_TABS = 90
const MOST_ARROWS = 20

/**
 * What tells that a thing has the focus: its own outline, shadow, ground and letters, those of the box that is drawn for it (a radio's stands before its
 * label), and those of the words inside it (a fold's).
 */
const LOOK = `(one) => {
  const drawn = [getComputedStyle(one)]
  const { nextElementSibling: label, firstElementChild: inside } = one
  if (label instanceof HTMLLabelElement) drawn.push(getComputedStyle(label, '::before'))
  if (inside !== null) drawn.push(getComputedStyle(inside))
  return drawn.map((style) => [style.outline, style.boxShadow, style.backgroundColor, style.color].join()).join()
}`
/** Whether what had the focus before looks the same without it; a heading to which a page went by itself is nothing that one comes to. */
const STEP = `(() => {
  const look = ${LOOK}
  const before = globalThis.hadFocus
  const one = document.activeElement
  const isDull = before !== undefined && before.one !== one && before.one.isConnected && look(before.one) === before.look
  globalThis.hadFocus = one.tabIndex < 0 ? undefined : { one, look: look(one) }
  return isDull ? before.one.outerHTML.slice(0, 200) : ''
})()`

/** A thing by its selector, or a button or link by the words on it. */
export type Thing = string | { readonly says: string }

/** Somebody who has a keyboard and nothing else. Each thing that the focus comes to has to show it, or the step fails. */
export type Keys = {
  /** Presses Tab, or Shift and Tab, until this has the focus. */
  reach(thing: Thing, how?: 'Tab' | 'Shift+Tab'): Promise<void>
  /** Goes to a field and types. */
  type(selector: string, text: string): Promise<void>
  /** Goes to a box, and ticks it. */
  tick(selector: string): Promise<void>
  /** Goes to a group of radios by their name, and takes the one with this id. */
  choose(name: string, id: string): Promise<void>
  /** Goes to a button or a link, and presses Enter. */
  press(thing: Thing, how?: 'Tab' | 'Shift+Tab'): Promise<void>
}

export function openKeys(page: Page): Keys {
  const { keyboard } = page
  const isAt = (thing: Thing): Promise<boolean> => {
    const told = JSON.stringify(typeof thing === 'string' ? thing : thing.says)
    const asks = typeof thing === 'string' ? `matches(${told})` : `innerText.trim() === ${told}`
    return page.evaluate<boolean>(`document.activeElement.${asks}`)
  }
  const reach: Keys['reach'] = async (thing, how = 'Tab') => {
    const place = typeof thing === 'string' ? page.locator(thing) : page.getByText(thing.says, { exact: true })
    await place.first().waitFor()
    for (let tabs = 0; tabs < MOST_TABS && !(await isAt(thing)); tabs += 1) {
      await keyboard.press(how)
      expect(await page.evaluate<string>(STEP), 'looks the same with the focus and without').toBe('')
    }
    expect(await isAt(thing), `${JSON.stringify(thing)} is not reached`).toBe(true)
  }
  return {
    reach,
    async type(selector, text) {
      await reach(selector)
      await keyboard.type(text)
    },
    async tick(selector) {
      await reach(selector)
      await keyboard.press('Space')
      expect(await page.locator(selector).isChecked()).toBe(true)
    },
    async choose(name, id) {
      await reach(`[name="${name}"]`)
      for (let arrows = 0; arrows < MOST_ARROWS && !(await isAt(`#${id}`)); arrows += 1)
        await keyboard.press('ArrowDown')
      await keyboard.press('Space')
      expect(await page.locator(`#${id}`).isChecked()).toBe(true)
    },
    async press(thing, how) {
      await reach(thing, how)
      await keyboard.press('Enter')
    },
  }
}
