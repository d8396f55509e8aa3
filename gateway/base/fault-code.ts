/** The code of a failure (`ENOENT`, `ERR_TLS_…`), which names nobody; of one that has none, the word that is given. */
export function codeOf(error: unknown, otherwise = 'unknown'): string {
  return error instanceof Error && 'code' in error ? String(error.code) : otherwise
}
