import { invariant, isoOf, type Clock, type EpochMs, type RailId } from '#kernel';
import { isPayable, type Billing, type Charge } from '#billing';
import type { Database, Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { ListedPayment, PaymentList, PromptVerdict, Rail } from '#rails';
import { normaliseReference } from '#streams';
import { isUnheard, pauseAfterUnheard } from '#weather';

import type { ClaimAsker } from '../claims/worker.ts';
import type { ExceptionStore } from '../exceptions/store.ts';
import { believableTime, place } from '../judge.ts';
import type { Booking } from '../payments/service.ts';
import { receiptKey, type Payment, type PaymentStore, type Road } from '../payments/store.ts';
import { isOver, type Prompt } from '../prompts/prompt.ts';
import type { PromptStore } from '../prompts/store.ts';
import type { VerificationStore } from './store.ts';

export interface JanitorDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly billing: Billing;
  readonly payments: PaymentStore;
  readonly prompts: PromptStore;
  readonly verifications: VerificationStore;
  readonly exceptions: ExceptionStore;
  readonly claims: ClaimAsker;
  readonly book: (tx: Tx, bookings: readonly Booking[]) => Promise<readonly Payment[]>;
}

const perSweepMax = 20;
/** Another process may take a question over when this one has not come back by then. */
const claimMs = 120_000;
/** One final answer alone does not close a payment as failed: it is asked for twice. */
const failedAnswersNeeded = 2;
const secondAnswerAfterMs = 10_000;
/** Between questions, when the usual times for them went by while nobody could ask. */
const pauseMaxMs = 60_000;
const listBeforeMs = 5 * 60 * 1000;

