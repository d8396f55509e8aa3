import type { JSX } from 'preact'
import type { Text } from '../words/words.ts'
import type { Session } from './session.ts'

/** What a screen is given. */
export type ScreenProps = {
  readonly session: Session
  /** The opaque local ids of its path. */
  readonly params: Readonly<Record<string, string>>
  /** Goes to another screen: a path, such as `/write/x`. */
  readonly go: (path: string) => void
}
export type Screen = (props: ScreenProps) => JSX.Element

/** One screen. Its path holds opaque local ids alone (`:id`), and its title no name: both stay in the browser's history. */
export type Route = {
  readonly path: string
  readonly title: Text
  readonly load: () => Promise<{ readonly screen: Screen }>
}

/** All screens; of two that fit, the first counts. A part adds its rows here, and loads itself when it is asked for. */
export const routes: readonly Route[] = [
  {
    path: '/',
    title: { en: 'Home', fr: 'Accueil' },
    load: async () => ({ screen: (await import('./start.tsx')).Start }),
  },
  {
    path: '/keys',
    title: { en: 'Signing key', fr: 'Clé de signature' },
    load: async () => ({ screen: (await import('../keys/keys-screen.tsx')).KeysScreen }),
  },
  {
    path: '/device',
    title: { en: 'Lock and device', fr: 'Verrou et appareil' },
    load: async () => ({ screen: (await import('./device-screen.tsx')).DeviceScreen }),
  },
]
