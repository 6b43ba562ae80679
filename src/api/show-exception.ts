import { decimalOf, isoOf, parseAmountMinor, parseId, type Id, type IdKind } from '#kernel';
import {
  exceptionKinds,
  factsOf,
  type Allocation,
  type AppliedFix,
  type Fix,
  type Proposed,
  type Reason,
} from '#collections';
import type { FixAsked, ReasonView } from '#api/contract';

import type { Parts } from './app.ts';
import { notFound, ProblemRaised } from './problem.ts';
import { showPayment } from './show.ts';

/** Fixes as the contract writes them, in both directions, and why they are suggested. */

const showFix = (fix: Fix): FixAsked => {
  switch (fix.kind) {
    case 'match':
      return {
        kind: fix.kind,
        allocations: fix.allocations.map(({ chargeId, amountMinor, paymentId }) => ({
          chargeId,
          ...(amountMinor !== undefined && { amountDecimal: decimalOf(amountMinor) }),
          ...(paymentId !== undefined && { paymentId }),
        })),
        rest: fix.rest,
      };
    case 'accept-short':
      return { kind: fix.kind, ...(fix.chargeId !== undefined && { chargeId: fix.chargeId }) };
    case 'assign-stream':
      return { kind: fix.kind, stream: fix.streamId };
    case 'refund':
      return { kind: fix.kind, part: fix.part, ...(fix.by !== undefined && { by: fix.by }) };
    // A number is not shown whole: without one the payer's is meant.
    case 'assign-customer':
    case 'book-reversal':
    case 'keep':
    case 'dismiss':
      return { kind: fix.kind };
    default:
      return fix satisfies never;
  }
};

function showReason(reason: Reason): ReasonView {
  if ('leftMinor' in reason) {
    const { leftMinor, ...facts } = reason;
    return { ...facts, leftDecimal: decimalOf(leftMinor) };
  }
  if ('waivedMinor' in reason) {
    const { waivedMinor, ...facts } = reason;
    return { ...facts, waivedDecimal: decimalOf(waivedMinor) };
  }
  return 'references' in reason ? { ...reason, references: [...reason.references] } : reason;
}

function idOf<Kind extends IdKind>(kind: Kind, text: string): Id<Kind> {
  const id = parseId(kind, text);
  if (id.ok) return id.value;
  throw new ProblemRaised('invalid-request', `${text} is not an id of that kind.`);
}

const optionalId = <Kind extends IdKind>(
  kind: Kind,
  text: string | undefined,
): Id<Kind> | undefined => (text === undefined ? undefined : idOf(kind, text));

function amountOf(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const amount = parseAmountMinor(text);
  if (amount.ok && amount.value > 0n) return amount.value;
  throw new ProblemRaised('amount-not-above-zero', 'Allocate an amount above zero.');
}

export function readFix(asked: FixAsked): Fix {
  switch (asked.kind) {
    case 'match':
      return {
        kind: asked.kind,
        allocations: asked.allocations.map(({ chargeId, amountDecimal, paymentId }) => ({
          chargeId: idOf('charge', chargeId),
          amountMinor: amountOf(amountDecimal),
          paymentId: optionalId('payment', paymentId),
        })),
        rest: asked.rest,
        phone: asked.phone,
      };
    case 'accept-short':
      return { kind: asked.kind, chargeId: optionalId('charge', asked.chargeId) };
    case 'assign-stream':
      return { kind: asked.kind, streamId: asked.stream };
    case 'assign-customer':
      return { kind: asked.kind, phone: asked.phone };
    case 'refund':
      return { kind: asked.kind, part: asked.part, by: asked.by };
    case 'book-reversal':
    case 'keep':
    case 'dismiss':
      return { kind: asked.kind };
    default:
      return asked satisfies never;
  }
}

export const readAfter = (after: string | undefined) => optionalId('fix', after);

export const showException = ({ exception, suggestions }: Proposed) => {
  const { why, fixes } = factsOf(exception.kind);
  const { amountMinor, resolvedAt } = exception;
  return {
    id: exception.id,
    kind: exception.kind,
    title: exceptionKinds[exception.kind],
    why,
    state: exception.state,
    rail: exception.rail ?? null,
    subject: exception.subject,
    amountDecimal: amountMinor === undefined ? null : decimalOf(amountMinor),
    detail: { ...exception.detail },
    openedAt: isoOf(exception.openedAt),
    resolvedAt: resolvedAt === undefined ? null : isoOf(resolvedAt),
    fixId: exception.fixId ?? null,
    fixes: [...fixes],
    suggestions: suggestions.map((one) => ({
      fix: showFix(one.fix),
      why: one.why,
      reason: showReason(one.reason),
    })),
  };
};

export const showAllocation = (allocation: Allocation) => ({
  fixId: allocation.fixId,
  paymentId: allocation.paymentId,
  chargeId: allocation.chargeId ?? null,
  stream: allocation.streamId,
  amountDecimal: decimalOf(allocation.amountMinor),
  waivedDecimal: decimalOf(allocation.waivedMinor),
  reversedBy: allocation.reversedBy ?? null,
});

export const showAppliedFix = (fix: AppliedFix) => ({
  id: fix.id,
  exceptionId: fix.exceptionId,
  kind: fix.kind,
  reason: fix.reason,
  appliedBy: fix.appliedBy,
  appliedAt: isoOf(fix.appliedAt),
  transferId: fix.transferId ?? null,
  undoes: fix.undoes ?? null,
  undoneBy: fix.undoneBy ?? null,
});

/** The exception of the path; what cannot be an id of one is not there. */
export function exceptionIdOf(text: string): Id<'exception'> {
  const id = parseId('exception', text);
  if (!id.ok) throw notFound('No exception has this id.');
  return id.value;
}

/** An exception with its money and everything done about it, as things stand. */
export async function exceptionTraceOf({ collections }: Parts, text: string) {
  const proposed = await collections.propose(exceptionIdOf(text));
  if (proposed === undefined) throw notFound('No exception has this id.');
  const { exception, payment } = proposed;
  const [history, allocations] = await Promise.all([
    collections.fixesOf(exception.id),
    payment === undefined ? [] : collections.allocationsOf(payment.id),
  ]);
  return {
    exception: showException(proposed),
    payment: payment === undefined ? null : showPayment(payment),
    allocations: allocations.map(showAllocation),
    history: history.map(showAppliedFix),
  };
}
