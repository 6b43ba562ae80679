import { businessDateOf, type EpochMs, invariant, startOfBusinessDay } from '#kernel';

import type { Context } from './context.ts';
import { minorIn, numberIn, optionalTextIn, type Row, type Store, textIn } from './store.ts';

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
}

export interface Journal {
  balanceOf(account: string): bigint;
  /** Money from outside, to a new phone or to the merchant's float. */
  bringIn(account: string, amountMinor: bigint): void;
  /** Moves the money of a transaction, or throws if a wallet does not hold it. */
  settle(truth: Omit<Truth, 'seq' | 'at'>): void;
  truthAfter(seq: number, limit: number): readonly Truth[];
  truthOf(national: string, limit: number): readonly Truth[];
  truthByAirtelId(airtelId: string): Truth | undefined;
  /** Newest first, as the transactions summary pages through them. */
  truthBetween(page: TruthPage): { readonly count: number; readonly found: readonly Truth[] };
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
});

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

function settle(context: Context, truth: Omit<Truth, 'seq' | 'at'>): void {
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
    store.all(`select * from truth ${sql}`, ...values).map(parseTruthRow);
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
