import { fileURLToPath } from 'node:url'
import type { Queryable } from '../gateway/record/database.ts'

/** The schema of the record as it stands when all is migrated; a test compares it with a database. */
export const SCHEMA_FILE = fileURLToPath(new URL('../gateway/record/schema.sql', import.meta.url))

const HEADER = `-- The schema of the record after all migrations, as PostgreSQL describes it, functions and triggers at the end. Made by scripts/dump-schema.ts;
-- not run by anything: a test compares it with what the migrations come to, so that each change of the schema can be read here.
`

type Table = { readonly name: string; readonly unlogged: boolean; readonly options: string | null }

/** Reads the catalogue of a database and gives its tables, constraints, indexes, functions and triggers as SQL, in the order of their names. */
export async function describeSchema(database: Queryable): Promise<string> {
  const { rows: tables } = await database.query<Table>(`
    select relname as name, relpersistence = 'u' as unlogged, array_to_string(reloptions, ', ') as options
    from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`)
  const parts: string[] = []
  for (const table of tables) parts.push(await describeTable(database, table))
  parts.push(...(await functionsOf(database)))
  parts.push(...(await triggersOf(database)))
  return `${HEADER}\n${parts.join('\n')}`
}

async function describeTable(database: Queryable, { name, unlogged, options }: Table): Promise<string> {
  const lines = [...(await columnsOf(database, name)), ...(await constraintsOf(database, name))]
  const indexes = await indexesOf(database, name)
  const made = `create ${unlogged ? 'unlogged ' : ''}table ${name} (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`
  return [`${made}${options === null ? '' : ` with (${options})`};`, ...indexes.map((index) => `${index};`), ''].join(
    '\n',
  )
}

async function columnsOf(database: Queryable, table: string): Promise<readonly string[]> {
  const { rows } = await database.query<{ line: string }>(
    `select concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
       case when a.attidentity = 'a' then 'generated always as identity' end,
       case when a.attnotnull then 'not null' end,
       'default ' || pg_get_expr(d.adbin, d.adrelid),
       case when a.attstorage <> t.typstorage then
         'storage ' || case a.attstorage when 'e' then 'external' when 'm' then 'main' when 'x' then 'extended' else 'plain' end
       end) as line
     from pg_attribute a join pg_type t on t.oid = a.atttypid
       left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [table],
  )
  return rows.map(({ line }) => line)
}

/** Not-null constraints are told with their columns. */
async function constraintsOf(database: Queryable, table: string): Promise<readonly string[]> {
  const { rows } = await database.query<{ line: string }>(
    `select format('constraint %s %s', conname, pg_get_constraintdef(oid)) as line
     from pg_constraint where conrelid = $1::regclass and contype <> 'n' order by contype = 'p' desc, conname`,
    [table],
  )
  return rows.map(({ line }) => line)
}

async function indexesOf(database: Queryable, table: string): Promise<readonly string[]> {
  const { rows } = await database.query<{ line: string }>(
    `select pg_get_indexdef(i.indexrelid) as line from pg_index i
     where i.indrelid = $1::regclass and not exists (select from pg_constraint where conindid = i.indexrelid) order by 1`,
    [table],
  )
  return rows.map(({ line }) => line)
}

async function functionsOf(database: Queryable): Promise<readonly string[]> {
  const { rows } = await database.query<{ definition: string }>(
    `select rtrim(pg_get_functiondef(oid), E'\\n') || E';\\n' as definition
     from pg_proc where pronamespace = 'public'::regnamespace order by proname, oid::regprocedure::text`,
  )
  return rows.map(({ definition }) => definition)
}

async function triggersOf(database: Queryable): Promise<readonly string[]> {
  const { rows } = await database.query<{ definition: string }>(
    `select pg_get_triggerdef(t.oid) || E';\\n' as definition
     from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where c.relnamespace = 'public'::regnamespace and not t.tgisinternal order by c.relname, t.tgname`,
  )
  return rows.map(({ definition }) => definition)
}
