import type { Clock, EpochMs, RailId } from '#kernel';
import { isPayable, type Billing, type Charge } from '#billing';
import type { Database, Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { ListedPayment, Rail } from '#rails';
import { normaliseReference } from '#streams';

import { believableTime, place } from '../judge.ts';
import type { Booking } from '../payments/service.ts';
import { receiptKey, type Payment, type PaymentStore } from '../payments/store.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { PromptStore } from '../prompts/store.ts';

export interface ListReaderDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly billing: Billing;
  readonly payments: PaymentStore;
  readonly prompts: PromptStore;
  readonly book: (tx: Tx, bookings: readonly Booking[]) => Promise<readonly Payment[]>;
}

/** M-Pesa keeps its list for 48 hours (Daraja, Pull Transactions); a little less is asked for. */
const reachBackMs = 47 * 60 * 60 * 1000;
/** Read again each time: a provider may list a payment late. */
const overlapMs = 30 * 60 * 1000;
/** A callback on its way gets this long to come first. */
const settlingMs = 2 * 60 * 1000;
const groupMax = 200;

/**
 * Reads the providers' own lists for payments whose notice never came: a machine that was off, or a
 * callback that was lost. What is in the books already is left as it is.
 */
export function createListReader(deps: ListReaderDeps) {
  const { clock, billing, payments, prompts, database } = deps;
  const readUntil = new Map<RailId, EpochMs>();

  const bookingOf = (
    listed: ListedPayment,
    found: { readonly prompt: Prompt | undefined; readonly charge: Charge | undefined },
    rail: RailId,
  ): Booking => {
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
      road: 'list',
      evidence: { kind: 'list', raw: listed.raw },
    };
  };

  /** Books what is not known of a group; answers how many payments were new. */
  const takeGroup = (rail: RailId, group: readonly ListedPayment[]): Promise<number> =>
    database.transaction(async (tx) => {
      const keys = group.map(({ receipt }) => ({ rail, receipt }));
      const known = await payments.lockByReceipts(tx, keys);
      const missing = group.filter(({ receipt }) => !known.has(receiptKey({ rail, receipt })));
      if (missing.length === 0) return 0;
      const ownIds = missing.flatMap(({ ownId }) => (ownId === undefined ? [] : [ownId]));
      const found = await prompts.find(tx, { ids: [], ownIds });
      const promptByOwnId = new Map(found.map((prompt) => [prompt.ownId, prompt]));
      const references = missing.map((one) => normaliseReference(one.accountReference));
      const charges = await billing.store.lock(tx, {
        ids: found.map(({ chargeId }) => chargeId),
        references: references.filter((reference) => reference !== ''),
      });
      const chargeOf = (one: ListedPayment, prompt: Prompt | undefined): Charge | undefined =>
        charges.find((charge) =>
          prompt === undefined
            ? charge.reference === normaliseReference(one.accountReference)
            : charge.id === prompt.chargeId,
        );
      const booked = await deps.book(
        tx,
        missing.map((one) => {
          const prompt = one.ownId === undefined ? undefined : promptByOwnId.get(one.ownId);
          return bookingOf(one, { prompt, charge: chargeOf(one, prompt) }, rail);
        }),
      );
      return booked.length;
    });

  const readRail = async (rail: Rail): Promise<number> => {
    const toAt = clock.now() - settlingMs;
    const since = readUntil.get(rail.id);
    const fromAt = since === undefined ? toAt - reachBackMs : since - overlapMs;
    const list = await rail.listPayments({ fromAt, toAt });
    if (list.kind !== 'listed') {
      deps.log.debug({ rail: rail.id, answer: list.kind }, 'the list of payments was not read');
      return 0;
    }
    const settled = list.payments.filter(({ occurredAt }) => occurredAt <= toAt);
    let found = 0;
    for (let from = 0; from < settled.length; from += groupMax) {
      found += await takeGroup(rail.id, settled.slice(from, from + groupMax));
    }
    readUntil.set(rail.id, toAt);
    if (found > 0) {
      deps.log.warn({ rail: rail.id, found }, 'payments were found that nobody had told us of');
    }
    return found;
  };

  return {
    /** Answers how many payments were found that the books did not have. */
    sweep: async (): Promise<number> => {
      let found = 0;
      for (const rail of deps.rails.values()) found += await readRail(rail);
      return found;
    },
  };
}