/** Asks the provider about every prompt and claim whose end is not known, until it is. */
export function createJanitor(deps: JanitorDeps) {
  const { clock, prompts, billing, database } = deps;
  const findOnList = createListSearch(deps);

  const railOf = (id: RailId): Rail => {
    const rail = deps.rails.get(id);
    invariant(rail !== undefined, 'a prompt is on a rail the engine has');
    return rail;
  };

  const later = (prompt: Prompt, rail: Rail): EpochMs | undefined => {
    const afterMs = rail.capabilities.promptQueryAfterMs;
    const after = afterMs[prompt.queries + 1];
    if (after === undefined) return undefined;
    const pauseMs = Math.min(after - (afterMs[prompt.queries] ?? 0), pauseMaxMs);
    return Math.max(prompt.plannedAt + after, clock.now() + pauseMs);
  };

  const postpone = async (prompt: Prompt, rail: Rail, failedAnswers = 0): Promise<void> => {
    const regular = later(prompt, rail);
    const soon = failedAnswers > 0 ? clock.now() + secondAnswerAfterMs : regular;
    await prompts.reschedule(database.executor, {
      id: prompt.id,
      now: clock.now(),
      nextQueryAt: soon,
      queries: failedAnswers > 0 ? prompt.queries : prompt.queries + 1,
      failedAnswers,
    });
    if (soon === undefined) await giveToPerson(prompt);
  };

  const postponeUnheard = (prompt: Prompt, rail: Rail): Promise<void> => {
    const now = clock.now();
    const pauseMs = pauseAfterUnheard(now - prompt.plannedAt);
    if (pauseMs === undefined) return postpone(prompt, rail);
    return prompts.reschedule(database.executor, { ...prompt, now, nextQueryAt: now + pauseMs });
  };

  /** Asked because of a hint, and still as it was: no more questions unless another hint comes. */
  const leaveOver = (prompt: Prompt): Promise<void> =>
    prompts.reschedule(database.executor, {
      ...prompt,
      now: clock.now(),
      nextQueryAt: undefined,
    });

  const giveToPerson = (prompt: Prompt): Promise<void> =>
    database.transaction(async (tx) => {
      await billing.change(tx, [{ id: prompt.chargeId, to: 'unknown', reason: 'no-answer' }]);
      await deps.exceptions.open(
        tx,
        [
          {
            kind: 'unknown-outcome',
            rail: prompt.rail,
            subject: prompt.id,
            amountMinor: prompt.amountMinor,
            detail: { charge: prompt.chargeId, plannedAt: isoOf(prompt.plannedAt) },
          },
        ],
        clock.now(),
      );
    });

  const bookFound = (
    prompt: Prompt,
    found: Pick<Booking, 'evidence'> & {
      readonly receipt: string;
      readonly amountMinor: bigint;
      readonly occurredAt: EpochMs;
      readonly road: Road;
      /** The money is there; that it came by this prompt, nobody has said. */
      readonly isGuess?: boolean;
    },
  ): Promise<void> =>
    database.transaction(async (tx) => {
      const [charge] = await billing.store.lock(tx, { ids: [prompt.chargeId], references: [] });
      invariant(charge !== undefined, 'a prompt has a charge');
      const money = {
        rail: prompt.rail,
        receipt: found.receipt,
        amountMinor: found.amountMinor,
        accountReference: charge.reference,
        payer: charge.msisdn,
        payerName: undefined,
        occurredAt: believableTime(found.occurredAt, clock.now()),
      };
      const placement = place(money, charge, isPayable);
      await deps.book(tx, [
        { money, placement, prompt, road: found.road, evidence: found.evidence },
      ]);
      if (found.isGuess === true) await prompts.notePaidOtherwise(tx, prompt.id);
    });

  const tryList = async (
    prompt: Prompt,
    rail: Rail,
    { isGuess }: { readonly isGuess: boolean },
  ): Promise<ListEnd> => {
    const listed = await findOnList(prompt, rail);
    if (typeof listed === 'string') return listed;
    await bookFound(prompt, {
      receipt: listed.receipt,
      amountMinor: listed.amountMinor,
      occurredAt: listed.occurredAt,
      road: 'list',
      evidence: { kind: 'list', raw: listed.raw },
      isGuess,
    });
    return 'booked';
  };

  /** The money may have been booked from the paybill confirmation, which names no prompt. */
  const noteOtherRoad = (prompt: Prompt): Promise<boolean> =>
    database.transaction(async (tx) => {
      const payments = await deps.payments.byCharge(tx, prompt.chargeId);
      if (!payments.some((payment) => payment.amountMinor === prompt.amountMinor)) return false;
      await prompts.settlePaid(tx, [prompt.id], clock.now());
      const trouble = { kind: 'unknown-outcome', subjects: [prompt.id] } as const;
      await deps.exceptions.resolve(tx, trouble, clock.now());
      return true;
    });

  const onPaid = async (
    prompt: Prompt,
    rail: Rail,
    verdict: Extract<PromptVerdict, { kind: 'paid' }>,
  ): Promise<void> => {
    if (verdict.receipt === undefined) {
      const found = await tryList(prompt, rail, { isGuess: false });
      if (found === 'booked' || (await noteOtherRoad(prompt))) return;
      await (found === 'unheard' ? postponeUnheard(prompt, rail) : postpone(prompt, rail));
      return;
    }
    await bookFound(prompt, {
      receipt: verdict.receipt,
      amountMinor: prompt.amountMinor,
      occurredAt: clock.now(),
      road: 'enquiry',
      evidence: { kind: 'enquiry', raw: verdict.raw },
    });
  };

  const close = (
    prompt: Prompt,
    end: { readonly code: string; readonly description: string; readonly reason: string },
  ): Promise<void> =>
    database.transaction(async (tx) => {
      const changed = await prompts.change(
        tx,
        { id: prompt.id, to: 'failed', ...end },
        clock.now(),
      );
      if (!changed) return;
      await billing.change(tx, [{ id: prompt.chargeId, to: 'declined', reason: end.reason }]);
      await deps.exceptions.resolve(
        tx,
        { kind: 'unknown-outcome', subjects: [prompt.id] },
        clock.now(),
      );
    });

  const onNotFound = async (prompt: Prompt, rail: Rail): Promise<void> => {
    const age = clock.now() - prompt.plannedAt;
    const neverAccepted = prompt.providerRequestId === undefined;
    if (neverAccepted && age >= rail.capabilities.notFoundFinalAfterMs) {
      await close(prompt, { code: 'not-found', description: '', reason: 'never-created' });
    } else {
      await postpone(prompt, rail);
    }
  };

  const apply = async (prompt: Prompt, rail: Rail, verdict: PromptVerdict): Promise<void> => {
    if (isOver(prompt.state) && (verdict.kind === 'failed' || verdict.kind === 'not-found')) {
      return leaveOver(prompt);
    }
    switch (verdict.kind) {
      case 'paid':
        return onPaid(prompt, rail, verdict);
      case 'failed':
        return prompt.failedAnswers + 1 >= failedAnswersNeeded
          ? close(prompt, verdict)
          : postpone(prompt, rail, prompt.failedAnswers + 1);
      case 'not-found':
        return onNotFound(prompt, rail);
      case 'pending':
        return postpone(prompt, rail);
      case 'unknown': {
        const lost = prompt.providerRequestId === undefined && !rail.capabilities.queryNamesReceipt;
        const found = lost ? await tryList(prompt, rail, { isGuess: true }) : 'absent';
        if (found === 'booked') return undefined;
        const unheard = found === 'unheard' || isUnheard(verdict);
        return unheard ? postponeUnheard(prompt, rail) : postpone(prompt, rail);
      }
    }
  };

  /** A crash between commit and answer leaves `sending`: its answer is lost, or very late. */
  const markLost = (prompt: Prompt): Promise<void> =>
    database.transaction(async (tx) => {
      const until = clock.now() + claimMs;
      const change = { id: prompt.id, to: 'unknown' as const, reason: 'answer-lost' };
      await prompts.change(tx, { ...change, nextQueryAt: until }, clock.now());
      await billing.change(tx, [{ id: prompt.chargeId, to: 'unknown', reason: 'answer-lost' }]);
    });

  const askAboutPrompt = async (prompt: Prompt): Promise<void> => {
    const rail = railOf(prompt.rail);
    if (prompt.state === 'sending') await markLost(prompt);
    const { ownId, providerRequestId } = prompt;
    const verdict = await rail.queryPrompt({ ownId, providerRequestId });
    deps.log.info(
      { prompt: prompt.id, rail: prompt.rail, verdict: verdict.kind },
      'prompt queried',
    );
    await apply(prompt, rail, verdict);
  };

  const each = async <Item extends { readonly id: string }>(
    items: readonly Item[],
    ask: (item: Item) => Promise<void>,
  ): Promise<void> => {
    const ends = await Promise.allSettled(items.map(ask));
    ends.forEach((end, n) => {
      if (end.status === 'rejected') {
        deps.log.error(
          { err: end.reason, about: items[n]?.id },
          'an inquiry failed; it is repeated',
        );
      }
    });
  };

  return {
    /** Asks what is due; answers how many questions were asked. */
    sweep: async (): Promise<number> => {
      const now = clock.now();
      const due = { now, until: now + claimMs, limit: perSweepMax };
      const duePrompts = await prompts.claimDue(database.executor, due);
      const dueClaims = await deps.verifications.claimDue(database.executor, due);
      await each(duePrompts, askAboutPrompt);
      await each(dueClaims, deps.claims.ask);
      return duePrompts.length + dueClaims.length;
    },
  };
}

