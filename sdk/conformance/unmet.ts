import type { Text } from '../problem.ts'

/** What a partner's system has not done; the words say what was seen. */
export class Unmet extends Error {
  readonly text: Text
  constructor(text: Text) {
    super(text.en)
    this.name = 'Unmet'
    this.text = text
  }
}

/** The partner's adapter does not know the command: nothing is known of the case. */
export class NotTried extends Error {
  readonly text: Text
  constructor(command: string) {
    const text = {
      en: `The adapter does not know the command “${command}”.`,
      fr: `L’adaptateur ne connaît pas la commande «\u00a0${command}\u00a0».`,
    }
    super(text.en)
    this.name = 'NotTried'
    this.text = text
  }
}

/** @throws Unmet with these words where it does not hold */
export function must(holds: boolean, en: string, fr: string): asserts holds {
  if (!holds) throw new Unmet({ en, fr })
}
