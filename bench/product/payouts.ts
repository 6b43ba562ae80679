import { isoOf, numberFromId, parseMsisdn, shillings, invariant, type TransferId } from '#kernel';
import { createLedger, credit, debit, railCollection, transferInFlight } from '#ledger';
import { sql, type Tx } from '#platform/db';

import type { ProductSecrets } from './installation.ts';
import { layBenchFoundation } from './seeder.ts';

/** Puts approved transfers into the books, so that the engine has something to send. */
export interface PayoutSeeder {
  /** As many, all due at that moment. */
  seed(count: number, dueAt: number): Promise<void>;
  /** Of all that were ever seeded. */
  states(): Promise<PayoutStates>;
  close(): Promise<void>;
}

export interface PayoutStates {
  readonly completed: number;
  readonly receipts: number;
  readonly others: number;
}

const chunk = 1_000;
const amountMinor = shillings(10);
const phone = '254700000001';
const actor = { kind: 'cli' } as const;
const why = 'bench';

/** The same rows as an order by hand leaves: intent, reservation, audit record and news. */
export async function openPayoutSeeder(
  connectionString: string,
  secrets: ProductSecrets,
): Promise<PayoutSeeder> {
  const foundation = await layBenchFoundation(connectionString, secrets);
  const { database, ids, clock, businessId, vault, blindIndex, audit, outbox } = foundation;
  const ledger = createLedger(foundation);
  const [collection, inFlight] = [railCollection('mpesa'), transferInFlight('mpesa')];
  await ledger.openAccounts([collection, inFlight]);
  const msisdn = parseMsisdn(phone);
  invariant(msisdn.ok, 'the owner has a number');
  const place = (row: bigint) => ({ table: 'transfer', column: 'phone_sealed', row });

  const insert = async (tx: Tx, transfers: readonly TransferId[], dueAt: number): Promise<void> => {
    const numbers = transfers.map(numberFromId);
    const now = isoOf(clock.now());
    await sql`
      insert into transfer (
        business_id, id, rail, kind, state, amount_minor, own_id, phone_index, phone_sealed,
        business_date, requested_by, why, planned_at, next_step_at
      )
      select ${businessId}, t.id, 'mpesa', 'manual', 'approved', ${amountMinor}, t.own_id,
        ${blindIndex(msisdn.value)}, t.phone, (now() at time zone 'Africa/Nairobi')::date, 'cli',
        ${why}, ${now}, ${isoOf(dueAt)}
      from unnest(
        ${numbers}::bigint[],
        ${transfers.map((id) => `QT${id.slice(id.indexOf('_') + 1)}`)}::text[],
        ${numbers.map((number) => vault.seal(msisdn.value, place(number)))}::bytea[]
      ) as t (id, own_id, phone)`.execute(tx);
  };

  const seedChunk = (size: number, dueAt: number): Promise<void> =>
    database.transaction(async (tx) => {
      const transfers = Array.from({ length: size }, () => ids.next('transfer'));
      await insert(tx, transfers, dueAt);
      const posted = await ledger.post(
        tx,
        transfers.map((id) => ({
          id: ids.next('ledgerTransaction'),
          kind: 'transfer-reserved',
          idempotencyKey: `transfer-reserved:${id}`,
          subject: id,
          occurredAt: clock.now(),
          entries: [debit(inFlight, amountMinor), credit(collection, amountMinor)],
        })),
      );
      invariant(posted.ok && posted.value.length === size, 'each is reserved once');
      const detail = { rail: 'mpesa', kind: 'manual', amount: 'KES 10.00', why };
      await audit.recordAll(
        tx,
        transfers.map((id) => ({
          actor,
          action: 'transfer.approved',
          subject: `transfer:${id}`,
          detail,
        })),
      );
      await outbox.publish(
        tx,
        transfers.map((transferId) => ({
          topic: 'transfer.approved',
          payload: { transferId, rail: 'mpesa' },
        })),
      );
    });

  return {
    seed: async (count, dueAt) => {
      for (let done = 0; done < count; done += chunk) {
        await seedChunk(Math.min(chunk, count - done), dueAt);
      }
      await sql`analyze`.execute(database.executor);
      await sql`checkpoint`.execute(database.executor);
    },
    states: async () => {
      const { rows } = await sql<{ completed: bigint; receipts: bigint; others: bigint }>`
        select count(*) filter (where state = 'completed') as completed,
          count(distinct receipt) as receipts,
          count(*) filter (where state <> 'completed') as others
        from transfer where business_id = ${businessId}`.execute(database.executor);
      const { completed = 0n, receipts = 0n, others = 0n } = rows[0] ?? {};
      return {
        completed: Number(completed),
        receipts: Number(receipts),
        others: Number(others),
      };
    },
    close: () => database.close(),
  };
}
