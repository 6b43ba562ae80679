import type { Clock, EpochMs, Msisdn } from '#kernel';

import { isFor, type OpenPrompt, type PhoneDoor } from './phone-door.ts';

export interface Expected {
  readonly msisdn: Msisdn;
  readonly amountKes: number;
  readonly untilAt: EpochMs;
}

/** People who look at their phones, waiting for a prompt that they have asked for. */
export interface PromptWatch {
  /** Resolves to the prompt, or to nothing when it does not come in time. */
  expect(expected: Expected): Promise<OpenPrompt | undefined>;
}

export interface PromptWatchDeps {
  readonly clock: Clock;
  readonly door: PhoneDoor;
  readonly signal: AbortSignal;
}

interface Waiting extends Expected {
  readonly found: (prompt: OpenPrompt | undefined) => void;
}

const pollMs = 1000;

/**
 * Asks the provider for open prompts while somebody waits. A prompt that nobody here has asked for,
 * or for another amount, is left alone: it may be somebody's who plays with the phones by hand.
 */
export function createPromptWatch({ clock, door, signal }: PromptWatchDeps): PromptWatch {
  let waiting: readonly Waiting[] = [];
  let isPolling = false;

  const look = async (): Promise<void> => {
    const prompts = (door.isOpen() ? await door.openPrompts() : undefined) ?? [];
    const promptOf = ({ msisdn, amountKes }: Waiting): OpenPrompt | undefined =>
      prompts.find((open) => isFor(open, msisdn, amountKes));
    const isOver = ({ untilAt }: Waiting): boolean => signal.aborted || clock.now() >= untilAt;
    const leaving = waiting.filter((one) => promptOf(one) !== undefined || isOver(one));
    waiting = waiting.filter((one) => !leaving.includes(one));
    for (const one of leaving) one.found(promptOf(one));
  };
  const poll = async (): Promise<void> => {
    while (waiting.length > 0) {
      await clock.sleep(pollMs, signal);
      await look();
    }
    isPolling = false;
  };
  return {
    expect: (expected) =>
      new Promise((found) => {
        waiting = [...waiting, { ...expected, found }];
        if (isPolling) return;
        isPolling = true;
        void poll();
      }),
  };
}
