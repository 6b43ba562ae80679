import { parseMsisdn, type ChargeId, type Msisdn, type PaymentId, type RailId } from '#kernel';
import { isPayable, nearReferenceTo, type Billing, type Charge } from '#billing';
import type { Database } from '#platform/db';
import type { Rail } from '#rails';
import { normaliseReference } from '#streams';

import type { Exception } from '../exceptions/store.ts';
import { restOf } from '../fixes/places.ts';
import { paymentIdOf } from '../fixes/service.ts';
import type { Payment, PaymentStore } from '../payments/store.ts';
import type { SubsetFinder } from './client.ts';
import { isHalfHidden, suggest, type Suggestion } from './suggest.ts';

/** An exception with what could be done about it. */
export interface Proposed {
  readonly exception: Exception;
  readonly payment: Payment | undefined;
  readonly suggestions: readonly Suggestion[];
}

export interface ProposerDeps {
  readonly database: Database;
  readonly billing: Billing;
  readonly payments: PaymentStore;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly subsets: SubsetFinder;
}

/** Of each amount so many charges are looked at; every one of them has a phone to decrypt. */
const sameAmount = { maxOfPage: 10, maxOfOne: 100 };

interface Gathered {
  readonly payments: ReadonlyMap<PaymentId, Payment>;
  readonly waiting: readonly Charge[];
  readonly named: ReadonlyMap<ChargeId, Charge>;
  readonly siblings: readonly Payment[];
}

/** Looks for fixes that could be right, without a lock: whoever applies one is judged anew. */
export function createProposer(deps: ProposerDeps) {
  const { billing, payments } = deps;
  const { executor } = deps.database;

  /** Everything that proposals for the exceptions need, in a handful of questions. */
  const gather = async (
    exceptions: readonly Exception[],
    sameAmountMax: number,
  ): Promise<Gathered> => {
    const ids = exceptions.flatMap((one) => paymentIdOf(one) ?? []);
    const found = await payments.findMany(executor, ids);
    const open = found.filter(({ state }) => state === 'suspense' || state === 'credit');
    const chargeIds = [...new Set(open.flatMap(({ chargeId }) => chargeId ?? []))];
    const [waiting, named, siblings] = await Promise.all([
      billing.store.waiting(executor, {
        phones: open.flatMap((one) => payerOf(one) ?? []),
        // A phone that is known is looked for by itself.
        amountsMinor: open.filter(isHalfHidden).map(restOf),
        sameAmountMax,
        typed: open.map(typedOf),
      }),
      billing.store.findMany(executor, chargeIds),
      payments.suspendedFor(executor, chargeIds),
    ]);
    return {
      payments: new Map(found.map((payment) => [payment.id, payment])),
      waiting,
      named: new Map(named.map((charge) => [charge.id, charge])),
      siblings,
    };
  };

  const propose = (
    exception: Exception,
    gathered: Gathered,
    subset: readonly Charge[],
  ): Proposed => {
    const id = paymentIdOf(exception);
    const payment = id === undefined ? undefined : gathered.payments.get(id);
    const chargeId = payment?.chargeId;
    const charge = chargeId === undefined ? undefined : gathered.named.get(chargeId);
    const suggestions = suggest({
      exception,
      payment,
      waiting: gathered.waiting,
      isNear: payment === undefined ? () => false : nearReferenceTo(typedOf(payment)),
      named: charge !== undefined && isPayable(charge.state) ? charge : undefined,
      siblings: gathered.siblings.filter((one) => one.chargeId === chargeId),
      isReversible: payment !== undefined && deps.rails.get(payment.rail)?.refunds !== undefined,
      subset,
    });
    return { exception, payment, suggestions };
  };

  const subsetFor = async (
    payment: Payment,
    waiting: readonly Charge[],
  ): Promise<readonly Charge[]> => {
    const payer = payerOf(payment);
    if (payer === undefined || payment.state !== 'suspense') return [];
    const own = waiting.filter(({ msisdn }) => msisdn === payer);
    const amounts = own.map(({ amountMinor }) => amountMinor);
    const indexes = await deps.subsets.findOnly(amounts, restOf(payment));
    return own.filter((_, index) => indexes?.has(index) === true);
  };

  return {
    /**
     * For a page, which is read often. Charges that only together make the amount, and the only
     * one among many of its amount, are looked for one exception at a time.
     */
    forPage: async (exceptions: readonly Exception[]): Promise<readonly Proposed[]> => {
      const gathered = await gather(exceptions, sameAmount.maxOfPage);
      return exceptions.map((exception) => propose(exception, gathered, []));
    },

    forOne: async (exception: Exception): Promise<Proposed> => {
      const gathered = await gather([exception], sameAmount.maxOfOne);
      const [payment] = gathered.payments.values();
      const isOpen = exception.state === 'open' && payment !== undefined;
      const subset = isOpen ? await subsetFor(payment, gathered.waiting) : [];
      return propose(exception, gathered, subset);
    },
  };
}

const payerOf = ({ payer }: Payment): Msisdn | undefined => {
  const parsed = parseMsisdn(payer ?? '');
  return parsed.ok ? parsed.value : undefined;
};

const typedOf = ({ accountReference }: Payment): string => normaliseReference(accountReference);
