import { formatMoney, parseMsisdn, type ChargeId, type Msisdn, type PaymentId } from '#kernel';
import type { Charge } from '#billing';

import type { Exception } from '../exceptions/store.ts';
import { factsOf, type Fix } from '../fixes/fix.ts';
import { restOf } from '../fixes/places.ts';
import type { Payment } from '../payments/store.ts';

/** A fix that could be right, and why; it is applied by a person or not at all. */
export interface Suggestion {
  readonly fix: Fix;
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
  return once(allowed).slice(0, suggestionsMax);
}

function proposalsFor(payment: Payment, facts: SuggestFacts): readonly Suggestion[] {
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
function byNamedCharge(payment: Payment, facts: SuggestFacts): readonly Suggestion[] {
  const { named: charge, siblings } = facts;
  if (charge === undefined) return [];
  const lackMinor = charge.amountMinor - restOf(payment);
  if (lackMinor <= 0n) {
    const why = `It named charge ${charge.reference}; ${formatMoney(-lackMinor)} is left over.`;
    return [{ fix: matchOf({ charge }), why }];
  }
  const other = siblings.filter((one) => one.id !== payment.id && restOf(one) === lackMinor);
  const [sibling] = other;
  const together =
    sibling === undefined || other.length > 1
      ? []
      : [
          {
            fix: matchOf({ charge }, { charge, paymentId: sibling.id }),
            why: `Together with ${sibling.receipt} it is what charge ${charge.reference} asks for.`,
          },
        ];
  const why = `It named charge ${charge.reference}; ${formatMoney(lackMinor)} would be waived.`;
  return [...together, ...nearlyAll(charge, lackMinor, why)];
}

/** More than a tenth is not let go of on a hint. */
const nearlyAll = (charge: Charge, lackMinor: bigint, why: string): readonly Suggestion[] =>
  lackMinor * 10n > charge.amountMinor
    ? []
    : [{ fix: { kind: 'accept-short', chargeId: charge.id }, why }];

/** What was typed is one slip away from the reference of exactly one charge. */
function byReference(payment: Payment, { waiting, isNear }: SuggestFacts): readonly Suggestion[] {
  const [charge, ...more] = waiting.filter(({ reference }) => isNear(reference));
  if (charge === undefined || more.length > 0) return [];
  const { reference } = charge;
  const lackMinor = charge.amountMinor - restOf(payment);
  const slip = `“${payment.accountReference}” is one slip away from charge ${reference}`;
  if (lackMinor > 0n) {
    return nearlyAll(charge, lackMinor, `${slip}; ${formatMoney(lackMinor)} would be waived.`);
  }
  const rest =
    lackMinor === 0n ? ', and the amount is the same' : `; ${formatMoney(-lackMinor)} is left over`;
  return [{ fix: matchOf({ charge }), why: `${slip}${rest}.` }];
}

function byPayer(
  payment: Payment,
  payer: Msisdn | undefined,
  { waiting }: SuggestFacts,
): readonly Suggestion[] {
  if (payer === undefined) return [];
  const [charge, ...more] = waiting.filter(
    ({ msisdn, amountMinor }) => msisdn === payer && amountMinor === restOf(payment),
  );
  if (charge === undefined || more.length > 0) return [];
  const why = `The same phone owes exactly this much for charge ${charge.reference}.`;
  return [{ fix: matchOf({ charge }), why }];
}

function bySubset({ subset }: SuggestFacts): readonly Suggestion[] {
  if (subset.length < 2) return [];
  const references = subset.map(({ reference }) => reference).join(', ');
  const why = `Of all the same phone owes, only ${references} together make this amount.`;
  return [{ fix: matchOf(...subset.map((charge) => ({ charge }))), why }];
}

/** Providers often show a payer with the middle digits hidden: what is shown must fit. */
function byAmount(payment: Payment, { waiting }: SuggestFacts): readonly Suggestion[] {
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
  const why =
    `It is the only charge of this amount (${charge.reference}) for a phone that looks like ` +
    "the payer's.";
  return [{ fix: matchOf({ charge }), why }];
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
): readonly Suggestion[] {
  const isWhole = payment.earnedMinor === 0n;
  // Without a number to send it to, only a reversal finds its way.
  if (payer === undefined && !(isWhole && isReversible)) return [];
  const refund: Suggestion = {
    fix: { kind: 'refund', part: isWhole ? 'whole' : 'rest', by: undefined },
    why:
      exception.kind === 'duplicate-payment'
        ? 'What it named was paid before.'
        : 'If nobody knows what it was for, it goes back to its payer.',
  };
  if (payment.state === 'credit' || payer === undefined || !isWhole) return [refund];
  const hold: Suggestion = {
    fix: { kind: 'assign-customer', phone: undefined },
    why: 'The payer is known: it can be held for a later charge of the same phone.',
  };
  return exception.kind === 'duplicate-payment' ? [refund, hold] : [hold, refund];
}

function lastResort(
  { kind }: SuggestFacts['exception'],
  payment: Payment | undefined,
): readonly Suggestion[] {
  if (kind === 'reversed-by-provider') return aboutReversal(payment);
  if (kind === 'late-success') {
    return [{ fix: { kind: 'keep' }, why: 'The money is earned; tell the customer it arrived.' }];
  }
  if (kind === 'forged-callback') {
    return [{ fix: { kind: 'dismiss' }, why: 'Nothing was booked; the callback is kept.' }];
  }
  return [];
}

function aboutReversal(payment: Payment | undefined): readonly Suggestion[] {
  const state = payment?.state;
  if (state === 'refunding') return [];
  if (state !== 'refunded' && state !== 'reversed') {
    const why = 'It is counted although the payer has it again.';
    return [{ fix: { kind: 'book-reversal' }, why }];
  }
  const why =
    state === 'refunded'
      ? 'A refund has paid it as well; it counts no more.'
      : 'It counts no more; settle with the payer what was delivered.';
  return [{ fix: { kind: 'keep' }, why }];
}

const payerOf = ({ payer }: Payment): Msisdn | undefined => {
  const parsed = parseMsisdn(payer ?? '');
  return parsed.ok ? parsed.value : undefined;
};

const chargesOf = (fix: Fix): readonly (ChargeId | undefined)[] =>
  fix.kind === 'match' ? fix.allocations.map(({ chargeId }) => chargeId) : [];

/** The same fix for two reasons is told once, with the better one. */
function once(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  const seen = new Set<string>();
  return suggestions.filter(({ fix }) => {
    const name = `${fix.kind} ${chargesOf(fix).join(' ')}`;
    const isNew = !seen.has(name);
    seen.add(name);
    return isNew;
  });
}
