import {
  idFromNumber,
  numberFromId,
  type CallbackId,
  type ChargeId,
  type Clock,
  type EpochMs,
  type IdSource,
  type Msisdn,
  type RailId,
} from '#kernel';
import type { Billing, Charge } from '#billing';
import type { Tx } from '#platform/db';
import type { OwnIdHint, PayerPayment, PromptResult, ReceiptReport } from '#rails';

import type { ExceptionStore, NewException } from '../exceptions/store.ts';
import type { VerificationStore } from '../inquiries/store.ts';
import type { PaidClaim, Verification, VerificationReason } from '../inquiries/verification.ts';
import {
  believableTime,
  judgePromptResult,
  place,
  referenceOf,
  type Money,
  type RejectReason,
} from '../judge.ts';
import type { Booking } from '../payments/service.ts';
import type { Payment } from '../payments/store.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { PromptStore } from '../prompts/store.ts';

export type MoneyInEvent = PromptResult | PayerPayment | OwnIdHint | ReceiptReport;

/** A callback that is safe on disk, read, and about money in. */
export interface ReceivedEvent {
  readonly callbackId: CallbackId;
  readonly rail: RailId;
  readonly event: MoneyInEvent;
  /** The id its unguessable address was made for; undefined when the address is not ours. */
  readonly subject: bigint | undefined;
  /** False when the sender's network address is not on the provider's list, where one is kept. */
  readonly listedSource: boolean;
  readonly receivedAt: EpochMs;
}

export interface CallbackDeps {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly billing: Billing;
  readonly prompts: PromptStore;
  readonly verifications: VerificationStore;
  readonly exceptions: ExceptionStore;
  readonly book: (tx: Tx, bookings: readonly Booking[]) => Promise<readonly Payment[]>;
  /** The short codes this business is paid on, per rail. */
  readonly shortCodes: ReadonlyMap<RailId, readonly string[]>;
  /** Earliest moment for a polite enquiry about a prompt planned then. */
  readonly firstQueryAt: (rail: RailId, plannedAt: EpochMs) => EpochMs;
}

interface Facts {
  readonly promptById: ReadonlyMap<bigint, Prompt>;
  readonly promptByOwnId: ReadonlyMap<string, Prompt>;
  readonly chargeById: ReadonlyMap<ChargeId, Charge>;
  readonly chargeByReference: ReadonlyMap<string, Charge>;
}

interface Outcome {
  readonly bookings: Booking[];
  readonly exceptions: NewException[];
  readonly verifications: Verification[];
  readonly failures: { readonly prompt: Prompt; readonly event: FailedResult }[];
  readonly toAsk: { readonly prompt: Prompt; readonly at: EpochMs }[];
}

type FailedResult = Extract<PromptResult, { verdict: 'failed' }>;

/**
 * Concludes from a group of callbacks, within the transaction that stores them: what is proved is
 * booked, what is claimed is verified, what is forged is told. Nothing is ever refused or lost.
 */
