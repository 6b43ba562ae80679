import {
  idFromNumber,
  invariant,
  isoOf,
  numberFromId,
  parseMsisdn,
  type BusinessId,
  type EpochMs,
  type Msisdn,
  type PayeeId,
  type RailId,
  type TransferId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { BlindIndex, Vault } from '#security';

import type { Payee, PayeeState } from './payee.ts';

interface PayeeRow {
  readonly id: bigint;
  readonly rail: RailId;
  readonly state: PayeeState;
  readonly phoneSealed: Buffer;
  readonly label: string;
  readonly active: boolean;
  readonly activatedAt: EpochMs | null;
  readonly replaces: boolean;
  readonly addedBy: string;
  readonly addedAt: EpochMs;
  readonly testId: bigint | null;
  readonly tries: number;
  readonly confirmedBy: string | null;
  readonly confirmedAt: EpochMs | null;
}

const columns = sql`
  id, rail, state, phone_sealed as "phoneSealed", label, active, activated_at as "activatedAt",
  replaces, added_by as "addedBy", added_at as "addedAt", test_id as "testId", tries,
  confirmed_by as "confirmedBy", confirmed_at as "confirmedAt"`;

const payeesMax = 200;
const phoneColumn = (id: bigint) => ({ table: 'payee', column: 'phone_sealed', row: id });

export function createPayeeStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
}) {
  const { businessId, vault } = deps;

  const payeeOf = (row: PayeeRow): Payee => {
    const phone = vault.unseal(row.phoneSealed, phoneColumn(row.id)).toString('utf8');
    const msisdn = parseMsisdn(phone);
    invariant(msisdn.ok, 'a sealed phone number is a phone number');
    return {
      id: idFromNumber('payee', row.id),
      rail: row.rail,
      state: row.state,
      msisdn: msisdn.value,
      label: row.label,
      active: row.active,
      activatedAt: row.activatedAt ?? undefined,
      replaces: row.replaces,
      addedBy: row.addedBy,
      addedAt: row.addedAt,
      testId: row.testId === null ? undefined : idFromNumber('transfer', row.testId),
      tries: row.tries,
      confirmedBy: row.confirmedBy ?? undefined,
      confirmedAt: row.confirmedAt ?? undefined,
    };
  };

  const select = async (
    executor: Executor,
    condition: ReturnType<typeof sql>,
  ): Promise<readonly Payee[]> => {
    const { rows } = await sql<PayeeRow>`
      select ${columns} from payee where business_id = ${businessId} and ${condition}`.execute(
      executor,
    );
    return rows.map(payeeOf);
  };

  return {
    list: (executor: Executor): Promise<readonly Payee[]> =>
      select(executor, sql`true order by rail desc, active desc, id limit ${payeesMax}`),

    find: async (executor: Executor, id: PayeeId): Promise<Payee | undefined> =>
      (await select(executor, sql`id = ${numberFromId(id)}`))[0],

    lock: async (executor: Executor, id: PayeeId): Promise<Payee | undefined> =>
      (await select(executor, sql`id = ${numberFromId(id)} for update`))[0],

    byNumber: async (
      executor: Executor,
      rail: RailId,
      msisdn: Msisdn,
    ): Promise<Payee | undefined> =>
      (await select(executor, sql`rail = ${rail} and phone_index = ${deps.blindIndex(msisdn)}`))[0],

    active: async (executor: Executor, rail: RailId): Promise<Payee | undefined> =>
      (await select(executor, sql`rail = ${rail} and active`))[0],

    /** Answers false when the number is on the list already. */
    insert: async (
      executor: Executor,
      payee: Pick<Payee, 'id' | 'rail' | 'msisdn' | 'label' | 'addedBy' | 'addedAt'>,
    ): Promise<boolean> => {
      const id = numberFromId(payee.id);
      const { rows } = await sql`
        insert into payee (
          business_id, id, rail, state, phone_index, phone_sealed, label, active, added_by,
          added_at
        ) values (
          ${businessId}, ${id}, ${payee.rail}, 'unconfirmed', ${deps.blindIndex(payee.msisdn)},
          ${vault.seal(payee.msisdn, phoneColumn(id))}, ${payee.label}, false,
          ${payee.addedBy}, ${isoOf(payee.addedAt)}
        ) on conflict (business_id, rail, phone_index) do nothing
        returning id`.execute(executor);
      return rows.length > 0;
    },

    /** Sweeps of the rail go to this number from now on, and to no other. */
    activate: async (
      executor: Executor,
      { id, rail }: Pick<Payee, 'id' | 'rail'>,
      at: EpochMs,
    ): Promise<void> => {
      const { rows } = await sql`
        update payee set active = false
        where business_id = ${businessId} and rail = ${rail} and active
        returning id`.execute(executor);
      await sql`
        update payee set active = true, activated_at = ${isoOf(at)}, replaces = ${rows.length > 0}
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
    },

    startTest: async (executor: Executor, id: PayeeId, test: TransferId): Promise<void> => {
      await sql`
        update payee set state = 'testing', test_id = ${numberFromId(test)}, tries = 0
        where business_id = ${businessId} and id = ${numberFromId(id)}
          and state <> 'confirmed'`.execute(executor);
    },

    /** A test that ended without its owner's word. */
    endTest: async (
      executor: Executor,
      id: PayeeId,
      end: { readonly state: 'unconfirmed' | 'testing' | 'refused'; readonly tries: number },
    ): Promise<void> => {
      await sql`
        update payee set state = ${end.state}, tries = ${end.tries}
        where business_id = ${businessId} and id = ${numberFromId(id)}
          and state = 'testing'`.execute(executor);
    },

    confirm: async (
      executor: Executor,
      id: PayeeId,
      word: { readonly by: string; readonly at: EpochMs },
    ): Promise<void> => {
      await sql`
        update payee set state = 'confirmed', confirmed_by = ${word.by},
          confirmed_at = ${isoOf(word.at)}
        where business_id = ${businessId} and id = ${numberFromId(id)}
          and state = 'testing'`.execute(executor);
    },
  };
}
