import { invariant, numberFromId, type Clock, type EpochMs, type RailId } from '#kernel';
import type { Billing } from '#billing';
import type { Database, Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { CallbackUrls, PaymentList, Rail } from '#rails';
import { isUnheard, pauseAfterUnheard } from '#weather';

import type { ExceptionStore } from '../exceptions/store.ts';
import type { VerificationStore } from '../inquiries/store.ts';
import { answerLateMs, nextAskAt, type Verification } from '../inquiries/verification.ts';
import { judgePromptResult } from '../judge.ts';
import type { Booking } from '../payments/service.ts';
import type { Payment } from '../payments/store.ts';
import type { PromptStore } from '../prompts/store.ts';
import { unconfirmed, type ReportRecorder } from '../reports/service.ts';

export interface ClaimAskerDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly billing: Billing;
  readonly prompts: PromptStore;
  readonly verifications: VerificationStore;
  readonly exceptions: ExceptionStore;
  readonly reports: ReportRecorder;
  readonly book: (tx: Tx, bookings: readonly Booking[]) => Promise<readonly Payment[]>;
  readonly statusUrls: (subject: bigint) => CallbackUrls;
}

/** Between questions, when the usual times for them went by while nobody could ask. */
const pauseMs = 5_000;
/** A provider's list is read from this long before the claim was heard. */
const listBeforeMs = 60 * 60 * 1000;

/** Asks providers to vouch for money that callbacks claimed. */
export function createClaimAsker(deps: ClaimAskerDeps) {
  const { clock, prompts, database, verifications } = deps;

  const confirm = async (
    tx: Tx,
    claim: Verification,
    proved: Pick<Booking, 'road' | 'evidence'> & { readonly amountMinor: bigint },
  ): Promise<void> => {
    const { amountMinor, road, evidence } = proved;
    const booking = await deps.reports.bookingOfClaim(tx, claim, amountMinor);
    await deps.book(tx, [{ ...booking, road, evidence }]);
    await verifications.close(tx, { id: claim.id, state: 'confirmed' });
    const trouble = { kind: 'unconfirmed-claim', subjects: [claim.callbackId] } as const;
    await deps.exceptions.resolve(tx, trouble, clock.now());
  };

  /** With the provider's answer in, a claim can be judged without asking anybody. */
  const judgeAgain = (claim: Verification): Promise<boolean> =>
    database.transaction(async (tx) => {
      const held = await verifications.lock(tx, claim.id);
      if (held?.state !== 'open' || held.why !== 'answer-not-in-yet') return false;
      if (held.claim.kind !== 'prompt-result' || held.promptId === undefined) return false;
      const [prompt] = await prompts.find(tx, { ids: [numberFromId(held.promptId)], ownIds: [] });
      invariant(prompt !== undefined, 'a prompt is never removed');
      const [charge] = await deps.billing.store.lock(tx, {
        ids: [prompt.chargeId],
        references: [],
      });
      const judgement = judgePromptResult({
        event: held.claim,
        authentic: true,
        prompt,
        msisdn: charge?.msisdn,
      });
      if (judgement.kind !== 'pay') return false;
      await confirm(tx, held, {
        amountMinor: held.claim.amountMinor,
        road: 'stk-callback',
        evidence: { kind: 'callback', callbackId: held.callbackId },
      });
      return true;
    });

  const isWaitingForAnswer = (claim: Verification): boolean =>
    claim.why === 'answer-not-in-yet' && clock.now() - claim.openedAt < answerLateMs;

  /** Where the provider answers no question about a receipt, its list may have it. */
  const tryList = async (claim: Verification, rail: Rail): Promise<AskEnd> => {
    const fromAt = claim.openedAt - listBeforeMs;
    const list = await rail.listPayments({ fromAt, toAt: clock.now() });
    if (list.kind !== 'listed') return wasUnheard(list) ? 'unheard' : 'open';
    const listed = list.payments.find(({ receipt }) => receipt === claim.receipt);
    if (listed === undefined) return 'open';
    const { amountMinor, raw } = listed;
    await database.transaction(async (tx) => {
      const held = await verifications.lock(tx, claim.id);
      if (held?.state !== 'open') return;
      await confirm(tx, held, { amountMinor, road: 'list', evidence: { kind: 'list', raw } });
    });
    return 'settled';
  };

  /** An answer to the question comes by callback. */
  const askProvider = async (claim: Verification): Promise<AskEnd> => {
    const rail = deps.rails.get(claim.rail);
    invariant(rail !== undefined, 'a claim is on a rail the engine has');
    const answer = await rail.receiptLookup?.ask({
      receipt: claim.receipt,
      callbacks: deps.statusUrls(numberFromId(claim.id)),
    });
    const kind = answer?.kind ?? 'no question';
    deps.log.info({ claim: claim.id, answer: kind }, 'provider asked about a receipt');
    if (kind === 'asked') return 'open';
    const end = await tryList(claim, rail);
    // The list has no such receipt yet; the question that could tell more was not heard.
    return end === 'open' && answer !== undefined && wasUnheard(answer) ? 'unheard' : end;
  };

  const giveToPerson = (claim: Verification): Promise<void> =>
    database.transaction(async (tx) => {
      await verifications.close(tx, { id: claim.id, state: 'given-up' });
      await deps.exceptions.open(tx, [unconfirmed(claim, 'no-answer')], clock.now());
    });

  const plan = (claim: Verification, asks: number, nextAt: EpochMs): Promise<void> =>
    verifications.reschedule(database.executor, {
      id: claim.id,
      asks,
      nextAt: Math.max(nextAt, clock.now() + pauseMs),
    });

  return {
    ask: async (claim: Verification): Promise<void> => {
      if (await judgeAgain(claim)) return;
      const nextAt = nextAskAt({ openedAt: claim.openedAt, asks: claim.asks + 1 });
      if (isWaitingForAnswer(claim)) {
        if (nextAt !== undefined) await plan(claim, claim.asks + 1, nextAt);
        return;
      }
      const end = await askProvider(claim);
      if (end === 'settled') return;
      const pause = end === 'unheard' ? pauseAfterUnheard(clock.now() - claim.openedAt) : undefined;
      if (pause !== undefined) await plan(claim, claim.asks, clock.now() + pause);
      else if (nextAt === undefined) await giveToPerson(claim);
      else await plan(claim, claim.asks + 1, nextAt);
    },
  };
}

type AskEnd = 'settled' | 'open' | 'unheard';
type NoAnswer = Exclude<PaymentList, { readonly kind: 'listed' }> | { readonly kind: 'asked' };

const wasUnheard = (answer: NoAnswer): boolean =>
  (answer.kind === 'unknown' && isUnheard(answer)) ||
  (answer.kind === 'refused' && answer.reason === 'provider-down');

export type ClaimAsker = ReturnType<typeof createClaimAsker>;
