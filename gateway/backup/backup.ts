/** The door of what saves the embedded record and brings it back (protocol section 12, docs/operating.md). */
export { backUp, type Saved } from './back-up.ts'
export { listErasures } from './erasure-list.ts'
export { repeatListed, restore, type Restored } from './restore.ts'