export function createCallbackRecorder(deps: CallbackDeps) {
  const { clock, billing, prompts } = deps;

  const gather = async (tx: Tx, group: readonly ReceivedEvent[]): Promise<Facts> => {
    const found = await prompts.find(tx, {
      ids: group.flatMap((r) => (r.event.kind === 'prompt-result' && r.subject) || []),
      ownIds: group.flatMap((r) => (r.event.kind === 'own-id-hint' ? [r.event.ownId] : [])),
    });
    const references = group.flatMap((r) =>
      r.event.kind === 'payer-payment' ? [referenceOf(r.event)] : [],
    );
    const charges = await billing.store.lock(tx, {
      ids: [...new Set(found.map((prompt) => prompt.chargeId))],
      references: references.filter((reference) => reference !== ''),
    });
    return {
      promptById: new Map(found.map((prompt) => [numberFromId(prompt.id), prompt])),
      promptByOwnId: new Map(found.map((prompt) => [prompt.ownId, prompt])),
      chargeById: new Map(charges.map((charge) => [charge.id, charge])),
      chargeByReference: new Map(charges.map((charge) => [charge.reference, charge])),
    };
  };

  const verification = (
    received: ReceivedEvent,
    claim: Verification['claim'],
    about: { readonly why: VerificationReason; readonly prompt?: Prompt },
  ): Verification => ({
    id: deps.ids.next('verification'),
    rail: received.rail,
    receipt: claim.receipt,
    why: about.why,
    callbackId: received.callbackId,
    promptId: about.prompt?.id,
    claim,
    state: 'open',
    asks: 0,
    openedAt: clock.now(),
  });

  const onPromptResult = (
    received: ReceivedEvent,
    event: PromptResult,
    { facts, outcome }: { readonly facts: Facts; readonly outcome: Outcome },
  ): void => {
    const prompt =
      received.subject === undefined ? undefined : facts.promptById.get(received.subject);
    const charge = prompt && facts.chargeById.get(prompt.chargeId);
    const judgement = judgePromptResult({
      event,
      authentic: received.subject !== undefined,
      prompt,
      msisdn: charge?.msisdn,
    });
    if (judgement.kind === 'reject' || prompt === undefined) {
      const why = judgement.kind === 'reject' ? judgement.why : 'no-such-prompt';
      outcome.exceptions.push(forged(received, why));
    } else if (event.verdict === 'failed') {
      outcome.failures.push({ prompt, event });
    } else if (event.verdict === 'unknown') {
      outcome.toAsk.push({ prompt, at: clock.now() });
    } else if (judgement.kind === 'verify') {
      outcome.verifications.push(verification(received, event, { why: judgement.why, prompt }));
    } else if (judgement.kind === 'pay') {
      outcome.bookings.push(promptBooking({ received, event, prompt, charge }));
    }
  };

  const onPayerPayment = (
    received: ReceivedEvent,
    event: PayerPayment,
    { facts, outcome }: { readonly facts: Facts; readonly outcome: Outcome },
  ): void => {
    const ours = deps.shortCodes.get(received.rail)?.includes(event.shortCode) === true;
    if (received.subject === undefined || !ours) {
      outcome.exceptions.push(
        forged(received, received.subject === undefined ? 'forged-address' : 'other-short-code'),
      );
    } else if (!received.listedSource) {
      outcome.verifications.push(verification(received, event, { why: 'unlisted-source' }));
    } else {
      const money = moneyOfPayer(received, event);
      const charge = facts.chargeByReference.get(referenceOf(event));
      outcome.bookings.push({
        money,
        placement: place(money, charge),
        prompt: undefined,
        road: 'paybill-confirmation',
        evidence: { kind: 'callback', callbackId: received.callbackId },
      });
    }
  };

  const onHint = (
    received: ReceivedEvent,
    event: OwnIdHint,
    { facts, outcome }: { readonly facts: Facts; readonly outcome: Outcome },
  ): void => {
    const prompt = facts.promptByOwnId.get(event.ownId);
    if (prompt === undefined || received.subject === undefined) {
      const why = prompt === undefined ? 'no-such-prompt' : 'forged-address';
      outcome.exceptions.push(forged(received, why));
    } else {
      const at = Math.max(clock.now(), deps.firstQueryAt(prompt.rail, prompt.plannedAt));
      outcome.toAsk.push({ prompt, at });
    }
  };

  const onReceiptReport = async (
    tx: Tx,
    received: ReceivedEvent,
    event: ReceiptReport,
  ): Promise<NewException | undefined> => {
    if (received.subject === undefined) return forged(received, 'forged-address');
    const claim = await deps.verifications.lock(tx, idFromNumber('verification', received.subject));
    if (claim === undefined) return forged(received, 'no-such-question');
    if (claim.state !== 'open' || event.verdict === 'unknown') return undefined;
    const vouched =
      event.verdict === 'found' &&
      event.receipt === claim.receipt &&
      event.state === 'completed' &&
      event.amountMinor !== undefined;
    if (vouched && event.amountMinor !== undefined) {
      await bookVouched(tx, { received, claim, amountMinor: event.amountMinor });
      await deps.verifications.close(tx, { id: claim.id, state: 'confirmed' });
      return undefined;
    }
    const denied = event.verdict === 'not-found' || (isFound(event) && event.state === 'failed');
    if (!denied) return undefined;
    await deps.verifications.close(tx, { id: claim.id, state: 'refuted' });
    return {
      kind: 'unconfirmed-claim',
      rail: claim.rail,
      subject: claim.callbackId,
      amountMinor: claim.claim.amountMinor,
      detail: { receipt: claim.receipt, why: claim.why, verdict: event.verdict },
    };
  };

  const bookVouched = async (
    tx: Tx,
    vouched: {
      readonly received: ReceivedEvent;
      readonly claim: Verification;
      readonly amountMinor: bigint;
    },
  ): Promise<void> => {
    const { received, claim, amountMinor } = vouched;
    const booking = await bookingOfClaim(tx, claim, amountMinor);
    await deps.book(tx, [
      { ...booking, evidence: { kind: 'callback', callbackId: received.callbackId } },
    ]);
  };

  /** What a verified claim books, with its charge locked. */
  const bookingOfClaim = async (
    tx: Tx,
    verified: Verification,
    amountMinor: bigint,
  ): Promise<Omit<Booking, 'evidence'>> => {
    const { claim, rail, promptId } = verified;
    const [prompt] =
      promptId === undefined
        ? []
        : await prompts.find(tx, { ids: [numberFromId(promptId)], ownIds: [] });
    const reference = claim.kind === 'payer-payment' ? referenceOf(claim) : '';
    const [charge] = await billing.store.lock(tx, {
      ids: prompt === undefined ? [] : [prompt.chargeId],
      references: reference === '' ? [] : [reference],
    });
    const money: Money = {
      rail,
      receipt: verified.receipt,
      amountMinor,
      accountReference:
        claim.kind === 'payer-payment' ? claim.accountReference : (charge?.reference ?? ''),
      payer: claim.payer ?? charge?.msisdn,
      payerName: claim.kind === 'payer-payment' ? claim.payerName : undefined,
      occurredAt: believableTime(claim.occurredAt, verified.openedAt),
    };
    return { money, placement: place(money, charge), prompt, road: 'receipt-report' };
  };

  const settle = async (tx: Tx, outcome: Outcome): Promise<void> => {
    const now = clock.now();
    await deps.book(tx, outcome.bookings);
    for (const { prompt, event } of outcome.failures) {
      const changed = await prompts.change(
        tx,
        { id: prompt.id, to: 'failed', ...wordsOf(event), reason: event.reason },
        now,
      );
      if (changed) {
        await billing.change(tx, [{ id: prompt.chargeId, to: 'declined', reason: event.reason }]);
      }
    }
    for (const { prompt, at } of outcome.toAsk) await prompts.askSoon(tx, prompt.id, at);
    for (const open of outcome.verifications) await deps.verifications.open(tx, open);
    await deps.exceptions.open(tx, outcome.exceptions, now);
  };

  return {
    record: async (tx: Tx, group: readonly ReceivedEvent[]): Promise<void> => {
      const facts = await gather(tx, group);
      const outcome: Outcome = {
        bookings: [],
        exceptions: [],
        verifications: [],
        failures: [],
        toAsk: [],
      };
      for (const received of group) {
        const { event } = received;
        if (event.kind === 'prompt-result') onPromptResult(received, event, { facts, outcome });
        else if (event.kind === 'payer-payment')
          onPayerPayment(received, event, { facts, outcome });
        else if (event.kind === 'own-id-hint') onHint(received, event, { facts, outcome });
        else {
          const trouble = await onReceiptReport(tx, received, event);
          if (trouble !== undefined) outcome.exceptions.push(trouble);
        }
      }
      await settle(tx, outcome);
    },
    bookingOfClaim,
  };
}

