import { err, railNames, type Clock, type RailId } from '#kernel';
import type { NotKnown, Rail, Refused } from '#rails';

import type { Passage } from './breaker/breaker.ts';
import type { Operation } from './operation.ts';
import { breakerOpen, outcomeOf, type Answer, type Outcome } from './outcome.ts';

/** Who is told of every call, and may hold it back. Neither may fail: the answer is worth more. */
export interface Watcher {
  enter(rail: RailId, operation: Operation): Promise<Passage>;
  note(call: WatchedCall, outcome: Outcome): Promise<void>;
}

export interface WatchedCall {
  readonly rail: RailId;
  readonly operation: Operation;
  readonly tookMs: number;
  readonly probe: boolean;
}

type Shut = Extract<Passage, { readonly kind: 'shut' }>;
type Through = <Told>(
  operation: Operation,
  call: () => Promise<Told>,
  words: { readonly shut: (shut: Shut) => Told; readonly read: (told: Told) => Answer },
) => Promise<Told>;

/** An order that did not leave us: nothing moved, and it may be given again. */
const notOrdered =
  (rail: RailId) =>
  ({ cause, code }: Shut): Refused => ({
    kind: 'refused',
    code: breakerOpen,
    description:
      cause === 'failing'
        ? `${railNames[rail]} did not answer (${code}); it is tried again shortly.`
        : `${railNames[rail]} did not take our operator (${code}).`,
    reason: cause === 'failing' ? 'provider-down' : 'our-credentials',
    mayResend: true,
  });

/** A question that was not asked: nothing was learned. */
const notAsked = (): NotKnown => ({ kind: 'unknown', cause: breakerOpen });

const asItIs = (told: Answer): Answer => told;
const fault: Outcome = { kind: 'unknown', code: 'fault', unheard: true, credentials: 'taken' };

function throughWith(rail: RailId, clock: Pick<Clock, 'now'>, watcher: Watcher): Through {
  return async (operation, call, { shut, read }) => {
    const passage = await watcher.enter(rail, operation);
    if (passage.kind === 'shut') return shut(passage);
    const startedAt = clock.now();
    const noteIt = (outcome: Outcome): Promise<void> => {
      const tookMs = clock.now() - startedAt;
      return watcher.note({ rail, operation, tookMs, probe: passage.kind === 'probe' }, outcome);
    };
    try {
      const told = await call();
      await noteIt(outcomeOf(read(told)));
      return told;
    } catch (error) {
      await noteIt(fault);
      throw error;
    }
  };
}

/** The same rail, every call of which is counted and may be held back. */
export function watchRail(rail: Rail, clock: Pick<Clock, 'now'>, watcher: Watcher): Rail {
  const through = throughWith(rail.id, clock, watcher);
  const order = { shut: notOrdered(rail.id), read: asItIs };
  const question = { shut: notAsked, read: asItIs };
  return {
    ...rail,
    sendPrompt: (request) => through('prompt', () => rail.sendPrompt(request), order),
    queryPrompt: (asked) => through('prompt-query', () => rail.queryPrompt(asked), question),
    sendPayout: (request) => through('payout', () => rail.sendPayout(request), order),
    queryPayout: (asked) => through('payout-query', () => rail.queryPayout(asked), question),
    queryBalance: (urls) => through('balance', () => rail.queryBalance(urls), question),
    listPayments: (period) => through('list', () => rail.listPayments(period), question),
    ...watchedExtras(rail, through),
  };
}

function watchedExtras(rail: Rail, through: Through): Partial<Rail> {
  const { payerNotifications, receiptLookup, refunds, topUps, paymentCodes } = rail;
  const order = { shut: notOrdered(rail.id), read: asItIs };
  const question = { shut: notAsked, read: asItIs };
  return {
    ...(payerNotifications && {
      payerNotifications: {
        register: (urls) =>
          through('register', () => payerNotifications.register(urls), {
            shut: () => err(notAsked()),
            read: (told) => (told.ok ? { kind: 'accepted' } : told.error),
          }),
      },
    }),
    ...(receiptLookup && {
      receiptLookup: {
        ask: (asked) => through('lookup', () => receiptLookup.ask(asked), question),
      },
    }),
    ...(refunds && {
      refunds: {
        send: (request) => through('refund', () => refunds.send(request), order),
        query: (asked) => through('payout-query', () => refunds.query(asked), question),
      },
    }),
    ...(topUps && {
      topUps: {
        ...topUps,
        send: (request) => through('top-up', () => topUps.send(request), order),
        query: (asked) => through('payout-query', () => topUps.query(asked), question),
      },
    }),
    ...(paymentCodes && {
      paymentCodes: {
        create: (request) => through('code', () => paymentCodes.create(request), order),
      },
    }),
  };
}
