import { formatMoney, isoOf, type EpochMs, type RailId } from '#kernel';

import type { CancelAnswer } from '../second-thoughts.ts';
import type { BookedTransfer, HeldOver } from './books.ts';
import type { Taken } from './truth.ts';
import { createOnce, type Report } from './violation.ts';

export interface CancellationRules {
  /** Payouts that providers took on, and what the owner was answered. */
  learn(taken: readonly Taken[], answers: readonly CancelAnswer[]): void;
  compare(transfers: readonly BookedTransfer[], report: Report): void;
  complainOfHeld(held: readonly HeldOver[], report: Report): void;
}

interface Word {
  /** When it was first answered that it is cancelled. */
  cancelledAt?: EpochMs;
  refusedAt?: EpochMs;
}

const keyOf = ({ rail, ownId }: { readonly rail: RailId; readonly ownId: string }): string =>
  `${rail} ${ownId}`;

/** What was cancelled never leaves, stays so and holds no money; what left is never cancelled. */
export function createCancellationRules(): CancellationRules {
  const takenAt = new Map<string, EpochMs>();
  const words = new Map<string, Word>();
  const takenBack: string[] = [];
  const once = createOnce();
  let answersSeen = 0;

  const hear = (answer: CancelAnswer): void => {
    const key = keyOf(answer);
    const word = words.get(key) ?? {};
    words.set(key, word);
    if (answer.isCancelled) word.cancelledAt ??= answer.at;
    else if (word.cancelledAt === undefined) word.refusedAt ??= answer.at;
    else takenBack.push(key);
  };

  const compareOne = (transfer: BookedTransfer, report: Report): void => {
    const key = keyOf(transfer);
    const { state, sentAt } = transfer;
    const { cancelledAt, refusedAt } = words.get(key) ?? {};
    const isCancelled = state === 'cancelled';
    const leftAt = takenAt.get(key);
    if (leftAt !== undefined && (isCancelled || cancelledAt !== undefined)) {
      report('cancelled-never-leaves', key, `was taken on at ${isoOf(leftAt)}, is ${state}`);
    }
    if (cancelledAt !== undefined && !isCancelled) {
      report('cancelled-stays-so', key, `so answered at ${isoOf(cancelledAt)}, is ${state}`);
    }
    // What was never sent is past cancelling only when it has ended without that.
    if (refusedAt !== undefined && sentAt === null && state !== 'failed') {
      report('unsent-can-be-cancelled', key, `refused at ${isoOf(refusedAt)}, is ${state}`);
    }
  };

  return {
    learn: (taken, answers) => {
      for (const one of taken) takenAt.set(keyOf(one), one.at);
      for (const answer of answers.slice(answersSeen)) hear(answer);
      answersSeen = answers.length;
    },
    compare: (transfers, report) => {
      const say = once(report);
      for (const transfer of transfers) compareOne(transfer, say);
      for (const key of takenBack) say('cancelled-stays-so', key, 'then refused as past it');
    },
    complainOfHeld: (held, report) => {
      for (const { rail, ownId, account, leftMinor } of held) {
        const about = `${keyOf({ rail, ownId })} ${account}`;
        once(report)('cancelled-holds-nothing', about, `${formatMoney(leftMinor)} is still there`);
      }
    },
  };
}
