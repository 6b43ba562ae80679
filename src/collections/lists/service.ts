import type { Clock, RailId } from '#kernel';
import { isPayable, type Billing, type Charge } from '#billing';
import type { Tx } from '#platform/db';
import type { ListedPayment } from '#rails';
import { normaliseReference } from '#streams';

import { believableTime, place } from '../judge.ts';
import type { Booking } from '../payments/service.ts';
import { receiptKey, type Payment, type PaymentStore } from '../payments/store.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { PromptStore } from '../prompts/store.ts';

export interface ListBookerDeps {
  readonly clock: Clock;
  readonly billing: Billing;
  readonly payments: PaymentStore;
  readonly prompts: PromptStore;
  readonly book: (tx: Tx, bookings: readonly Booking[]) => Promise<readonly Payment[]>;
}

/** Payments by a provider's own word: its list of recent ones, or its account statement. */
export interface ListedGroup {
  readonly rail: RailId;
  readonly road: 'list' | 'statement';
  readonly payments: readonly ListedPayment[];
}

export interface ListedOutcome {
  /** What the books did not have. */
  readonly booked: readonly Payment[];
  readonly known: number;
  /** Of the known: booked with another amount. */
  readonly contradicted: number;
}

/** A payer who was prompted answers within minutes, or the prompt is gone from the screen. */
const promptLivesMs = 10 * 60 * 1000;

interface Found {
  readonly prompt: Prompt | undefined;
  /** The same where nobody has said that the money came by it. */
  readonly guess: Prompt | undefined;
  readonly charge: Charge | undefined;
}

/**
 * Books what is not known of a group, within the caller's transaction. A list is read again and
 * again, so what it repeats is left alone; a statement is read once, so it may also lead known
 * money out of suspense, and contradicts what was booked with another amount.
 */
export function createListBooker(deps: ListBookerDeps) {
  const { clock, billing, payments, prompts } = deps;

  const bookingOf = (group: ListedGroup, listed: ListedPayment, found: Found): Booking => {
    const { rail, road } = group;
    const money = {
      rail,
      receipt: listed.receipt,
      amountMinor: listed.amountMinor,
      accountReference: listed.accountReference,
      payer: listed.payer ?? found.charge?.msisdn,
      payerName: undefined,
      occurredAt: believableTime(listed.occurredAt, clock.now()),
    };
    return {
      money,
      placement: place(money, found.charge, isPayable),
      prompt: found.prompt,
      road,
      evidence: { kind: road, raw: listed.raw },
    };
  };

  /** Prompts by our own id, and those of the charges that payers named. */
  const findPrompts = async (
    tx: Tx,
    group: ListedGroup,
    wanted: readonly ListedPayment[],
  ): Promise<(one: ListedPayment) => Found> => {
    const ownIds = wanted.flatMap(({ ownId }) => (ownId === undefined ? [] : [ownId]));
    const byOwnId = await prompts.find(tx, { ids: [], ownIds });
    const references = wanted.map((one) => normaliseReference(one.accountReference));
    const charges = await billing.store.lock(tx, {
      ids: byOwnId.map(({ chargeId }) => chargeId),
      references: references.filter((reference) => reference !== ''),
    });
    const ofCharges =
      group.road === 'statement' && charges.length > 0
        ? await prompts.ofCharges(
            tx,
            charges.map(({ id }) => id),
          )
        : [];
    return (one) => {
      const own = byOwnId.find((prompt) => prompt.ownId === one.ownId);
      const charge = charges.find((candidate) =>
        own === undefined
          ? candidate.reference === normaliseReference(one.accountReference)
          : candidate.id === own.chargeId,
      );
      const answered = ofCharges.findLast(
        (prompt) => prompt.chargeId === charge?.id && isAnswered(prompt, group.rail, one),
      );
      const isSure = answered?.state === 'paid' && answered.reason === undefined;
      const guess = own === undefined && !isSure ? answered : undefined;
      return { prompt: own ?? answered, guess, charge };
    };
  };

  return async (tx: Tx, group: ListedGroup): Promise<ListedOutcome> => {
    const { rail, road } = group;
    const keys = group.payments.map(({ receipt }) => ({ rail, receipt }));
    // Not locked: charges come before payments, and whoever books looks again under both locks.
    const known = await payments.findByReceipts(tx, keys);
    const knownOf = ({ receipt }: ListedPayment): Payment | undefined =>
      known.get(receiptKey({ rail, receipt }));
    const differs = (one: ListedPayment): boolean => {
      const payment = knownOf(one);
      return payment !== undefined && payment.amountMinor !== one.amountMinor;
    };
    const mayMatch = (one: ListedPayment): boolean => {
      const payment = knownOf(one);
      return payment?.state === 'suspense' && payment.chargeId === undefined;
    };
    const wanted = group.payments.filter(
      (one) =>
        knownOf(one) === undefined || (road === 'statement' && (differs(one) || mayMatch(one))),
    );
    const booked: Payment[] = [];
    if (wanted.length > 0) {
      const find = await findPrompts(tx, group, wanted);
      const finds = wanted.map(find);
      const bookings = wanted.map((one, n) => bookingOf(group, one, finds[n] ?? nothing));
      booked.push(...(await deps.book(tx, bookings)));
      const guessed = finds.flatMap(({ guess }) => guess ?? []);
      for (const { id } of guessed) await prompts.notePaidOtherwise(tx, id);
    }
    const fresh = new Set(booked.map(({ receipt }) => receipt));
    return {
      booked,
      known: group.payments.filter(({ receipt }) => !fresh.has(receipt)).length,
      contradicted: group.payments.filter(differs).length,
    };
  };
}

export type ListBooker = ReturnType<typeof createListBooker>;

const nothing: Found = { prompt: undefined, guess: undefined, charge: undefined };

/** The payer named the charge and paid its amount while its prompt was on the screen. */
const isAnswered = (prompt: Prompt, rail: RailId, one: ListedPayment): boolean =>
  prompt.rail === rail &&
  prompt.amountMinor === one.amountMinor &&
  prompt.plannedAt <= one.occurredAt + promptLivesMs / 10 &&
  one.occurredAt <= prompt.plannedAt + promptLivesMs;