export type CallbackRecorder = ReturnType<typeof createCallbackRecorder>;

const isFound = (event: ReceiptReport): event is Extract<ReceiptReport, { verdict: 'found' }> =>
  event.verdict === 'found';

const wordsOf = (event: FailedResult) => ({ code: event.code, description: event.description });

const forged = (
  received: ReceivedEvent,
  why: RejectReason | 'other-short-code' | 'no-such-question',
): NewException => ({
  kind: 'forged-callback',
  rail: received.rail,
  subject: received.callbackId,
  amountMinor: 'amountMinor' in received.event ? received.event.amountMinor : undefined,
  detail: { why, event: received.event.kind },
});

function promptBooking(paid: {
  readonly received: ReceivedEvent;
  readonly event: PaidClaim;
  readonly prompt: Prompt;
  readonly charge: Charge | undefined;
}): Booking {
  const { received, event, prompt, charge } = paid;
  const payer: string | Msisdn | undefined = event.payer ?? charge?.msisdn;
  const money: Money = {
    rail: received.rail,
    receipt: event.receipt,
    amountMinor: event.amountMinor,
    accountReference: charge?.reference ?? '',
    payer,
    payerName: undefined,
    occurredAt: believableTime(event.occurredAt, received.receivedAt),
  };
  return {
    money,
    placement: place(money, charge),
    prompt,
    road: 'stk-callback',
    evidence: { kind: 'callback', callbackId: received.callbackId },
  };
}

const moneyOfPayer = (received: ReceivedEvent, event: PayerPayment): Money => ({
  rail: received.rail,
  receipt: event.receipt,
  amountMinor: event.amountMinor,
  accountReference: event.accountReference,
  payer: event.payer,
  payerName: event.payerName,
  occurredAt: believableTime(event.occurredAt, received.receivedAt),
});
