import { styleText } from 'node:util'
import { names } from './agencies.ts'
import { isAgency } from './compose.ts'
import type { Step } from './scenario.ts'
import { titleOfType } from './titles.ts'
import { type Language, type Words, words } from './words.ts'

/** How often the bar is drawn, and after how long it first appears: what is over sooner needs none. */
const REDRAW_MS = 100
const APPEAR_MS = 2000
const WIDTH = 40

export type Screen = {
  readonly language: Language
  readonly words: Words
  line(text?: string): void
  heading(id: string, title: string): void
  step(step: Step, mark: string, note?: string): void
  /** A bar on standard error while something takes longer than 2 s; a line each quarter where that is no terminal. */
  progress(total: number): { tick(): void; done(): void }
}

/** Takes the language and where to write; gives what the demo is shown on. */
export function openScreen(language: Language, out: NodeJS.WriteStream, err: NodeJS.WriteStream): Screen {
  const paint = (style: Parameters<typeof styleText>[0], text: string) => styleText(style, text, { stream: out })
  const line = (text = '') => void out.write(`${text}\n`)
  const say = words(language)
  return {
    language,
    words: say,
    line,
    heading: (id, title) => line(`\n${paint('bold', `${id}  ${title}`)}`),
    step: (step, mark, note) => {
      const when =
        'as' in step && step.pathwayStep !== undefined ? `${say.step} ${step.pathwayStep}` : dayOf(step.day, language)
      const who = 'as' in step ? `${nameOf(step.from, language)} → ${nameOf(step.to, language)}` : ''
      const what = 'as' in step && step.pathwayStep !== undefined ? ` (${titleOfType(step.type)[language]})` : ''
      const says = `${who === '' ? '' : `${say.colon} `}${step.say[language]}`
      line(
        `  ${paint('dim', when.padEnd(9))} ${paint('cyan', who)}${paint('dim', what)}${says} ${paint('green', mark)}${note === undefined ? '' : paint('dim', ` ${note}`)}`,
      )
    },
    progress: (total) => progress(total, err),
  }
}

export function nameOf(id: string, language: Language): string {
  return isAgency(id) ? names[id][language] : words(language).unknown
}

function dayOf(day: number, language: Language): string {
  const letter = language === 'fr' ? 'J' : 'D'
  return day === 0 ? `${letter}0` : `${letter}+${day}`
}

function progress(total: number, err: NodeJS.WriteStream): { tick(): void; done(): void } {
  const started = performance.now()
  let count = 0
  let drawn = 0
  const tick = () => {
    count += 1
    const now = performance.now()
    if (now - started < APPEAR_MS) return
    if (!err.isTTY) {
      if (Math.floor((count / total) * 4) > Math.floor(((count - 1) / total) * 4)) err.write(`  ${count}/${total}\n`)
    } else if (now - drawn > REDRAW_MS) {
      drawn = now
      const full = Math.round((count / total) * WIDTH)
      err.write(`\r  ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${count}/${total}`)
    }
  }
  const done = () => {
    if (drawn > 0) err.write('\r\u001B[K')
  }
  return { tick, done }
}
