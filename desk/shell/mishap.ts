import { useEffect, useState } from 'preact/hooks'

/** Something that was to be done was not, and no screen has said so: the device is full, or what nobody has foreseen. */
export type Mishap = 'full' | 'unforeseen'

/** Gives the last one, if any. What a vault refuses because it was locked meanwhile is none. */
export function useMishap(): Mishap | undefined {
  const [mishap, setMishap] = useState<Mishap>()
  useEffect(() => {
    const hear = ({ reason }: PromiseRejectionEvent): void => {
      const name = reason instanceof Error ? reason.name : ''
      if (name !== 'VaultLocked') setMishap(name === 'QuotaExceededError' ? 'full' : 'unforeseen')
    }
    addEventListener('unhandledrejection', hear)
    return () => removeEventListener('unhandledrejection', hear)
  }, [])
  return mishap
}