type ListEnd = 'booked' | 'absent' | 'unheard';

/** For rails whose enquiry names no receipt: finds the payment on the provider's list. */
const createListSearch =
  ({ clock, database, billing, payments }: JanitorDeps) =>
  async (prompt: Prompt, rail: Rail): Promise<ListedPayment | Exclude<ListEnd, 'booked'>> => {
    const charge = await billing.find(prompt.chargeId);
    const list = await rail.listPayments({
      fromAt: prompt.plannedAt - listBeforeMs,
      toAt: clock.now(),
    });
    if (list.kind !== 'listed') return isUnheardList(list) ? 'unheard' : 'absent';
    if (charge === undefined) return 'absent';
    const fitting = list.payments.filter((payment) => isOf(payment, prompt, charge));
    const keys = fitting.map(({ receipt }) => ({ rail: prompt.rail, receipt }));
    const known = await payments.lockByReceipts(database.executor, keys);
    // A payer may have paid by hand as well: what is not in the books yet is looked at first.
    return fitting.find((_, n) => !isKnown(known, keys[n])) ?? fitting[0] ?? 'absent';
  };

const isUnheardList = (list: PaymentList): boolean =>
  (list.kind === 'unknown' && isUnheard(list)) ||
  (list.kind === 'refused' && list.reason === 'provider-down');

const isKnown = (
  known: ReadonlyMap<string, Payment>,
  key: Parameters<typeof receiptKey>[0] | undefined,
): boolean => key !== undefined && known.has(receiptKey(key));

/** Ours by our own id where the rail carries it, else by reference and amount together. */
const isOf = (payment: ListedPayment, prompt: Prompt, charge: Charge): boolean =>
  payment.ownId === undefined
    ? normaliseReference(payment.accountReference) === charge.reference &&
      payment.amountMinor === prompt.amountMinor
    : payment.ownId === prompt.ownId;
