import { parseMsisdn, type ChargeId, type Msisdn, type PaymentId } from '#kernel';
import type { Charge } from '#billing';

import type { Exception } from '../exceptions/store.ts';
import { factsOf, type Fix } from '../fixes/fix.ts';
import { restOf } from '../fixes/places.ts';
import type { Payment } from '../payments/store.ts';
import { sentenceOf, type Reason } from './reason.ts';

interface Proposal {
  readonly fix: Fix;
  readonly reason: Reason;
}

/** A fix that could be right, and why; it is applied by a person or not at all. */
export interface Suggestion extends Proposal {
  /** The reason in English. */
  readonly why: string;
}

export interface SuggestFacts {
  readonly exception: Pick<Exception, 'kind' | 'state' | 'detail'>;
  /** The one the exception is about. */
  readonly payment: Payment | undefined;
  /** Charges that wait for money and could have to do with it. */
  readonly waiting: readonly Charge[];
  /** Whether the payer may have meant that reference by what was typed. */
  readonly isNear: (reference: string) => boolean;
  /** The charge the payment named, where it can still be paid. */
  readonly named: Charge | undefined;
  /** Other money in suspense for the charge it named. */
  readonly siblings: readonly Payment[];
  /** The payment's rail gives whole payments back. */
  readonly isReversible: boolean;
  /** The only charges of the payer that add up to the money. */
  readonly subset: readonly Charge[];
}

const matchOf = (
  ...parts: readonly { readonly charge: Charge; readonly paymentId?: PaymentId }[]
): Fix => ({
  kind: 'match',
  allocations: parts.map(({ charge, paymentId }) => ({
    chargeId: charge.id,
    amountMinor: undefined,
    paymentId,
  })),
  rest: 'stays',
  phone: undefined,
});

const suggestionsMax = 5;

/** Proposals for one exception, the likeliest first. */
export function suggest(facts: SuggestFacts): readonly Suggestion[] {
  const { exception, payment } = facts;
  if (exception.state !== 'open') return [];
  const { fixes } = factsOf(exception.kind);
  const proposals = payment === undefined ? [] : proposalsFor(payment, facts);
  const allowed = [...proposals, ...lastResort(exception, payment)].filter(({ fix }) =>
    fixes.includes(fix.kind),
  );
  return once(allowed)
    .slice(0, suggestionsMax)
    .map(({ fix, reason }) => ({ fix, reason, why: sentenceOf(reason) }));
}

function proposalsFor(payment: Payment, facts: SuggestFacts): readonly Proposal[] {
  if (payment.state !== 'suspense' && payment.state !== 'credit') return [];
  const payer = payerOf(payment);
  return [
    ...byNamedCharge(payment, facts),
    ...byReference(payment, facts),
    ...byPayer(payment, payer, facts),
    ...bySubset(facts),
    ...byAmount(payment, facts),
    ...back(payment, payer, facts),
  ];
}

/** The charge was named; only the amount is another. */
function byNamedCharge(payment: Payment, facts: SuggestFacts): readonly Proposal[] {
  const { named: charge, siblings } = facts;
  if (charge === undefined) return [];
  const { reference } = charge;
  const lackMinor = charge.amountMinor - restOf(payment);
  if (lackMinor <= 0n) {
    const reason = { kind: 'named-charge-left-over', reference, leftMinor: -lackMinor } as const;
    return [{ fix: matchOf({ charge }), reason }];
  }
  const other = siblings.filter((one) => one.id !== payment.id && restOf(one) === lackMinor);
  const [sibling] = other;
  const together =
    sibling === undefined || other.length > 1
      ? []
      : [
          {
            fix: matchOf({ charge }, { charge, paymentId: sibling.id }),
            reason: { kind: 'named-charge-together', reference, receipt: sibling.receipt } as const,
          },
        ];
  const short = { kind: 'named-charge-short', reference, waivedMinor: lackMinor } as const;
  return [...together, ...nearlyAll(charge, short)];
}

/** More than a tenth is not let go of on a hint. */
const nearlyAll = (
  charge: Charge,
  reason: Extract<Reason, { readonly waivedMinor: bigint }>,
): readonly Proposal[] =>
  reason.waivedMinor * 10n > charge.amountMinor
    ? []
    : [{ fix: { kind: 'accept-short', chargeId: charge.id }, reason }];

/** What was typed is one slip away from the reference of exactly one charge. */
function byReference(payment: Payment, { waiting, isNear }: SuggestFacts): readonly Proposal[] {
  const [charge, ...more] = waiting.filter(({ reference }) => isNear(reference));
  if (charge === undefined || more.length > 0) return [];
  const slip = { accountReference: payment.accountReference, reference: charge.reference };
  const lackMinor = charge.amountMinor - restOf(payment);
  if (lackMinor > 0n) {
    return nearlyAll(charge, { kind: 'near-reference-short', ...slip, waivedMinor: lackMinor });
  }
  const reason: Reason =
    lackMinor === 0n
      ? { kind: 'near-reference', ...slip }
      : { kind: 'near-reference-left-over', ...slip, leftMinor: -lackMinor };
  return [{ fix: matchOf({ charge }), reason }];
}

