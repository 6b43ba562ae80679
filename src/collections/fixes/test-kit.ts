import {
  err,
  invariant,
  isoOf,
  ok,
  parseId,
  shillings,
  type ChargeId,
  type EpochMs,
  type ExceptionId,
  type PaymentId,
  type Result,
  type TransferId,
} from '#kernel';
import { credit, debit, railCollection } from '#ledger';
import { silentLog } from '#platform/log';
import type { RefundOrder, TransferRefusal } from '#transfers';

import { openBusiness, owner, type TestBusiness } from '../../../test/support/business.ts';
import type { Exception } from '../exceptions/store.ts';
import { createCollections, type Collections } from '../service.ts';
import type { Suggestion } from '../suggestions/suggest.ts';
import { byHand } from '../test-kit.ts';
import type { FixRefusal } from './errors.ts';
import type { AppliedFix, Fix, FixOf } from './fix.ts';

/** A business with money to be placed, and refunds that end when the test says so. */
export interface Inbox {
  readonly town: TestBusiness;
  readonly collections: Collections;
  /** The refunds asked for, oldest first. */
  readonly refunds: (RefundOrder & { readonly id: TransferId })[];
  /** Why the next refunds are refused; undefined when they are taken. */
  refuse: TransferRefusal | undefined;
  /** Money by hand; answers the payment. */
  pay(money: {
    readonly receipt: string;
    readonly kes?: number;
    readonly amountMinor?: bigint;
    readonly reference?: string;
    readonly payer?: string | undefined;
  }): Promise<PaymentId>;
  /** Every exception about it, newest first. */
  allAbout(subject: string): Promise<readonly Exception[]>;
  /** The newest open exception about it, or the newest of all. */
  about(subject: string): Promise<Exception>;
  /** A statement tells that the provider gave it back by itself: all of it unless said. */
  giveBack(
    payment: PaymentId,
    line?: { readonly amountMinor?: bigint; readonly at?: EpochMs },
  ): Promise<void>;
  fix(
    id: ExceptionId,
    fix: Fix,
    more?: Partial<Parameters<Collections['applyFix']>[0]>,
  ): Promise<Result<AppliedFix, FixRefusal>>;
  undo(id: ExceptionId, requestKey?: string): Promise<Result<AppliedFix, FixRefusal>>;
  /** The refund asked for last. */
  lastRefund(): TransferId;
  /** Books the end and tells of it; `reversed` takes back what a person had said. */
  endRefund(id: TransferId, end: 'completed' | 'failed' | 'reversed'): Promise<void>;
  /** Applies the first suggestion about it. */
  followSuggestion(subject: string): Promise<Suggestion>;
  /** `state earned/amount`, in shillings. */
  standing(id: PaymentId): Promise<string>;
  chargeState(id: ChargeId): Promise<string | undefined>;
  /** What the books say of an account, credits above zero. */
  owed(account: string): Promise<bigint>;
}

export const matching = (
  ...allocations: readonly (
    | ChargeId
    | { readonly chargeId: ChargeId; readonly kes?: number; readonly paymentId?: PaymentId }
  )[]
): FixOf<'match'> => ({
  kind: 'match',
  allocations: allocations.map((one) =>
    typeof one === 'string'
      ? { chargeId: one, amountMinor: undefined, paymentId: undefined }
      : {
          chargeId: one.chargeId,
          amountMinor: one.kes === undefined ? undefined : shillings(one.kes),
          paymentId: one.paymentId,
        },
  ),
  rest: 'stays',
  phone: undefined,
});

export const refunding = (part: 'whole' | 'rest' = 'whole'): Fix => ({
  kind: 'refund',
  part,
  by: undefined,
});

export const payer = '254712345678';

