import { useCallback, useEffect, useState } from 'preact/hooks'
import { known, type Known } from '../sending/known.ts'
import { serviceOf } from '../sending/service.ts'
import type { Session } from '../shell/session.ts'

/** Reads something that is kept, and reads it again whenever what is kept has changed. Gives nothing until it has been read. */
export function useKept<Value>(
  session: Session,
  read: () => Promise<Value>,
): readonly [value: Value | undefined, again: () => void] {
  const [value, setValue] = useState<Value>()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    let isOver = false
    const take = async (): Promise<void> => {
      const found = await read()
      if (!isOver) setValue(found)
    }
    // Where the desk was locked meanwhile, nothing is shown any more.
    take().catch(() => undefined)
    return () => {
      isOver = true
    }
  }, [session, turn])
  const again = useCallback(() => setTurn((last) => last + 1), [])
  useEffect(() => serviceOf(session).onChange(again), [session, again])
  return [value, again]
}

/** What the gateway publishes: at once as it is kept, then as it is. */
export function useKnown(session: Session): Known | undefined {
  return useKept(session, () => known(session))[0]
}

/** The time, told anew every half a minute: so long as somebody looks. */
export function useMinutes(): number {
  const [minute, setMinute] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setMinute((last) => last + 1), 30_000)
    return () => clearInterval(timer)
  }, [])
  return minute
}

/** Whether there is a line, as far as the browser knows. */
export function useLine(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine)
  useEffect(() => {
    const look = (): void => setOnline(navigator.onLine)
    const ending = new AbortController()
    addEventListener('online', look, { signal: ending.signal })
    addEventListener('offline', look, { signal: ending.signal })
    return () => ending.abort()
  }, [])
  return isOnline
}
