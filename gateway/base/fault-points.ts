/** Says that a place was passed where a process may be made to end: for tests of what is left behind. */
export type FaultPoint = (place: string) => void

const PLACE = /^([a-z-]{1,40}):([1-9]\d{0,5})$/

/**
 * @param setting `<place>:<n>`: where the process kills itself, the n-th time it passes there; undefined: nowhere
 * @param kill ends the process at once, with nothing of its own to be done
 */
export function openFaultPoints(
  setting: string | undefined,
  kill: () => void = () => process.kill(process.pid, 'SIGKILL'),
): FaultPoint {
  const [, place, count] = PLACE.exec(setting ?? '') ?? []
  let left = Number(count)
  return (passed) => {
    if (passed !== place) return
    left -= 1
    if (left === 0) kill()
  }
}

export const isFaultPoint = (text: string): boolean => PLACE.test(text)