function byPayer(
  payment: Payment,
  payer: Msisdn | undefined,
  { waiting }: SuggestFacts,
): readonly Proposal[] {
  if (payer === undefined) return [];
  const [charge, ...more] = waiting.filter(
    ({ msisdn, amountMinor }) => msisdn === payer && amountMinor === restOf(payment),
  );
  if (charge === undefined || more.length > 0) return [];
  const { reference } = charge;
  return [{ fix: matchOf({ charge }), reason: { kind: 'same-phone', reference } }];
}

function bySubset({ subset }: SuggestFacts): readonly Proposal[] {
  if (subset.length < 2) return [];
  const references = subset.map(({ reference }) => reference);
  const fix = matchOf(...subset.map((charge) => ({ charge })));
  return [{ fix, reason: { kind: 'same-phone-together', references } }];
}

/** Providers often show a payer with the middle digits hidden: what is shown must fit. */
function byAmount(payment: Payment, { waiting }: SuggestFacts): readonly Proposal[] {
  const shown = shownOf(payment);
  if (shown === undefined) return [];
  const [charge, ...more] = waiting.filter(
    ({ msisdn, amountMinor }) =>
      msisdn !== undefined &&
      amountMinor === restOf(payment) &&
      msisdn.startsWith(shown.head) &&
      msisdn.endsWith(shown.tail),
  );
  if (charge === undefined || more.length > 0) return [];
  const { reference } = charge;
  return [{ fix: matchOf({ charge }), reason: { kind: 'alike-phone', reference } }];
}

const shownDigitsMin = 5;

/** `2547•••••678` or `2547*****678`: head and tail as shown, anything between. */
function shownOf(payment: Payment): { readonly head: string; readonly tail: string } | undefined {
  if (payerOf(payment) !== undefined) return undefined;
  const shown = payment.payer?.trim() ?? '';
  const [, head = '', tail = ''] = /^\+?(\d*)\D+(\d*)$/.exec(shown) ?? [];
  const isEnough = head.length + tail.length >= shownDigitsMin && tail !== '';
  return isEnough ? { head, tail } : undefined;
}

/** Its payer is shown with digits hidden, which a charge of the same amount may bring to light. */
export const isHalfHidden = (payment: Payment): boolean => shownOf(payment) !== undefined;

/** Where nothing tells what it paid for, or it was paid already. */
function back(
  payment: Payment,
  payer: Msisdn | undefined,
  { exception, isReversible }: SuggestFacts,
): readonly Proposal[] {
  const isWhole = payment.earnedMinor === 0n;
  // Without a number to send it to, only a reversal finds its way.
  if (payer === undefined && !(isWhole && isReversible)) return [];
  const isPaid = exception.kind === 'duplicate-payment';
  const refund: Proposal = {
    fix: { kind: 'refund', part: isWhole ? 'whole' : 'rest', by: undefined },
    reason: { kind: isPaid ? 'paid-before' : 'purpose-unknown' },
  };
  if (payment.state === 'credit' || payer === undefined || !isWhole) return [refund];
  const hold: Proposal = {
    fix: { kind: 'assign-customer', phone: undefined },
    reason: { kind: 'payer-known' },
  };
  return isPaid ? [refund, hold] : [hold, refund];
}

function lastResort(
  { kind }: SuggestFacts['exception'],
  payment: Payment | undefined,
): readonly Proposal[] {
  if (kind === 'reversed-by-provider') return aboutReversal(payment);
  if (kind === 'late-success') return [{ fix: { kind: 'keep' }, reason: { kind: 'earned-late' } }];
  if (kind === 'forged-callback') {
    return [{ fix: { kind: 'dismiss' }, reason: { kind: 'nothing-booked' } }];
  }
  return [];
}

function aboutReversal(payment: Payment | undefined): readonly Proposal[] {
  const state = payment?.state;
  if (state === 'refunding') return [];
  if (state !== 'refunded' && state !== 'reversed') {
    return [{ fix: { kind: 'book-reversal' }, reason: { kind: 'still-counted' } }];
  }
  const kind = state === 'refunded' ? 'refunded-as-well' : 'counted-no-more';
  return [{ fix: { kind: 'keep' }, reason: { kind } }];
}

const payerOf = ({ payer }: Payment): Msisdn | undefined => {
  const parsed = parseMsisdn(payer ?? '');
  return parsed.ok ? parsed.value : undefined;
};

const chargesOf = (fix: Fix): readonly (ChargeId | undefined)[] =>
  fix.kind === 'match' ? fix.allocations.map(({ chargeId }) => chargeId) : [];

/** The same fix for two reasons is told once, with the better one. */
function once(proposals: readonly Proposal[]): readonly Proposal[] {
  const seen = new Set<string>();
  return proposals.filter(({ fix }) => {
    const name = `${fix.kind} ${chargesOf(fix).join(' ')}`;
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
}
