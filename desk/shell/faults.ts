/** Why the desk cannot be used, as a page says it. */
export type Fault = 'no-storage' | 'no-answer' | 'unknown-agency' | 'other-agency' | 'not-loaded'
