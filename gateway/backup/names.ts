/** What a backup holds beside the record's own files, which stand under `record/` as PostgreSQL has them. */
export const RECORD = 'record/'
/** PostgreSQL's own manifest, by which its `pg_verifybackup` checks the folder `record`. */
export const MANIFEST = 'record/backup_manifest'
export const DESCRIPTION = 'backup.json'
export const ERASURES = 'erasures.jsonl'
/** Written last: a backup without it is none. */
export const SUMS = 'SHA256SUMS'
