/**
 * What every rail must do, shown against a running simulator of its provider.
 *
 * Exercises: prompts (accepted is not paid, paid once, every way not to pay), payouts (arrive once,
 * whatever is sent again), lost answers, access tokens, a provider that is down, callbacks, and
 * where the rail has them balances, lists, receipts, payer notifications, refunds, top-ups and
 * statements.
 *
 * No real money can move: every request goes through the fault line of `test-world.ts`, which
 * throws, before a byte leaves, at any host but 127.0.0.1, ::1 and localhost. Those are the only
 * hosts it can reach, and what listens there is a simulator with wallets of its own.
 */
import { afterAll, beforeAll, describe } from 'vitest';
import { invariant } from '#kernel';
import { describeCallbacks } from './callbacks-test-kit.ts';
import { describeEnquiries, describePayers } from './enquiries-test-kit.ts';
import { describePayouts } from './payouts-test-kit.ts';
import { describePrompts, payByPrompt } from './prompts-test-kit.ts';
import type { Rail } from './rail.ts';
import { describeProviderRecords, type RecordsContract } from './records-test-kit.ts';
import { describeRefunds, describeTopUps, type RefundContract } from './refunds-test-kit.ts';
import {
  createOwnIds,
  createScene,
  type RailContract,
  type RailDeps,
  type RailWorld,
  type Scene,
} from './test-world.ts';
import { createMemoryTokenKeeper } from './token-memory.ts';
import { describeTokens, describeTrouble } from './trouble-test-kit.ts';

export type { TrueLine, TrueStatement } from './records-test-kit.ts';
export {
  createScene,
  learnPayout,
  learnPrompt,
  paidReceipts,
  payoutFor,
  promptFor,
  walletMinor,
  type PayerAct,
  type RailContract,
  type RailDeps,
  type RailWorld,
  type ReceivedCallback,
  type Scene,
} from './test-world.ts';

/** Registers the tests that a rail must pass; call it from a test file that knows the simulator. */
export function railContract<World extends RailWorld>(
  contract: RailContract<World> & RefundContract<World> & RecordsContract<World>,
): void {
  const {
    name,
    openWorld,
    reasons = {},
    payoutIdsTravel = 'always',
    timeoutMs = 30_000,
  } = contract;
  describe(`${name} keeps the contract of a rail`, { timeout: timeoutMs }, () => {
    let world: World | undefined;
    let nextOwnId: (() => string) | undefined;
    let scenes = 0;
    beforeAll(async () => {
      world = await openWorld();
    }, timeoutMs);
    afterAll(() => world?.close(), timeoutMs);
    const worldOf = (): World => {
      invariant(world !== undefined, 'the world is open');
      return world;
    };
    const open = (): Scene => {
      const opened = worldOf();
      nextOwnId ??= createOwnIds(opened.clock);
      const createRail = (deps: RailDeps): Rail => contract.createRail(deps, opened);
      const tokens = createMemoryTokenKeeper({ clock: opened.clock });
      scenes += 1;
      const reference = `KIT${1_000 + scenes}`;
      return createScene({ world: opened, tokens, createRail, nextOwnId, reference });
    };
    describePayers(open);
    describePrompts(open, reasons);
    describePayouts(open, payoutIdsTravel === 'always');
    describeTokens(open);
    describeTrouble(open);
    describeCallbacks(open);
    describeEnquiries(open);
    describeRefunds({ open, worldOf, pay: payByPrompt });
    describeTopUps({ open, worldOf, pay: payByPrompt }, contract);
    describeProviderRecords({ open, worldOf }, contract);
  });
}
