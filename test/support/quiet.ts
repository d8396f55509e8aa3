/** A log for parts whose log lines are not what is being tested. */
export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
