/** So long without input, and the screen is covered. */
export const COVER_AFTER_MS = 5 * 60_000
/** So long what was typed may take to be kept. */
export const SAVING_MS = 2_000

/** Whether the screen is to be covered. @param last when somebody last typed or touched something; a clock that was set back covers */
export const isDue = (last: Date, now: Date): boolean => {
  const idle = now.getTime() - last.getTime()
  return idle >= COVER_AFTER_MS || idle < 0
}

/** What is to be kept before the screen is covered. */
export type Savers = {
  add(save: () => Promise<void>): () => void
  /** Has all of them keep what they have, and waits for them, within two seconds. Gives whether all did. */
  saveAll(): Promise<boolean>
}

/** Gives an empty list of them. */
export function openSavers(): Savers {
  const all = new Set<() => Promise<void>>()
  return {
    add(save) {
      all.add(save)
      return () => void all.delete(save)
    },
    async saveAll() {
      const saving = Promise.allSettled([...all].map((save) => save()))
      const late = new Promise<false>((resolve) => void setTimeout(() => resolve(false), SAVING_MS))
      const kept = saving.then((all) => all.every(({ status }) => status === 'fulfilled'))
      return await Promise.race([kept, late])
    },
  }
}
