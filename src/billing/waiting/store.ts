import type { BusinessId, Msisdn } from '#kernel';
import { byteas, int8s, newestFirst, sql, texts, type RawBuilder } from '#platform/db';
import type { BlindIndex } from '#security';

import { waitingStates } from '../charge.ts';
import { nearKeyDigits, nearKeysOf } from '../near-reference.ts';

/** Charges that wait for money, by any of these. */
export interface WaitingQuestion {
  readonly phones: readonly Msisdn[];
  readonly amountsMinor: readonly bigint[];
  /** Where more than so many charges have an amount, none of them is answered. */
  readonly sameAmountMax: number;
  /** What payers typed for a reference. */
  readonly typed: readonly string[];
}

/** Of one phone, or with one half of a reference: by chance that takes 80 million charges. */
const alikeMax = 100;

type Query = RawBuilder<unknown>;

/** In words of the statement, not in parameters: so a plan made once uses the indexes of these. */
const states = sql.join(waitingStates.map((one) => sql.lit(one)));
export const waitsIn = (businessId: BusinessId): Query =>
  sql`business_id = ${businessId} and state in (${states})`;

interface Few {
  /** An array of what is asked for. */
  readonly values: Query;
  /** Conditions by one of them, `asked.value`. */
  readonly fits: Query;
  /** Names an index where a frequent value would have the planner read the table until it ends. */
  readonly order?: Query;
  readonly max?: number;
}

/** Numbers of charges that fit one of the values; where many fit one, none: it tells nothing. */
const fewOf = (waits: Query, { values, fits, order, max = alikeMax }: Few): Query => sql`
  select unnest(few.ids) from (select distinct unnest(${values}) as value) as asked
  cross join lateral (
    select array_agg(fit.id) as ids from (
      select id from charge_unpaid where ${waits} and ${fits}
      ${order === undefined ? sql`` : sql`order by ${order}`} limit ${max + 1}
    ) as fit
  ) as few
  where cardinality(few.ids) <= ${max}`;

/** Numbers of charges that could be meant, and of some that only share half of a reference. */
function referenceArms(waits: Query, typed: readonly string[]): readonly Query[] {
  const keys = typed.map(nearKeysOf);
  const heads = keys.flatMap((one) => one.heads);
  const tails = keys.flatMap((one) => one.tails);
  const whole = keys.flatMap((one) => one.whole);
  if (heads.length + tails.length + whole.length === 0) return [];
  return [
    sql`select id from charge_unpaid where ${waits} and reference = any(${texts(whole)}::text[])`,
    fewOf(waits, {
      values: sql`${texts(heads)}::text[]`,
      // No character of a reference comes after a tilde.
      fits: sql`reference >= asked.value and reference < asked.value || '~'`,
      order: sql`reference`,
    }),
    fewOf(waits, {
      values: sql`${texts(tails)}::text[]`,
      fits: sql`right(reference, ${sql.lit(nearKeyDigits)}) = asked.value`,
    }),
  ];
}

function amountArms(waits: Query, asked: WaitingQuestion): readonly Query[] {
  if (asked.amountsMinor.length === 0) return [];
  const { where, order } = newestFirst({
    keys: [{ column: sql`amount_minor`, value: sql`asked.value` }],
    id: sql`id`,
    before: undefined,
  });
  const values = sql`${int8s(asked.amountsMinor)}::bigint[]`;
  return [fewOf(waits, { values, fits: where, order, max: asked.sameAmountMax })];
}

/** Statements that find the numbers of charges, each for one way of being asked for. */
export function waitingIdsOf(
  { businessId, blindIndex }: { readonly businessId: BusinessId; readonly blindIndex: BlindIndex },
  asked: WaitingQuestion,
) {
  const waits = waitsIn(businessId);
  const phones = sql`${byteas(asked.phones.map(blindIndex))}::bytea[]`;
  return {
    byReference: referenceArms(waits, asked.typed),
    byPhone:
      asked.phones.length === 0
        ? []
        : [fewOf(waits, { values: phones, fits: sql`phone_index = asked.value` })],
    byAmount: amountArms(waits, asked),
  };
}
