import {
  dayMs,
  formatMoney,
  invariant,
  numberFromId,
  type Clock,
  type EpochMs,
  type IdSource,
  type Msisdn,
  type RailId,
} from '#kernel';
import type { Audit } from '#audit';
import type { Billing, Charge } from '#billing';
import type { Database, Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { CallbackChannel, PromptSubmission, Rail } from '#rails';
import type { BlindIndex } from '#security';
import { breakerOpen, type Passage, type Weather } from '#weather';

import { decidePrompt, type PromptDecision } from '../consent.ts';
import type { VerificationStore } from '../inquiries/store.ts';
import { mayFallBack } from './fallback.ts';
import { ownIdOf, type Prompt } from './prompt.ts';
import type { PromptStore } from './store.ts';

export interface PrompterDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly weather: Pick<Weather, 'look'>;
  readonly billing: Billing;
  readonly audit: Audit;
  readonly blindIndex: BlindIndex;
  readonly prompts: PromptStore;
  readonly verifications: VerificationStore;
  readonly isRunning: () => Promise<boolean>;
  /** The address a provider is told to call for this prompt. */
  readonly callbackUrl: (channel: CallbackChannel, subject: bigint) => string;
}

interface Planned {
  readonly prompt: Prompt;
  readonly charge: Charge;
  readonly msisdn: Msisdn;
}

const chargesPerSweepMax = 20;
/** A prompt is on the screen for a minute or three; after ten it is surely gone. */
const pendingHorizonMs = 10 * 60 * 1000;
/** The longest a prompt stands on a screen, with a margin for the way there. */
const onScreenMsMax = 4 * 60 * 1000;
/** If we crash while sending, the janitor takes over after this long. */
const sendingMaxMs = 60_000;
/** Before the very same request goes out again; doubles with every refusal, up to the maximum. */
const resendAfterMs = 5_000;
const resendAfterMaxMs = 10 * 60 * 1000;
/** How long a prompt that is held back waits at most before it looks again. */
const heldBackMaxMs = 30_000;

/** What one sweep knows while it plans. */
interface Sweep {
  readonly running: boolean;
  /** What each rail lets through: known before the transaction, which must not wait for it. */
  readonly passages: ReadonlyMap<RailId, Passage>;
  /** Rails that this sweep tries out: one prompt is enough for that. */
  readonly tried: Set<RailId>;
}

/**
 * Sends prompts. Intent is committed before the first byte goes out, and a submission whose answer
 * is lost is never repeated: the janitor asks instead.
 */