export async function openInbox(): Promise<Inbox> {
  const town = await openBusiness();
  const { business } = town;
  const refunds: Inbox['refunds'] = [];
  const collections = createCollections({
    ...business,
    log: silentLog,
    isRunning: business.engine.isRunning,
    shortCodes: new Map([['mpesa', ['600111']]]),
    callbackUrl: () => 'http://127.0.0.1/',
    requestRefund: (_, order) => {
      const { refuse } = inbox;
      if (refuse !== undefined) return Promise.resolve(err(refuse));
      const id = business.ids.next('transfer');
      refunds.push({ ...order, id });
      return Promise.resolve(ok({ id }));
    },
  });
  const find = async (id: PaymentId) => {
    const payment = await collections.findPayment(id);
    invariant(payment !== undefined, 'the payment is there');
    return payment;
  };

  const inbox: Inbox = {
    town,
    collections,
    refunds,
    refuse: undefined,

    pay: async ({ receipt, kes = 500, amountMinor, reference = '?', payer: from = payer }) => {
      await town.deliver(
        'paybill-confirmation',
        0n,
        byHand({
          receipt,
          amountMinor: amountMinor ?? shillings(kes),
          accountReference: reference,
          payer: from,
        }),
      );
      const [row] = await town.rows<{ subject: string }>(
        `select detail ->> 'receipt' as receipt, subject from exception
         where detail ->> 'receipt' = '${receipt}' order by id desc`,
      );
      const id = parseId('payment', row?.subject ?? '');
      invariant(id.ok, 'the payment is an exception');
      return id.value;
    },

    allAbout: async (subject) => {
      const page = { before: undefined, limit: 200, state: undefined };
      return (await collections.exceptions(page)).filter((one) => one.subject === subject);
    },

    giveBack: async (payment, line = {}) => {
      const { rail, receipt, ...paid } = await find(payment);
      const { amountMinor = paid.amountMinor, at = town.clock.now() } = line;
      const detail = { receipt: `BACK-${receipt}`, occurredAt: isoOf(at) };
      const kind = 'reversed-by-provider';
      await business.database.transaction(async (tx) => {
        await collections.openExceptions(tx, [
          { kind, rail, subject: payment, amountMinor, detail },
        ]);
        await collections.bookReversals(tx, [payment]);
      });
    },

    about: async (subject) => {
      const all = await inbox.allAbout(subject);
      const found = all.find(({ state }) => state === 'open') ?? all[0];
      invariant(found !== undefined, 'there is an exception about it');
      return found;
    },

    fix: (exceptionId, fix, more = {}) =>
      collections.applyFix({
        exceptionId,
        fix,
        after: undefined,
        by: owner,
        reason: 'as agreed',
        requestKey: undefined,
        ...more,
      }),

    undo: (exceptionId, requestKey) =>
      collections.undoFix({ exceptionId, by: owner, reason: 'a mistake', requestKey }),

    lastRefund: () => {
      const last = refunds.at(-1);
      invariant(last !== undefined, 'a refund was asked for');
      return last.id;
    },

    endRefund: (id, end) =>
      business.database.transaction(async (tx) => {
        const order = refunds.find((one) => one.id === id);
        invariant(order !== undefined, 'only what was asked for ends');
        const { amountMinor, paymentId, paidFrom, rail } = order;
        if (end !== 'failed') {
          const sign = end === 'completed' ? 1n : -1n;
          const booked = await business.ledger.entriesOf(id, tx);
          await business.ledger.post(tx, [
            {
              id: business.ids.next('ledgerTransaction'),
              kind: `refund-${end}`,
              idempotencyKey: `refund-${end}:${id}:${booked.length}`,
              subject: id,
              occurredAt: town.clock.now(),
              entries: [
                debit(paidFrom, amountMinor),
                credit(railCollection(rail), amountMinor),
              ].map((one) => ({ ...one, amountMinor: one.amountMinor * sign })),
            },
          ]);
        }
        const told = end === 'completed' ? end : 'failed';
        await collections.refundEnded(tx, { paymentId, transferId: id, end: told });
      }),

    followSuggestion: async (subject) => {
      const { id } = await inbox.about(subject);
      const [first] = (await collections.propose(id))?.suggestions ?? [];
      invariant(first !== undefined, 'something is suggested');
      const applied = await inbox.fix(id, first.fix);
      invariant(applied.ok, 'a suggestion can be applied');
      return first;
    },

    standing: async (id) => {
      const { state, earnedMinor, amountMinor } = await find(id);
      return `${state} ${earnedMinor / 100n}/${amountMinor / 100n}`;
    },

    chargeState: async (id) => (await business.billing.find(id))?.state,

    owed: async (account) => {
      const balances = await business.ledger.balances();
      return -(balances.find(({ name }) => name === account)?.balanceMinor ?? 0n);
    },
  };
  return inbox;
}
