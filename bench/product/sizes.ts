import type { Client } from 'pg';

import type { SizesEach } from '../figures/sizes.ts';

/** Tables that callbacks add rows to, but for news, which are kept for seven days. */
const tables = [
  'audit_record',
  'callback',
  'charge',
  'charge_paid',
  'evidence',
  'exception',
  'ledger_entry',
  'ledger_transaction',
  'payment',
  'prompt',
] as const;

interface Row {
  readonly table: string;
  readonly name: string;
  readonly bytes: string;
  readonly isPassing: boolean;
}

/** How big they and their indexes are, and how many callbacks made them so. */
export async function readSizes(client: Client): Promise<SizesEach> {
  const { rows } = await client.query<Row>(
    `select coalesce(t.relname, r.relname) as table, r.relname as name,
       pg_relation_size(r.oid) as bytes,
       coalesce(pg_get_expr(i.indpred, i.indrelid) like '%state%', false) as "isPassing"
     from pg_class r
     left join pg_index i on i.indexrelid = r.oid
     left join pg_class t on t.oid = i.indrelid
     where r.relnamespace = 'public'::regnamespace and r.relkind in ('r', 'i')
       and coalesce(t.relname, r.relname) = any($1::text[])
     order by 1, r.relkind desc, 2`,
    [[...tables]],
  );
  const { rows: counted } = await client.query<{ payments: string }>(
    'select count(*) as payments from payment',
  );
  return {
    sizes: rows.map((row) => ({ ...row, bytes: Number(row.bytes) })),
    callbacks: Number(counted[0]?.payments),
  };
}
