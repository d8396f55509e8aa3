/** The door of the two listeners. */
export { type Listeners, openListeners } from './listeners.ts'
export { DIRECTORY_MS } from './agency/shared-answer.ts'
export { openCursors, sinceRestore } from './cursor.ts'
export { createRateLimit } from './rate-limit.ts'
export { openFormTokens } from './console/token.ts'
