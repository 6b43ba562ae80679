import { Client } from 'pg';

/**
 * The schema as the catalogue of a migrated database tells it, in an order of its own: the embedded
 * PostgreSQL ships no `pg_dump`, and PostgreSQL 15 and 18 have to say the same.
 */
export async function readSchema(connectionString: string): Promise<string> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    // Names come out qualified or not by what is on the path.
    await client.query("set search_path = 'public'");
    const statements: string[] = [];
    for (const part of parts) statements.push(...(await statementsOf(client, part)));
    return `${head}\n${statements.join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}

const head = '-- Made by `node tools/write-schema.ts` from migrations/; do not edit.\n';

async function statementsOf(client: Client, query: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ text: string }>(query);
  return rows.map(({ text }) => text.replaceAll(/[ \t]+$/gm, ''));
}

// The table that keeps track of migrations is the library's own.
const ours = `
  c.relnamespace = 'public'::regnamespace and c.relname !~ '^schema_migration'`;

const sequences = `
  select format('create sequence %I;', c.relname) as text
  from pg_class c where c.relkind = 'S' and ${ours} order by c.relname collate "C"`;

const functions = `
  select pg_get_functiondef(p.oid) || ';' as text
  from pg_proc p where p.pronamespace = 'public'::regnamespace
  order by p.proname collate "C", p.oid::regprocedure::text collate "C"`;

// From PostgreSQL 18 on "not null" is a constraint as well (contype n); the column says it already.
const tables = `
  select format(
    E'create table %I (\\n%s\\n)%s;', c.relname,
    (
      select string_agg(line, E',\\n' order by rank, place, name collate "C") from (
        select 1 as rank, a.attnum::int as place, '' as name, '  ' || format('%I ', a.attname)
          || format_type(a.atttypid, a.atttypmod)
          || case when a.attcollation <> t.typcollation
            then format(' collate %I', o.collname) else '' end
          || case when a.attnotnull then ' not null' else '' end
          || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
        from pg_attribute a
        join pg_type t on t.oid = a.atttypid
        left join pg_collation o on o.oid = a.attcollation
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        union all
        select 2, position(k.contype::text in 'pucf'), k.conname,
          format('  constraint %I %s', k.conname, pg_get_constraintdef(k.oid))
        from pg_constraint k
        where k.conrelid = c.oid and k.contype in ('p', 'u', 'c', 'f')
      ) lines
    ),
    coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '')
  ) as text
  from pg_class c where c.relkind = 'r' and ${ours} order by c.relname collate "C"`;

const indexes = `
  select pg_get_indexdef(i.indexrelid) || ';' as text
  from pg_index i join pg_class c on c.oid = i.indrelid
  join pg_class x on x.oid = i.indexrelid
  where ${ours}
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid
      and k.contype in ('p', 'u', 'x'))
  order by x.relname collate "C"`;

const triggers = `
  select pg_get_triggerdef(g.oid) || ';'
    || case when g.tgenabled = 'O' then '' else ' -- ' || g.tgenabled::text end as text
  from pg_trigger g join pg_class c on c.oid = g.tgrelid
  where not g.tgisinternal and ${ours}
  order by c.relname collate "C", g.tgname collate "C"`;

const parts = [sequences, functions, tables, indexes, triggers];
