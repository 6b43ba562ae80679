import { idFromNumber, numberFromId, type Clock } from '#kernel';
import { isPayable, type Billing } from '#billing';
import type { Tx } from '#platform/db';
import type { ReceiptReport } from '#rails';

import type { ReceivedEvent } from '../callbacks/service.ts';
import type { ExceptionStore, NewException } from '../exceptions/store.ts';
import type { VerificationStore } from '../inquiries/store.ts';
import type { Claim, Verification } from '../inquiries/verification.ts';
import { believableTime, place, referenceOf, type Money } from '../judge.ts';
import type { Booking } from '../payments/service.ts';
import type { Payment } from '../payments/store.ts';
import type { PromptStore } from '../prompts/store.ts';

export interface ReportDeps {
  readonly clock: Clock;
  readonly billing: Billing;
  readonly prompts: PromptStore;
  readonly verifications: VerificationStore;
  readonly exceptions: ExceptionStore;
  readonly book: (tx: Tx, bookings: readonly Booking[]) => Promise<readonly Payment[]>;
}

/** A denial may be early: the provider is asked this often before it is believed. */
const asksBeforeDenial = 3;

type Vouched = Extract<ReceiptReport, { verdict: 'found' }> & { readonly amountMinor: bigint };

/** What providers answer when asked about a claim. */
export function createReportRecorder(deps: ReportDeps) {
  const { clock, billing, prompts, verifications } = deps;

  const chargeOf = async (tx: Tx, { promptId, claim }: Verification) => {
    const ids = promptId === undefined ? [] : [numberFromId(promptId)];
    const [prompt] = await prompts.find(tx, { ids, ownIds: [] });
    const reference = claim.kind === 'payer-payment' ? referenceOf(claim) : '';
    const [charge] = await billing.store.lock(tx, {
      ids: prompt === undefined ? [] : [prompt.chargeId],
      references: reference === '' ? [] : [reference],
    });
    return { prompt, charge };
  };

  /** What a verified claim books, with its charge locked. */
  const bookingOfClaim = async (
    tx: Tx,
    verified: Verification,
    amountMinor: bigint,
  ): Promise<Omit<Booking, 'evidence'>> => {
    const { claim, rail, receipt } = verified;
    const { prompt, charge } = await chargeOf(tx, verified);
    const money: Money = {
      rail,
      receipt,
      amountMinor,
      ...payerOf(claim),
      accountReference:
        claim.kind === 'payer-payment' ? claim.accountReference : (charge?.reference ?? ''),
      payer: claim.payer ?? charge?.msisdn,
      occurredAt: believableTime(claim.occurredAt, verified.openedAt),
    };
    return { money, placement: place(money, charge, isPayable), prompt, road: 'receipt-report' };
  };

  const confirm = async (
    tx: Tx,
    { received, claim, event }: Asked & { readonly event: Vouched },
  ): Promise<void> => {
    const booking = await bookingOfClaim(tx, claim, event.amountMinor);
    const evidence = { kind: 'callback', callbackId: received.callbackId } as const;
    await deps.book(tx, [{ ...booking, evidence }]);
    await verifications.close(tx, { id: claim.id, state: 'confirmed' });
    const trouble = { kind: 'unconfirmed-claim', subjects: [claim.callbackId] } as const;
    await deps.exceptions.resolve(tx, trouble, clock.now());
  };

  const refute = async (tx: Tx, { claim, event }: Asked): Promise<NewException> => {
    await verifications.close(tx, { id: claim.id, state: 'refuted' });
    return unconfirmed(claim, event.verdict);
  };

  return {
    bookingOfClaim,

    /** A late answer that vouches for money counts, even after the claim was given up. */
    record: async (
      tx: Tx,
      received: ReceivedEvent,
      event: ReceiptReport,
    ): Promise<NewException | undefined> => {
      if (received.subject === undefined) return forgedReport(received, 'forged-address');
      const claim = await verifications.lock(tx, idFromNumber('verification', received.subject));
      if (claim === undefined) return forgedReport(received, 'no-such-question');
      if (claim.state === 'confirmed') return undefined;
      if (vouchesFor(event, claim)) {
        await confirm(tx, { received, claim, event });
        return undefined;
      }
      const believed = claim.state === 'open' && claim.asks >= asksBeforeDenial;
      return believed && denies(event) ? refute(tx, { received, claim, event }) : undefined;
    },
  };
}

export type ReportRecorder = ReturnType<typeof createReportRecorder>;

interface Asked {
  readonly received: ReceivedEvent;
  readonly claim: Verification;
  readonly event: ReceiptReport;
}

const payerOf = (claim: Claim) => ({
  payerName: claim.kind === 'payer-payment' ? claim.payerName : undefined,
});

const vouchesFor = (event: ReceiptReport, claim: Verification): event is Vouched =>
  event.verdict === 'found' &&
  event.receipt === claim.receipt &&
  event.state === 'completed' &&
  event.amountMinor !== undefined &&
  event.amountMinor > 0n;

const denies = (event: ReceiptReport): boolean =>
  event.verdict === 'not-found' || (event.verdict === 'found' && event.state === 'failed');

/** Money that was claimed and that its provider would not vouch for. */
export const unconfirmed = (claim: Verification, verdict: string): NewException => ({
  kind: 'unconfirmed-claim',
  rail: claim.rail,
  subject: claim.callbackId,
  amountMinor: claim.claim.amountMinor,
  detail: { receipt: claim.receipt, why: claim.why, verdict },
});

const forgedReport = (
  received: ReceivedEvent,
  why: 'forged-address' | 'no-such-question',
): NewException => ({
  kind: 'forged-callback',
  rail: received.rail,
  subject: received.callbackId,
  amountMinor: undefined,
  detail: { why, event: received.event.kind },
});
