import { numberFromId, type BusinessId, type ChargeId, type Msisdn } from '#kernel';
import { newestFirst, sql, type RawBuilder, type Walk } from '#platform/db';
import type { BlindIndex } from '#security';

import type { ChargeState } from '../charge.ts';
import { waitsIn } from '../waiting/store.ts';

export interface ChargePage {
  readonly before: ChargeId | undefined;
  readonly limit: number;
  readonly state: ChargeState | undefined;
  /** The one with this reference. */
  readonly reference?: string | undefined;
  /** Those of a phone that wait for money; of one that has very many, not all. */
  readonly phone?: Msisdn | undefined;
  /** Those of this amount that wait for money. */
  readonly amountMinor?: bigint | undefined;
}

/** Charges that are shown of one phone. */
const ofPhoneMax = 500;

type Query = RawBuilder<unknown>;

/** Which table has the charges of a page, and along which of its indexes they are walked. */
const roadOf = ({ state, amountMinor }: ChargePage): { table: Query; keys: Walk['keys'] } => {
  if (amountMinor !== undefined) {
    return {
      table: sql`charge_unpaid`,
      keys: [{ column: sql`amount_minor`, value: sql`${amountMinor}::bigint` }],
    };
  }
  if (state === undefined) return { table: sql`charge`, keys: [] };
  if (state === 'paid') return { table: sql`charge_paid`, keys: [] };
  return { table: sql`charge_unpaid`, keys: [{ column: sql`state`, value: sql`${state}` }] };
};

interface Finder {
  readonly businessId: BusinessId;
  readonly blindIndex: BlindIndex;
}

/** The little that has a reference or a phone is looked up first. */
function foundBy(page: ChargePage, { businessId, blindIndex }: Finder): readonly Query[] {
  const { reference, phone, amountMinor, state } = page;
  const waits = waitsIn(businessId);
  const found: Query[] = [];
  if (reference !== undefined) {
    found.push(sql`id = any(array(
      select id from charge where business_id = ${businessId} and reference = ${reference}
    ))`);
  }
  if (phone !== undefined) {
    found.push(sql`id = any(array(
      select id from charge_unpaid where ${waits} and phone_index = ${blindIndex(phone)}
      limit ${ofPhoneMax}
    ))`);
  }
  if (amountMinor !== undefined) found.push(waits);
  // Walked along amounts, the state is looked at on the way.
  if (amountMinor !== undefined && state !== undefined) found.push(sql`state = ${state}`);
  return found;
}

/** Numbers of the charges that a page has, newest first. */
export function pageIdsOf(page: ChargePage, finder: Finder): Query {
  const { table, keys } = roadOf(page);
  const { where, order } = newestFirst({
    keys,
    id: sql`id`,
    before: page.before === undefined ? undefined : numberFromId(page.before),
  });
  return sql`
    select id from ${table}
    where business_id = ${finder.businessId}
      and ${sql.join([where, ...foundBy(page, finder)], sql` and `)}
    order by ${order} limit ${page.limit}`;
}
