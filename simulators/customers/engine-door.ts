import type { Clock, EpochMs, Msisdn } from '#kernel';

import { createBackOff } from './back-off.ts';
import type { Complain } from './complaints.ts';
import { fieldsOf, textIn } from './fields.ts';
import type { Answered, Http, Reply } from './http.ts';

export interface CheckoutOrder {
  readonly streamId: string;
  readonly amountKes: number;
  readonly msisdn: Msisdn;
}

export type CheckoutReply =
  | { readonly kind: 'made'; readonly checkout: Checkout }
  /** The business does not want this sale, from this person, or now. */
  | { readonly kind: 'refused' }
  /** Nothing was made; the door is shut for a while. */
  | { readonly kind: 'later' }
  /** Nobody knows whether it was made. */
  | { readonly kind: 'silent' };

export interface Checkout {
  /** Opens the state of the charge. */
  readonly token: string;
  readonly reference: string;
  /** Whether the phone is about to ask for the PIN. */
  readonly willPrompt: boolean;
}

/** As its payer sees it; `closed` is what no payment is expected for any more. */
export type CheckoutState = 'pending' | 'paid' | 'closed' | 'unseen';

/** What the business shows to anybody: its checkout. */
export interface EngineDoor {
  checkout(order: CheckoutOrder): Promise<CheckoutReply>;
  /** Does not look when others are waiting for their turn; the answer is `unseen` then. */
  look(token: string): Promise<CheckoutState>;
  isOpen(): boolean;
}

export interface EngineDoorDeps {
  readonly clock: Clock;
  readonly http: Http;
  readonly engineUrl: string;
  readonly complain: Complain;
  readonly signal: AbortSignal;
}

/** All customers come from one address here, and the engine counts requests by address. */
const spacingMs = 1100;
const retryAfterUsualMs = 30_000;
const stoppedMs = 30_000;

export function createEngineDoor(deps: EngineDoorDeps): EngineDoor {
  const { clock, http, engineUrl, complain, signal } = deps;
  const backOff = createBackOff();
  let nextTurnAt: EpochMs = 0;

  const takeTurn = (): number => {
    const now = clock.now();
    const turnAt = Math.max(now, nextTurnAt);
    nextTurnAt = turnAt + spacingMs;
    return turnAt - now;
  };
  /** What every answer means for the next ones; `undefined` when nothing can be read from it. */
  const judged = (reply: Reply): Answered | undefined => {
    if (reply.kind === 'silent' || reply.status >= 500) {
      complain('engine', reply.kind === 'silent' ? reply.why : `HTTP ${reply.status}`);
      backOff.failed(clock.now());
      return undefined;
    }
    backOff.worked();
    if (reply.status === 429) {
      complain('checkout', 'HTTP 429, too many requests');
      backOff.closeUntil(clock.now() + (reply.retryAfterMs ?? retryAfterUsualMs));
    }
    return reply;
  };
  return {
    isOpen: () => backOff.isOpen(clock.now()),
    checkout: async ({ streamId, amountKes, msisdn }) => {
      await clock.sleep(takeTurn(), signal);
      // The door may have been shut while this one stood in line.
      if (!backOff.isOpen(clock.now())) return { kind: 'later' };
      const body = { stream: streamId, amount: amountKes, phone: msisdn };
      const url = `${engineUrl}/api/qmoi/checkout`;
      const reply = judged(await http.ask({ method: 'POST', url, body }));
      if (reply === undefined) return { kind: 'silent' };
      if (reply.status === 429) return { kind: 'later' };
      if (isStopped(reply)) {
        backOff.closeUntil(clock.now() + stoppedMs);
        return { kind: 'later' };
      }
      const checkout = checkoutIn(reply);
      if (checkout !== undefined) return { kind: 'made', checkout };
      complain('checkout', `HTTP ${reply.status} ${textIn(reply.body, 'detail')}`);
      return { kind: 'refused' };
    },
    look: async (token) => {
      const now = clock.now();
      if (nextTurnAt > now || !backOff.isOpen(now)) return 'unseen';
      takeTurn();
      const url = `${engineUrl}/api/qmoi/checkout/${encodeURIComponent(token)}`;
      const reply = judged(await http.ask({ method: 'GET', url }));
      return reply === undefined ? 'unseen' : stateIn(reply);
    },
  };
}

/** The owner has stopped the engine: nobody's fault, and nothing to complain about. */
const isStopped = ({ status, body }: Answered): boolean =>
  status === 409 && textIn(body, 'type').endsWith(':engine-stopped');

function checkoutIn({ status, body }: Answered): Checkout | undefined {
  const token = textIn(body, 'checkoutToken');
  const reference = textIn(body, 'reference');
  if (status >= 300 || token === '' || reference === '') return undefined;
  const instructions = fieldsOf(body['payInstructions']);
  return { token, reference, willPrompt: instructions['prompt'] !== false };
}

function stateIn({ status, body }: Answered): CheckoutState {
  if (status !== 200) return 'unseen';
  const state = textIn(body, 'state');
  if (state === 'paid') return 'paid';
  return state === 'declined' || state === 'expired' ? 'closed' : 'pending';
}
