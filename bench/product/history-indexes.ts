import type { Client } from 'pg';

/** How full, in percent, an index is made: as full as it would have become row by row. */
const usualFill = 90;
/** By what comes as if by chance: each row would touch a page of its own, and pages split. */
const fillByChance = 72;
/** Grows at the end of every account or stream: a page that is split there stays half empty. */
const fillInParts = 51;
/** Receipts and references are spread so evenly that all pages split at about the same time. */
const evenFills = { receipt: 61, key: 74, reference: 80 } as const;

const fillPercents = {
  audit_record_by_action: usualFill,
  audit_record_by_actor: usualFill,
  audit_record_by_subject: usualFill,
  callback_business_id_content_day_digest_key: fillByChance,
  charge_business_id_reference_key: evenFills.reference,
  evidence_pkey: usualFill,
  exception_business_id_kind_subject_key: usualFill,
  exception_by_state: usualFill,
  exception_by_subject: usualFill,
  ledger_entry_business_id_transaction_id_position_key: usualFill,
  ledger_entry_pkey: fillInParts,
  ledger_transaction_business_id_idempotency_key_key: evenFills.key,
  ledger_transaction_by_subject: usualFill,
  payment_business_id_rail_receipt_key: evenFills.receipt,
  payment_by_charge: usualFill,
  payment_by_day: usualFill,
  payment_by_payer: fillByChance,
  payment_by_stream: fillInParts,
  prompt_by_phone: fillByChance,
} as const;
type IndexName = keyof typeof fillPercents;

interface IndexForm {
  readonly name: IndexName;
  readonly table: string;
  readonly definition: string;
  /** Of the constraint that it keeps, if it keeps one. */
  readonly constraint: 'primary key' | 'unique' | null;
}

const memory = '768MB';

/** Takes down what nothing looks up meanwhile, and answers how to put up the very same again. */
export async function takeIndexesDown(
  client: Client,
): Promise<(tell: (text: string) => void) => Promise<void>> {
  const before = await picture(client);
  const forms = await formsOf(client);
  for (const { name, table, constraint } of forms) {
    await client.query(
      constraint === null ? `drop index ${name}` : `alter table ${table} drop constraint ${name}`,
    );
  }
  return async (tell) => {
    await client.query(`set maintenance_work_mem = '${memory}'`);
    for (const form of forms) {
      tell(`index ${form.name}`);
      await putUp(client, form);
    }
    const after = await picture(client);
    for (const line of before) if (!after.includes(line)) throw new Error(`gone: ${line}`);
    for (const line of after) if (!before.includes(line)) throw new Error(`came: ${line}`);
  };
}

async function putUp(client: Client, form: IndexForm): Promise<void> {
  const { name, table, definition, constraint } = form;
  // Its predicate, if it has one, stands after its settings.
  const [index = '', where] = definition.split(' WHERE ');
  const filter = where === undefined ? '' : ` where ${where}`;
  await client.query(`${index} with (fillfactor = ${fillPercents[name]})${filter}`);
  await client.query(`alter index ${name} reset (fillfactor)`);
  if (constraint === null) return;
  await client.query(
    `alter table ${table} add constraint ${name} ${constraint} using index ${name}`,
  );
}

async function formsOf(client: Client): Promise<readonly IndexForm[]> {
  const { rows } = await client.query<IndexForm>(
    `select c.relname as name, i.indrelid::regclass::text as table,
       pg_get_indexdef(i.indexrelid) as definition,
       case k.contype when 'p' then 'primary key' when 'u' then 'unique' end as constraint
     from pg_index i
     join pg_class c on c.oid = i.indexrelid
     left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u')
     where c.relnamespace = 'public'::regnamespace and c.relname = any($1::text[])
     order by c.relname`,
    [Object.keys(fillPercents)],
  );
  if (rows.length !== Object.keys(fillPercents).length) throw new Error('an index is not there');
  return rows;
}

/** Every index and every constraint there is, in PostgreSQL's own words. */
async function picture(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid || ' ' || i.indisprimary
         || ' ' || coalesce(c.reloptions::text, '') as line
     from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = 'public'::regnamespace
     union all
     select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
     from pg_constraint where connamespace = 'public'::regnamespace
     order by 1`,
  );
  return rows.map(({ line }) => line);
}
