import { businessDateOf, type EpochMs, invariant, startOfBusinessDay } from '#kernel';

import type { Context } from './context.ts';
import {
  flagIn,
  minorIn,
  numberIn,
  optionalTextIn,
  type Row,
  type Store,
  textIn,
} from './store.ts';

/** Money comes from and goes to `outside`; wallets of phones are `phone:<national>`. */
export const outside = 'outside';
export const merchant = 'merchant';
export const fees = 'fees';
export const walletOf = (national: string): string => `phone:${national}`;

export type TruthKind = 'collection' | 'disbursement' | 'refund';

/** One settled transaction, as the provider alone knows it for certain. */
export interface Truth {
  readonly seq: number;
  readonly kind: TruthKind;
  readonly ownId: string | undefined;
  readonly airtelId: string;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly national: string;
  readonly reference: string;
  readonly at: EpochMs;
  /** Of a refund: the Airtel id of what it gave back. */
  readonly refundOf: string | undefined;
}

/** What is asked of the journal; the rest it knows itself. */
export type NewTruth = Omit<Truth, 'seq' | 'at' | 'refundOf'>;

/** One movement of the merchant's wallet; money brought in from outside has no truth. */
export interface WalletMove {
  readonly movement: number;
  readonly amountMinor: bigint;
  readonly at: EpochMs;
  readonly truth: Truth | undefined;
}

export interface WalletPeriod {
  readonly openingMinor: bigint;
  /** Oldest first. */
  readonly moves: readonly WalletMove[];
}

export interface Journal {
  balanceOf(account: string): bigint;
  /** Money from outside, to a new phone or to the merchant's float. */
  bringIn(account: string, amountMinor: bigint): void;
  /** Moves the money of a transaction, or throws if a wallet does not hold it. */
  settle(truth: NewTruth): void;
  truthAfter(seq: number, limit: number): readonly Truth[];
  truthOf(national: string, limit: number): readonly Truth[];
  truthByAirtelId(airtelId: string): Truth | undefined;
  /** Newest first, as the transactions summary pages through them. */
  truthBetween(page: TruthPage): { readonly count: number; readonly found: readonly Truth[] };
  /** The merchant's wallet from one instant up to another, as a statement tells it. */
  walletBetween(period: { readonly from: EpochMs; readonly to: EpochMs }): WalletPeriod;
  /** What left this phone's wallet since the Nairobi midnight. */
  spentToday(national: string): bigint;
  conservation(): { readonly ok: boolean; readonly sumMinor: bigint };
}

export interface TruthPage {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly limit: number;
  readonly offset: number;
}

interface Leg {
  readonly account: string;
  readonly amountMinor: bigint;
}

const parseTruthRow = (row: Row): Truth => ({
  seq: numberIn(row, 'seq'),
  kind: textIn(row, 'kind') as TruthKind,
  ownId: optionalTextIn(row, 'own_id'),
  airtelId: textIn(row, 'airtel_id'),
  amountMinor: minorIn(row, 'amount_minor'),
  feeMinor: minorIn(row, 'fee_minor'),
  national: textIn(row, 'national'),
  reference: textIn(row, 'reference'),
  at: numberIn(row, 'at'),
  refundOf: optionalTextIn(row, 'refund_of'),
});

const selectTruth = `select *, (select of_airtel_id from refund
  where refund.airtel_id = truth.airtel_id) as refund_of from truth`;

/** Who pays and who gets: the merchant bears every fee (assumed; fees are negotiated, §15). */
function legsOf(truth: Pick<Truth, 'kind' | 'amountMinor' | 'feeMinor' | 'national'>): Leg[] {
  const { kind, amountMinor, feeMinor } = truth;
  const inward = kind === 'collection' ? 1n : -1n;
  const legs = [
    { account: walletOf(truth.national), amountMinor: -inward * amountMinor },
    { account: merchant, amountMinor: inward * amountMinor - feeMinor },
  ];
  return feeMinor > 0n ? [...legs, { account: fees, amountMinor: feeMinor }] : legs;
}

/** Double entry: every movement sums to zero, and balances are the sums of their postings. */
function post({ clock, store }: Context, legs: readonly Leg[]): void {
  const sum = legs.reduce((total, leg) => total + leg.amountMinor, 0n);
  invariant(sum === 0n, 'a movement sums to zero');
  const movement = store.next('movement');
  for (const { account, amountMinor } of legs) {
    const balanceMinor = balanceIn(store, account) + amountMinor;
    invariant(account === outside || balanceMinor >= 0n, 'no wallet is overdrawn');
    store.run('insert or ignore into account (id) values (?)', account);
    store.run('update account set balance_minor = ? where id = ?', balanceMinor, account);
    store.run(
      'insert into posting (movement, account, amount_minor, at) values (?, ?, ?, ?)',
      movement,
      account,
      amountMinor,
      clock.now(),
    );
  }
}

