import {
  invariant,
  numberFromId,
  type CallbackId,
  type ChargeId,
  type Clock,
  type EpochMs,
  type IdSource,
  type Msisdn,
  type RailId,
} from '#kernel';
import { isPayable, type Billing, type Charge } from '#billing';
import type { Evidence, EvidenceNote } from '#evidence';
import { alongside, together, type Tx } from '#platform/db';
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
import { promptStatesBefore, type Prompt, type PromptState } from '../prompts/prompt.ts';
import type { PromptStore } from '../prompts/store.ts';
import type { ReportRecorder } from '../reports/service.ts';

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
  readonly reports: ReportRecorder;
  readonly evidence: Evidence;
  readonly book: (tx: Tx, bookings: readonly Booking[]) => Promise<readonly Payment[]>;
  /** The short codes this business is paid on, per rail. */
  readonly shortCodes: ReadonlyMap<RailId, readonly string[]>;
  /** Earliest moment for a polite enquiry about a prompt planned then. */
  readonly firstQueryAt: (rail: RailId, plannedAt: EpochMs) => EpochMs;
}

/** What is known of what a group of callbacks is about, locked until the transaction ends. */
export interface Facts {
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
  /** What was said of a prompt without paying it. */
  readonly notes: EvidenceNote[];
  readonly toAsk: { readonly prompt: Prompt; readonly states: readonly PromptState[] }[];
}

type FailedResult = Extract<PromptResult, { verdict: 'failed' }>;

/**
 * Concludes from a group of callbacks, within the transaction that stores them: what is proved is
 * booked, what is claimed is verified, what is forged is told. Nothing is ever refused or lost.
 */
export function createCallbackRecorder(deps: CallbackDeps) {
  const { clock, billing, prompts } = deps;

  const gather = async (tx: Tx, group: readonly ReceivedEvent[]): Promise<Facts> => {
    const wanted = {
      ids: group.flatMap((r) =>
        r.event.kind === 'prompt-result' && r.subject !== undefined ? [r.subject] : [],
      ),
      ownIds: group.flatMap((r) => (r.event.kind === 'own-id-hint' ? [r.event.ownId] : [])),
    };
    const references = group.flatMap((r) =>
      r.event.kind === 'payer-payment' ? [referenceOf(r.event)] : [],
    );
    const { first: found, second: charges } = await together(
      tx,
      () => prompts.find(tx, wanted),
      () =>
        billing.store.lock(tx, {
          ids: [],
          idsIn: prompts.chargesOf(wanted),
          references: references.filter((reference) => reference !== ''),
        }),
    );
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
    about: { readonly why: VerificationReason; readonly prompt?: Prompt | undefined },
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
    const charge = prompt === undefined ? undefined : facts.chargeById.get(prompt.chargeId);
    const judgement = judgePromptResult({
      event,
      authentic: received.subject !== undefined,
      prompt,
      msisdn: charge?.msisdn,
    });
    if (judgement.kind === 'reject') {
      outcome.exceptions.push(forged(received, judgement.why));
    } else if (judgement.kind === 'verify' && event.verdict === 'paid') {
      outcome.verifications.push(verification(received, event, { why: judgement.why, prompt }));
    } else {
      invariant(prompt !== undefined, 'nothing else is concluded without an attempt');
      if (event.verdict !== 'paid') outcome.notes.push(noteOf(prompt, received));
      if (event.verdict === 'failed') outcome.failures.push({ prompt, event });
      else if (event.verdict === 'unknown') outcome.toAsk.push({ prompt, states: unsettled });
      else outcome.bookings.push(promptBooking({ received, event, prompt, charge }));
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
        placement: place(money, charge, isPayable),
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
      // A success may be told of a prompt that was closed as failed.
      const states = event.outcome === 'succeeded' ? promptStatesBefore('paid') : unsettled;
      outcome.toAsk.push({ prompt, states });
      outcome.notes.push(noteOf(prompt, received));
    }
  };

  const settle = async (tx: Tx, outcome: Outcome): Promise<void> => {
    const now = clock.now();
    await deps.book(tx, outcome.bookings);
    await alongside(tx, deps.evidence.link(tx, outcome.notes, now));
    for (const { prompt, event } of outcome.failures) {
      const changed = await prompts.change(
        tx,
        { id: prompt.id, to: 'failed', ...wordsOf(event), reason: event.reason },
        now,
      );
      if (changed) {
        await billing.change(tx, [{ id: prompt.chargeId, to: 'declined', reason: event.reason }]);
        const trouble = { kind: 'unknown-outcome', subjects: [prompt.id] } as const;
        await deps.exceptions.resolve(tx, trouble, now);
      }
    }
    for (const { prompt, states } of outcome.toAsk) {
      const at = Math.max(now, deps.firstQueryAt(prompt.rail, prompt.plannedAt));
      await prompts.askSoon(tx, { id: prompt.id, at, states });
    }
    for (const open of outcome.verifications) await deps.verifications.open(tx, open);
    await alongside(tx, deps.exceptions.open(tx, outcome.exceptions, now));
  };

  return {
    gather,

    /** `facts` are those of a group that holds this one. */
    record: async (tx: Tx, group: readonly ReceivedEvent[], facts: Facts): Promise<void> => {
      const outcome: Outcome = {
        bookings: [],
        exceptions: [],
        verifications: [],
        failures: [],
        toAsk: [],
        notes: [],
      };
      for (const received of group) {
        const { event } = received;
        if (event.kind === 'prompt-result') onPromptResult(received, event, { facts, outcome });
        else if (event.kind === 'payer-payment')
          onPayerPayment(received, event, { facts, outcome });
        else if (event.kind === 'own-id-hint') onHint(received, event, { facts, outcome });
        else {
          const trouble = await deps.reports.record(tx, received, event);
          if (trouble !== undefined) outcome.exceptions.push(trouble);
        }
      }
      await settle(tx, outcome);
    },
  };
}

export type CallbackRecorder = ReturnType<typeof createCallbackRecorder>;

const unsettled: readonly PromptState[] = ['sending', 'accepted', 'unknown'];

const noteOf = (prompt: Prompt, { callbackId }: ReceivedEvent): EvidenceNote => ({
  subject: prompt.id,
  kind: 'callback',
  callbackId,
});

const wordsOf = (event: FailedResult) => ({ code: event.code, description: event.description });

const forged = (received: ReceivedEvent, why: RejectReason | 'other-short-code'): NewException => ({
  kind: 'forged-callback',
  rail: received.rail,
  subject: received.callbackId,
  amountMinor: 'amountMinor' in received.event ? received.event.amountMinor : undefined,
  detail: { why, event: received.event.kind, ...(why === 'other-short-code' && tillOf(received)) },
});

/** It came to our own address: whoever asks for the receipt may be told whose till it was. */
const tillOf = ({ event }: ReceivedEvent) =>
  event.kind === 'payer-payment'
    ? { receipt: event.receipt.slice(0, receiptMax), shortCode: event.shortCode.slice(0, 20) }
    : {};

/** As long as the index has room for, and longer than any provider's. */
const receiptMax = 60;

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
    placement: place(money, charge, isPayable),
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
