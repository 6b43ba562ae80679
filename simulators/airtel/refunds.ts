import { err, ok, type Result } from '#kernel';

import { nextAirtelId } from './airtel-ids.ts';
import { type Fields, fieldsOf } from './checks.ts';
import { collectionCodes as codes, esb } from './codes.ts';
import type { Context } from './context.ts';
import { type Answer, envelopeA, refusalA } from './envelopes.ts';
import { member } from './fields.ts';
import { type Journal, merchant, type Truth, walletOf } from './journal.ts';
import { kenya } from './profile.ts';
import type { Schedule } from './schedule.ts';

export interface Refunds {
  /** Full amount only, by the Airtel id of the original; there is no own id (sheet §8). */
  refund(body: unknown): Answer;
  /** Takes effect after a while, whatever was answered in the meantime. */
  refundLater(body: unknown, afterMs: number): void;
  /** Job: a refund whose effect came late, unless another one has come before it. */
  applyLate(ofAirtelId: string): void;
  /** Customer care gives a payment back by itself; answers the Airtel id of the refund. */
  byCare(ofAirtelId: string): Result<string, RefundObstacle | 'no-such-payment'>;
}

export interface RefundParts {
  readonly context: Context;
  readonly journal: Journal;
  readonly schedule: Schedule;
}

// The replies of a refusal are not documented; HTTP 200 and these codes are assumed (§8, §20.13).
const refuse = (message: string, response: string, result: string = esb.failed): Answer =>
  refusalA({ message, result, response });

const obstacles = {
  'already-reversed': refuse('Transaction already reversed', codes.refused),
  'insufficient-balance': refuse('Insufficient funds', codes.insufficientBalance),
  'payee-limit': refuse('Payee limit exceeded', codes.limitExceeded),
} as const satisfies Record<string, Answer>;
export type RefundObstacle = keyof typeof obstacles;

export function createRefunds({ context, journal, schedule }: RefundParts): Refunds {
  const { clock, store } = context;

  const obstacleTo = ({ airtelId, amountMinor, national }: Truth): RefundObstacle | undefined => {
    const earlier = store.get('select airtel_id from refund where of_airtel_id = ?', airtelId);
    if (earlier !== undefined) return 'already-reversed';
    if (journal.balanceOf(merchant) < amountMinor) return 'insufficient-balance';
    const held = journal.balanceOf(walletOf(national));
    return held + amountMinor > kenya.walletMaxMinor ? 'payee-limit' : undefined;
  };
  const payBack = (original: Truth): string => {
    const { airtelId: of, amountMinor, national, reference } = original;
    const airtelId = nextAirtelId(context, 'refund');
    store.run('insert into refund values (?, ?, ?)', of, airtelId, clock.now());
    // The original's own id, so that the truth can be read; the wire never shows it (assumed).
    const { ownId } = original;
    journal.settle({
      kind: 'refund',
      ownId,
      airtelId,
      amountMinor,
      feeMinor: 0n,
      national,
      reference,
    });
    return airtelId;
  };
  const askedFor = (body: unknown): unknown => {
    const fields: Fields = fieldsOf(body) ?? {};
    return member(fields, 'transaction')['airtel_money_id'];
  };
  return {
    refundLater: (body, afterMs) => {
      const of = askedFor(body);
      if (typeof of !== 'string' || of === '') return;
      const dueAt = clock.now() + afterMs;
      store.transact(() => schedule.add({ kind: 'apply-refund', subject: of, dueAt }));
    },
    applyLate: (of) => {
      const original = journal.truthByAirtelId(of);
      if (original?.kind !== 'collection' || obstacleTo(original) !== undefined) return;
      payBack(original);
    },
    byCare: (of) =>
      store.transact(() => {
        const original = journal.truthByAirtelId(of);
        if (original?.kind !== 'collection') return err('no-such-payment');
        const obstacle = obstacleTo(original);
        return obstacle === undefined ? ok(payBack(original)) : err(obstacle);
      }),
    refund: (body) =>
      store.transact(() => {
        const of = askedFor(body);
        if (typeof of !== 'string' || of === '') {
          return refuse('Invalid airtel_money_id', codes.notFound, esb.fieldValidation);
        }
        const original = journal.truthByAirtelId(of);
        if (original?.kind !== 'collection') {
          return refuse('Transaction not found', codes.notFound, esb.notFound);
        }
        const obstacle = obstacleTo(original);
        if (obstacle !== undefined) return obstacles[obstacle];
        // Sheet §8: `success:false` and no response code, as in the portal's sample.
        return envelopeA(
          { message: 'SUCCESS', result: esb.success, success: !context.knobs().oddSuccessFlag },
          { data: { transaction: { airtel_money_id: payBack(original), status: 'SUCCESS' } } },
        );
      }),
  };
}