function balanceIn(store: Store, account: string): bigint {
  const row = store.get('select balance_minor from account where id = ?', account);
  return row === undefined ? 0n : minorIn(row, 'balance_minor');
}

function settle(context: Context, truth: NewTruth): void {
  invariant(truth.amountMinor > 0n, 'money that moves is more than nothing');
  post(context, legsOf(truth));
  context.store.run(
    `insert into truth
       (kind, own_id, airtel_id, amount_minor, fee_minor, national, reference, at)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    truth.kind,
    truth.ownId ?? null,
    truth.airtelId,
    truth.amountMinor,
    truth.feeMinor,
    truth.national,
    truth.reference,
    context.clock.now(),
  );
}

export function createJournal(context: Context): Journal {
  const { clock, store } = context;
  const many = (sql: string, ...values: readonly (string | number)[]): readonly Truth[] =>
    store.all(`${selectTruth} ${sql}`, ...values).map(parseTruthRow);
  return {
    balanceOf: (account) => balanceIn(store, account),
    bringIn: (account, amountMinor) =>
      store.transact(() =>
        post(context, [
          { account: outside, amountMinor: -amountMinor },
          { account, amountMinor },
        ]),
      ),
    settle: (truth) => store.transact(() => settle(context, truth)),
    truthAfter: (seq, limit) => many('where seq > ? order by seq limit ?', seq, limit),
    truthOf: (national, limit) =>
      many('where national = ? order by seq desc limit ?', national, limit),
    truthByAirtelId: (airtelId) => many('where airtel_id = ?', airtelId)[0],
    truthBetween: ({ from, to, limit, offset }) => {
      const row = store.get('select count(*) as n from truth where at between ? and ?', from, to);
      const page = 'where at between ? and ? order by seq desc limit ? offset ?';
      return { count: numberIn(row, 'n'), found: many(page, from, to, limit, offset) };
    },
    walletBetween: (period) => walletBetween(store, period),
    spentToday: (national) => {
      const row = store.get(
        `select coalesce(sum(amount_minor), 0) as spent from truth
           where national = ? and kind = 'collection' and at >= ?`,
        national,
        startOfBusinessDay(businessDateOf(clock.now())),
      );
      return minorIn(row, 'spent');
    },
    conservation: () => {
      const row = store.get('select coalesce(sum(balance_minor), 0) as total from account');
      const sumMinor = minorIn(row, 'total');
      return { ok: sumMinor === 0n && faultCount(store) === 0, sumMinor };
    },
  };
}

/**
 * Settled transactions and movements of the merchant's wallet are written together, one by one: the
 * nth of one is the nth of the other, once money from outside is left out.
 */
const movesSql = `
  with moved as (
    select p.movement, p.amount_minor as moved_minor, p.at as moved_at,
        o.movement is not null as is_float
      from posting p left join (select movement from posting where account = 'outside') o
        on o.movement = p.movement
      where p.account = 'merchant'),
    numbered as (
      select *, row_number() over (partition by is_float order by movement) as nth from moved),
    told as (select *, row_number() over (order by seq) as nth from (${selectTruth}))
  select movement, moved_minor, moved_at, is_float, told.*
    from numbered left join told on told.nth = numbered.nth and not is_float
    where moved_at >= ? and moved_at < ? order by movement`;

function parseMoveRow(row: Row): WalletMove {
  const truth = flagIn(row, 'is_float') ? undefined : parseTruthRow(row);
  const amountMinor = minorIn(row, 'moved_minor');
  if (truth !== undefined) {
    const inward = truth.kind === 'collection' ? 1n : -1n;
    const expectedMinor = inward * truth.amountMinor - truth.feeMinor;
    invariant(expectedMinor === amountMinor, 'a movement is the one its transaction made');
  }
  return { movement: numberIn(row, 'movement'), amountMinor, at: numberIn(row, 'moved_at'), truth };
}

function walletBetween(
  store: Store,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
): WalletPeriod {
  const before = store.get(
    `select coalesce(sum(amount_minor), 0) as held from posting
       where account = 'merchant' and at < ?`,
    from,
  );
  const moves = store.all(movesSql, from, to).map(parseMoveRow);
  return { openingMinor: minorIn(before, 'held'), moves };
}

/** Balances that are not their postings' sum, unbalanced movements, a merchant off the truth. */
const faultCount = (store: Store): number =>
  numberIn(
    store.get(`select
      (select count(*) from account a where balance_minor <>
        (select coalesce(sum(amount_minor), 0) from posting p where p.account = a.id))
      + (select count(*) from
        (select 1 from posting group by movement having sum(amount_minor) <> 0))
      + (select count(*) from account where id = 'merchant' and balance_minor <>
        (select coalesce(sum(case kind when 'collection' then amount_minor else -amount_minor end
          - fee_minor), 0) from truth)
        + (select coalesce(sum(amount_minor), 0) from posting where account = 'merchant'
          and movement in (select movement from posting where account = 'outside')))
      as faults`),
    'faults',
  );
