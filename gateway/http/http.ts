/** The door of the two listeners. */
export { type Listeners, openListeners } from './listeners.ts'
export { openCursors } from './cursor.ts'
export { createRateLimit } from './rate-limit.ts'
export { openFormTokens } from './console/token.ts'
