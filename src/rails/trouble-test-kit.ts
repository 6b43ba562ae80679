/**
 * What a rail must do when its access token is refused, and when its provider is down or answers
 * nonsense. Part of the contract in `test-kit.ts`, under the same promise: no real money can move.
 */
import { describe, expect, it } from 'vitest';
import { shillings } from '#kernel';
import { expectPaidOnce, payByPrompt, sendAccepted } from './prompts-test-kit.ts';
import type { PromptVerdict } from './rail.ts';
import {
  answerWith,
  doubts,
  isOpen,
  learnPrompt,
  noConnection,
  payoutFor,
  promptFor,
  type Scene,
  walletMinor,
  warm,
} from './test-world.ts';

export function describeTokens(open: () => Scene): void {
  describe('the access token', () => {
    const atOnce = 20;
    const askMany = ({ rail }: Scene): Promise<readonly PromptVerdict[]> =>
      Promise.all(
        Array.from({ length: atOnce }, () =>
          rail.queryPrompt({ ownId: 'KIT0', providerRequestId: 'KIT0' }),
        ),
      );
    const timesSent = ({ line }: Scene, url: string | undefined): number =>
      line.sent.filter((request) => request.url === url).length;

    it('is fetched once for twenty calls at a time', async () => {
      const scene = open();
      const verdicts = await askMany(scene);
      expect(verdicts.every(isOpen)).toBe(true);
      expect(scene.minted()).toBe(1);
    });

    it('is fetched once more for twenty that are refused', async () => {
      const scene = open();
      await warm(scene);
      await scene.world.revokeTokens();
      await askMany(scene);
      expect(scene.minted()).toBe(2);
    });

    it('that is refused is fetched anew, and the call sent once more', async () => {
      const scene = open();
      const { world, line } = scene;
      const msisdn = await world.createPhone({ balanceMinor: walletMinor });
      const request = promptFor(scene, msisdn, shillings(45));
      await warm(scene);
      await world.revokeTokens();
      const sentBefore = line.sent.length;
      const reference = await sendAccepted(scene, request);
      expect(scene.minted()).toBe(2);
      expect(timesSent(scene, line.sent[sentBefore]?.url)).toBe(2);
      await world.approve(msisdn);
      await world.settle();
      expect((await learnPrompt(scene, reference)).kind).toBe('paid');
      await expectPaidOnce(scene, msisdn, shillings(45));
    });

    it('that is refused again ends in a refusal', async () => {
      const scene = open();
      const { world, rail, line } = scene;
      const msisdn = await world.createPhone({ balanceMinor: walletMinor });
      await warm(scene);
      const sentBefore = line.sent.length;
      line.breakWith(async (request, forward) => {
        await world.revokeTokens();
        return forward(request);
      });
      const submission = await rail.sendPrompt(promptFor(scene, msisdn, shillings(46)));
      expect(submission).toMatchObject({ kind: 'refused', reason: 'our-credentials' });
      expect(timesSent(scene, line.sent[sentBefore]?.url)).toBe(2);
    });
  });
}

export function describeTrouble(open: () => Scene): void {
  const questions = async (scene: Scene): Promise<readonly string[]> => {
    const { rail, urlsFor, world } = scene;
    const callbacks = urlsFor('status');
    const now = world.clock.now();
    const answers = [
      await rail.queryPrompt({ ownId: 'KIT0', providerRequestId: 'KIT0' }),
      await rail.queryPayout({ ownId: 'KIT0', providerRequestId: 'KIT0', callbacks }),
      await rail.queryBalance(urlsFor('balance')),
      await rail.listPayments({ fromAt: now - 3_600_000, toAt: now }),
    ];
    return answers.map(({ kind }) => kind);
  };
  const sendOne = async (scene: Scene, order: 'prompt' | 'payout') => {
    const { world, rail } = scene;
    const msisdn = await world.createPhone({ balanceMinor: walletMinor });
    return order === 'prompt'
      ? rail.sendPrompt(promptFor(scene, msisdn, shillings(47)))
      : rail.sendPayout(payoutFor(scene, msisdn, shillings(154)));
  };
  const sendBoth = async (scene: Scene) => ({
    prompt: await sendOne(scene, 'prompt'),
    payout: await sendOne(scene, 'payout'),
  });
  /** Where the requests go that move money: the last ones of two orders that are taken. */
  const orderUrls = async (scene: Scene) => {
    await sendOne(scene, 'prompt');
    const prompt = scene.line.sent.at(-1)?.url;
    await sendOne(scene, 'payout');
    return { prompt, payout: scene.line.sent.at(-1)?.url };
  };
  const taken = { kind: expect.stringMatching(/^(?:accepted|completed)$/) };
  const unsent = { kind: 'refused', reason: 'provider-down', mayResend: true };

  describe('a provider that', () => {
    it.each(doubts)('%s leaves money unknown and tells nothing', async (_, outcome) => {
      const scene = open();
      await warm(scene);
      scene.line.breakWith(answerWith(outcome));
      const { prompt, payout } = await sendBoth(scene);
      expect(prompt.kind).toBe('unknown');
      expect(payout.kind).toBe('unknown');
      for (const kind of await questions(scene)) {
        expect(['unknown', 'pending', 'refused']).toContain(kind);
      }
    });

    it.each([0, 1, 2, 3])(
      'breaks off after %i requests never leaves an order in doubt unsaid',
      async (n) => {
        const orders = await orderUrls(open());
        for (const [name, outcome] of doubts) {
          for (const order of ['prompt', 'payout'] as const) {
            const scene = open();
            const { line } = scene;
            // Each order on a rail of its own, which has neither token nor key yet.
            line.breakWith((request, forward) =>
              line.sent.length <= n ? forward(request) : Promise.resolve(outcome),
            );
            const submission = await sendOne(scene, order);
            const wasSent = line.sent.some(({ url }) => url === orders[order]);
            const doubtful = wasSent ? { kind: 'unknown' } : unsent;
            const expected = wasSent && line.sent.length <= n ? taken : doubtful;
            expect({ name, order, ...submission }).toMatchObject(expected);
          }
        }
      },
    );

    it.each([
      ['with a token', true],
      ['without a token', false],
    ])('cannot be reached, %s, took no effect and may be sent to again', async (_, isWarm) => {
      const scene = open();
      const { world, line } = scene;
      if (isWarm) await warm(scene);
      line.breakWith(answerWith(noConnection));
      const { prompt, payout } = await sendBoth(scene);
      expect(prompt).toMatchObject(unsent);
      expect(payout).toMatchObject(unsent);
      for (const kind of await questions(scene)) expect(['unknown', 'refused']).toContain(kind);
      line.mend();
      const paid = await payByPrompt(scene, shillings(48));
      expect(paid.verdict.kind).toBe('paid');
      await world.settle();
    });
  });
}
