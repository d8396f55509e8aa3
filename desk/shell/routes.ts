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
    load: async () => ({ screen: (await import('../reading/home-screen.tsx')).Home }),
  },
  {
    path: '/send/:id',
    title: { en: 'Before you send', fr: 'Avant l’envoi' },
    load: async () => ({ screen: (await import('../sending/before-screen.tsx')).BeforeScreen }),
  },
  {
    path: '/outgoing/:id',
    title: { en: 'A message on its way', fr: 'Un message en chemin' },
    load: async () => ({ screen: (await import('../sending/outgoing-screen.tsx')).OutgoingScreen }),
  },
  {
    path: '/read/:id',
    title: { en: 'Message', fr: 'Message' },
    load: async () => ({ screen: (await import('../reading/message-screen.tsx')).MessageScreen }),
  },
  {
    path: '/case/:id',
    title: { en: 'Case', fr: 'Dossier' },
    load: async () => ({ screen: (await import('../reading/case-screen.tsx')).CaseScreen }),
  },
  {
    path: '/proof',
    title: { en: 'Proof', fr: 'Preuve' },
    load: async () => ({ screen: (await import('../proof/proof-screen.tsx')).ProofScreen }),
  },
  {
    path: '/keys',
    title: { en: 'Signing key', fr: 'Clé de signature' },
    load: async () => ({ screen: (await import('../keys/keys-screen.tsx')).KeysScreen }),
  },
  {
    path: '/write',
    title: { en: 'Write', fr: 'Écrire' },
    load: async () => ({ screen: (await import('../writing/screens/start.tsx')).Start }),
  },
  {
    path: '/write/about/:id',
    title: { en: 'Write', fr: 'Écrire' },
    load: async () => ({ screen: (await import('../writing/screens/start.tsx')).Start }),
  },
  {
    path: '/write/:draft',
    title: { en: 'Write', fr: 'Écrire' },
    load: async () => ({ screen: (await import('../writing/screens/question.tsx')).Question }),
  },
  {
    path: '/write/:draft/check',
    title: { en: 'Check your answers', fr: 'Relisez vos réponses' },
    load: async () => ({ screen: (await import('../writing/screens/check.tsx')).Check }),
  },
  {
    path: '/write/:draft/:step',
    title: { en: 'Write', fr: 'Écrire' },
    load: async () => ({ screen: (await import('../writing/screens/question.tsx')).Question }),
  },
  {
    path: '/device',
    title: { en: 'Lock and device', fr: 'Verrou et appareil' },
    load: async () => ({ screen: (await import('./device-screen.tsx')).DeviceScreen }),
  },
]