export function createPrompter(deps: PrompterDeps) {
  const { clock, prompts, billing } = deps;

  const obstacleTo = (charge: Charge, now: EpochMs): string | undefined => {
    if (charge.expiresAt <= now) return 'expired';
    return deps.rails.has(charge.rail) ? undefined : 'rail-not-configured';
  };

  /** Locks the phone: what is decided about it holds until the transaction ends. */
  const decide = async (
    tx: Tx,
    { consent, msisdn }: { readonly consent: Charge['consent']; readonly msisdn: Msisdn },
    { running }: Sweep,
  ): Promise<PromptDecision> => {
    const now = clock.now();
    const phoneIndex = deps.blindIndex(msisdn);
    await prompts.lockPhone(tx, phoneIndex, now);
    const history = await prompts.phoneHistory(tx, { index: phoneIndex, since: now - dayMs });
    return decidePrompt({
      now,
      engineRunning: running,
      consent,
      promptsInLastDay: history.promptsInLastDay,
      promptPending: mayBePending(history.pendingSince, consent, now),
      refusedAt: history.refusedAt,
    });
  };

  /** Until when the rail's prompts wait; undefined when one may go out now. */
  const heldBackUntil = (rail: RailId, sweep: Sweep): EpochMs | undefined => {
    const passage = sweep.passages.get(rail);
    if (passage === undefined || passage.kind === 'through') return undefined;
    const latest = clock.now() + heldBackMaxMs;
    if (passage.kind === 'shut') return Math.min(passage.untilAt ?? latest, latest);
    return sweep.tried.has(rail) ? latest : undefined;
  };

  /** The charge on the rail that can ask now, where the payer named another for that. */
  const reroute = async (
    tx: Tx,
    charge: Charge,
    { isHeldBack, sweep }: { readonly isHeldBack: boolean; readonly sweep: Sweep },
  ): Promise<Charge | undefined> => {
    const { fallback } = charge;
    if (fallback === undefined || !deps.rails.has(fallback.rail)) return undefined;
    const before = await prompts.ofCharges(tx, [charge.id]);
    if (!mayFallBack({ charge, prompts: before, isHeldBack })) return undefined;
    if (heldBackUntil(fallback.rail, sweep) !== undefined) return undefined;
    const there = { consent: charge.consent, msisdn: fallback.msisdn };
    if ((await decide(tx, there, sweep)).kind !== 'prompt') return undefined;
    return billing.fallBack(tx, charge);
  };

  const wait = (
    tx: Tx,
    charge: Charge,
    { after, reason }: { readonly after: EpochMs | undefined; readonly reason: string },
  ): Promise<void> => billing.store.schedulePrompt(tx, { id: charge.id, after, reason });

  const plan = async (tx: Tx, due: Charge, sweep: Sweep): Promise<Planned | undefined> => {
    const obstacle = obstacleTo(due, clock.now());
    if (obstacle !== undefined) {
      await wait(tx, due, { after: undefined, reason: obstacle });
      return undefined;
    }
    const until = heldBackUntil(due.rail, sweep);
    const moved = await reroute(tx, due, { isHeldBack: until !== undefined, sweep });
    const charge = moved ?? due;
    const { msisdn, consent } = charge;
    invariant(msisdn !== undefined, 'a charge that may be prompted has a phone');
    const decision = await decide(tx, { consent, msisdn }, sweep);
    if (decision.kind !== 'prompt') {
      const after = decision.kind === 'wait' ? decision.until : undefined;
      await wait(tx, charge, { after, reason: decision.why });
      return undefined;
    }
    if (moved === undefined && until !== undefined) {
      await wait(tx, charge, { after: until, reason: 'provider-down' });
      return undefined;
    }
    sweep.tried.add(charge.rail);
    return write(tx, charge, msisdn);
  };

  /** Intent, before the first byte goes out. */
  const write = async (tx: Tx, charge: Charge, msisdn: Msisdn): Promise<Planned> => {
    const now = clock.now();
    const phoneIndex = deps.blindIndex(msisdn);
    const id = deps.ids.next('prompt');
    const prompt: Prompt = {
      id,
      chargeId: charge.id,
      rail: charge.rail,
      ownId: ownIdOf(id),
      state: 'sending',
      providerRequestId: undefined,
      providerTraceId: undefined,
      amountMinor: charge.amountMinor,
      code: undefined,
      reason: undefined,
      plannedAt: now,
      settledAt: undefined,
      queries: 0,
      failedAnswers: 0,
    };
    await prompts.insert(tx, { ...prompt, phoneIndex, nextQueryAt: now + sendingMaxMs });
    await billing.change(tx, [{ id: charge.id, to: 'prompting' }]);
    await deps.audit.record(tx, {
      actor: { kind: 'engine', part: 'collections' },
      action: 'prompt.planned',
      subject: `prompt:${id}`,
      detail: {
        charge: charge.id,
        rail: charge.rail,
        amount: formatMoney(charge.amountMinor),
        consent: charge.consent?.basis ?? null,
      },
    });
    return { prompt, charge, msisdn };
  };

  const planDue = async (): Promise<{
    readonly planned: readonly Planned[];
    /** There may be more: those that wait for a rail must not keep the others waiting. */
    readonly isFull: boolean;
  }> => {
    // Asked outside of the transaction: one that holds locks must not wait for a second connection.
    const running = await deps.isRunning();
    const passages = new Map<RailId, Passage>();
    for (const rail of deps.rails.keys()) {
      passages.set(rail, await deps.weather.look(rail, 'prompts'));
    }
    return deps.database.transaction(async (tx) => {
      const due = { now: clock.now(), limit: chargesPerSweepMax };
      const charges = await billing.store.lockPromptable(tx, due);
      const planned: Planned[] = [];
      const sweep: Sweep = { running, passages, tried: new Set() };
      for (const charge of charges) {
        const one = await plan(tx, charge, sweep);
        if (one !== undefined) planned.push(one);
      }
      return { planned, isFull: charges.length === chargesPerSweepMax };
    });
  };

  const submit = async ({ prompt, charge, msisdn }: Planned): Promise<PromptSubmission> => {
    const rail = deps.rails.get(prompt.rail);
    invariant(rail !== undefined, 'a charge is on a rail the engine has');
    return rail.sendPrompt({
      ownId: prompt.ownId,
      msisdn,
      amountMinor: charge.amountMinor,
      reference: charge.reference,
      description: charge.description.slice(0, rail.capabilities.descriptionLengthMax),
      callbackUrl: deps.callbackUrl(
        prompt.rail === 'mpesa' ? 'stk-result' : 'airtel-result',
        numberFromId(prompt.id),
      ),
    });
  };

  const note = (planned: Planned, answer: PromptSubmission): Promise<void> =>
    deps.database.transaction(async (tx) => {
      const { prompt, charge } = planned;
      const nextQueryAt = firstQueryAt(deps.rails, prompt.rail, prompt.plannedAt);
      if (answer.kind === 'accepted') {
        const { providerRequestId, providerTraceId } = answer;
        await prompts.change(
          tx,
          {
            id: prompt.id,
            to: 'accepted',
            providerRequestId,
            ...(providerTraceId === undefined ? {} : { providerTraceId }),
            nextQueryAt,
          },
          clock.now(),
        );
        await billing.change(tx, [{ id: charge.id, to: 'prompted' }]);
        await deps.verifications.wake(tx, prompt.id, clock.now());
      } else if (answer.kind === 'unknown') {
        await prompts.change(
          tx,
          { id: prompt.id, to: 'unknown', reason: answer.cause, nextQueryAt },
          clock.now(),
        );
        await billing.change(tx, [{ id: charge.id, to: 'unknown', reason: 'answer-lost' }]);
      } else {
        await noteRefusal(tx, planned, answer);
      }
    });

  const noteRefusal = async (
    tx: Tx,
    { prompt, charge }: Planned,
    answer: Extract<PromptSubmission, { kind: 'refused' }>,
  ): Promise<void> => {
    const { code, description, reason } = answer;
    const change = { id: prompt.id, to: 'refused' as const, code, description, reason };
    const changed = await prompts.change(tx, change, clock.now());
    if (!changed) return;
    if (!answer.mayResend) {
      await billing.change(tx, [{ id: charge.id, to: 'declined', reason }]);
      return;
    }
    const before = await prompts.ofCharges(tx, [charge.id]);
    // One that was held back was no try.
    const tries = before.filter((one) => one.code !== breakerOpen).length;
    const waitMs = Math.min(resendAfterMs * 2 ** Math.max(tries - 1, 0), resendAfterMaxMs);
    await billing.change(tx, [{ id: charge.id, to: 'open', reason }]);
    await billing.store.schedulePrompt(tx, {
      id: charge.id,
      after: clock.now() + waitMs,
      reason,
    });
  };

  const send = async (planned: Planned): Promise<void> => {
    // The owner may have stopped the engine since the prompt was planned.
    const answer = (await deps.isRunning()) ? await submit(planned) : notSent;
    const { prompt, charge } = planned;
    deps.log.info(
      { prompt: prompt.id, charge: charge.id, rail: prompt.rail, answer: answer.kind },
      'prompt submitted',
    );
    await note(planned, answer);
  };

  return {
    /** Plans and sends what is due; answers 0 when there is no more to do. */
    sweep: async (): Promise<number> => {
      const { planned, isFull } = await planDue();
      const ends = await Promise.allSettled(planned.map(send));
      for (const end of ends) {
        // The prompt stays `sending`; the janitor finds it.
        if (end.status === 'rejected') {
          deps.log.error({ err: end.reason }, 'what became of a prompt could not be noted');
        }
      }
      return isFull ? chargesPerSweepMax : planned.length;
    },
  };
}

/** Nothing left us: the charge waits, as it would have without being planned. */
const notSent: PromptSubmission = {
  kind: 'refused',
  code: 'not-sent',
  description: '',
  reason: 'other',
  mayResend: true,
};

export const firstQueryAt = (
  rails: ReadonlyMap<RailId, Rail>,
  rail: RailId,
  plannedAt: EpochMs,
): EpochMs => plannedAt + (rails.get(rail)?.capabilities.promptQueryAfterMs[0] ?? sendingMaxMs);

/**
 * Nobody knows how a prompt without an outcome ended. A consent from before it left the screen, an
 * act or a standing one, may have been withdrawn by cancelling it, and waits until that is known.
 * Only a new consent does not wait.
 */
function mayBePending(
  since: EpochMs | undefined,
  consent: Charge['consent'],
  now: EpochMs,
): boolean {
  if (since === undefined) return false;
  const isOlder = consent !== undefined && consent.givenAt - since < onScreenMsMax;
  return isOlder || now - since < pendingHorizonMs;
}
