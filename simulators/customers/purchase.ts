import type { Clock, Prng } from '#kernel';

import {
  actDelayMs,
  chooseWay,
  decideAct,
  lookEveryMs,
  mistype,
  type Mood,
  type PromptAct,
  typingDelayMs,
} from './behaviour.ts';
import { happens } from './chance.ts';
import type { Wish } from './demand.ts';
import type { Checkout, EngineDoor } from './engine-door.ts';
import type { OpenPrompt, PhoneDoor } from './phone-door.ts';
import type { PromptWatch } from './prompt-watch.ts';
import { mayBePrompted, noteAskedForPrompt, type Resident } from './residents.ts';

/** What became of a wish, and how the person took it. */
export interface Outcome {
  /** `done`: paid as far as anybody can tell; `again`: somebody else may; `later`: nobody could. */
  readonly wish: 'done' | 'again' | 'later';
  readonly mood: Mood | undefined;
}

export interface PurchaseDeps {
  readonly clock: Clock;
  readonly prng: Prng;
  readonly engine: EngineDoor;
  readonly door: PhoneDoor;
  readonly watch: PromptWatch;
  /** References that mean something: nobody mistypes one into another. */
  readonly references: readonly string[];
  readonly signal: AbortSignal;
}

interface Visit extends PurchaseDeps {
  readonly wish: Wish;
  readonly resident: Resident;
}

const done: Outcome = { wish: 'done', mood: 'content' };
const gaveUp: Outcome = { wish: 'again', mood: 'gave-up' };
const refused: Outcome = { wish: 'again', mood: 'refused' };

/** One person buys one thing, or does not. */
export function buy(deps: PurchaseDeps, wish: Wish, resident: Resident): Promise<Outcome> {
  const visit: Visit = { ...deps, wish, resident };
  const way = chooseWay(
    {
      habits: resident.person.habits,
      isOpening: wish.isOpening,
      mayBePrompted: mayBePrompted(resident, deps.clock.now()),
    },
    deps.prng,
  );
  if (way === 'paybill') return typePayment(visit, wish.stream.accountReference);
  return payAtCheckout(visit, way === 'checkout-then-paybill');
}

async function payAtCheckout(visit: Visit, changesMind: boolean): Promise<Outcome> {
  const { clock, engine, resident, wish, watch } = visit;
  const { msisdn, habits, rail } = resident.person;
  noteAskedForPrompt(resident, clock.now());
  const order = { streamId: wish.stream.id, amountKes: wish.amountKes, msisdn };
  const reply = await engine.checkout(order);
  if (reply.kind === 'later') return { wish: 'later', mood: undefined };
  if (reply.kind === 'silent') return { wish: 'later', mood: 'gave-up' };
  if (reply.kind === 'refused') return { wish: 'again', mood: 'turned-away' };
  const { checkout } = reply;
  const untilAt = clock.now() + habits.patienceMs;
  const prompt = checkout.willPrompt
    ? await watch.expect({ msisdn, amountKes: wish.amountKes, untilAt })
    : undefined;
  if (prompt === undefined) {
    return rail === 'mpesa' ? typePayment(visit, checkout.reference) : gaveUp;
  }
  if (!changesMind) return answerPrompt(visit, { prompt, checkout, untilAt });
  await act(visit, prompt, 'cancel');
  const paid = await typePayment(visit, checkout.reference);
  // However it was paid, the business has seen a prompt refused.
  return { ...paid, mood: 'refused' };
}

interface Prompted {
  readonly prompt: OpenPrompt;
  readonly checkout: Checkout;
  readonly untilAt: number;
}

async function answerPrompt(visit: Visit, { prompt, checkout, untilAt }: Prompted) {
  const { prng, resident, wish, door } = visit;
  const { habits, msisdn } = resident.person;
  const decision: PromptAct = wish.isOpening ? 'approve' : decideAct(habits, prng);
  const acted = await act(visit, prompt, decision);
  if (decision === 'wrong-pin') await door.forgivePins(msisdn);
  if (decision === 'approve' && !acted) return gaveUp;
  const seen = await lookUntil(visit, checkout, untilAt);
  switch (decision) {
    case 'approve':
      if (seen === 'closed') return leaveAndCount(visit);
      // Unseen or still pending: the PIN was right, so the money has most likely moved.
      resident.balanceKes -= wish.amountKes;
      return done;
    case 'ignore':
      return gaveUp;
    case 'cancel':
    case 'wrong-pin':
      return refused;
    default:
      return decision satisfies never;
  }
}

/** After a moment, as people do; false when the prompt had gone by then. */
async function act(visit: Visit, prompt: OpenPrompt, decision: PromptAct): Promise<boolean> {
  const { clock, prng, wish, door, signal } = visit;
  if (decision === 'ignore') return true;
  await clock.sleep(actDelayMs(prng, wish.isOpening), signal);
  return signal.aborted ? false : door.act(prompt.id, decision);
}

/** Looks at the checkout now and then; a person who has lost patience looks once more. */
async function lookUntil(
  { clock, prng, engine, signal }: Visit,
  { token }: Checkout,
  until: number,
) {
  for (;;) {
    await clock.sleep(lookEveryMs(prng), signal);
    const state = signal.aborted ? 'unseen' : await engine.look(token);
    if (state === 'paid' || state === 'closed') return state;
    if (signal.aborted || clock.now() >= until) return state;
  }
}

/** Paybill, account number and amount, typed by hand and sometimes mistyped. */
async function typePayment(visit: Visit, reference: string): Promise<Outcome> {
  const { clock, prng, door, wish, resident, signal } = visit;
  const { msisdn, habits } = resident.person;
  await clock.sleep(typingDelayMs(prng), signal);
  if (signal.aborted) return { wish: 'later', mood: undefined };
  const isMistyped = happens(prng, habits.typoRate);
  const accountReference = isMistyped ? mistype(reference, visit.references, prng) : reference;
  const paid = await door.pay({ msisdn, accountReference, amountKes: wish.amountKes });
  if (!paid) return leaveAndCount(visit);
  resident.balanceKes -= wish.amountKes;
  // The stream never sees what was mistyped, so somebody else buys in its place.
  return isMistyped ? { wish: 'again', mood: 'content' } : done;
}

/** The provider said no or nothing: the wallet may hold less than was thought. */
async function leaveAndCount({ door, resident }: Visit): Promise<Outcome> {
  const wallet = await door.moveIn(resident.person);
  if (wallet !== undefined) resident.balanceKes = wallet.balanceKes;
  return gaveUp;
}
