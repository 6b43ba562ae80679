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
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invariant, shillings, type Msisdn } from '#kernel';
import {
  callbackChannels,
  type FailureReason,
  type PromptReference,
  type PromptRequest,
  type PromptVerdict,
  type Rail,
} from './rail.ts';
import {
  acts,
  answerWith,
  createOwnIds,
  createScene,
  doubts,
  expectedReasons,
  isOpen,
  isRecent,
  isSent,
  learnPayout,
  learnPrompt,
  loseAnswer,
  noConnection,
  paidReceipts,
  payoutFor,
  promptFor,
  reportedMinor,
  toldPayout,
  type PayerAct,
  type RailContract,
  type RailDeps,
  type RailWorld,
  type Scene,
  walletMinor,
  warm,
} from './test-world.ts';
import { describeProviderRecords, type RecordsContract } from './records-test-kit.ts';
import { describeRefunds, describeTopUps, type RefundContract } from './refunds-test-kit.ts';
import { createMemoryTokenKeeper } from './token-memory.ts';

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

async function sendAccepted(scene: Scene, request: PromptRequest): Promise<PromptReference> {
  const submission = await scene.rail.sendPrompt(request);
  expect(submission).toMatchObject({ kind: 'accepted' });
  invariant(submission.kind === 'accepted', 'the prompt was accepted');
  return { ownId: request.ownId, providerRequestId: submission.providerRequestId };
}

/** A prompt approved and settled, with the receipt wherever the rail tells it. */
async function payByPrompt(scene: Scene, amountMinor: bigint) {
  const { world, rail } = scene;
  const msisdn = await world.createPhone({ balanceMinor: walletMinor });
  const request = promptFor(scene, msisdn, amountMinor);
  const reference = await sendAccepted(scene, request);
  await world.approve(msisdn);
  await world.settle();
  const verdict = await learnPrompt(scene, reference);
  const receipts = paidReceipts(scene, request);
  const told = verdict.kind === 'paid' ? verdict.receipt : undefined;
  return { msisdn, request, reference, verdict, receipts, receipt: told ?? receipts[0], rail };
}

/** The payer may be charged a fee beside the amount, but never the amount twice. */
async function expectPaidOnce(
  { world }: Scene,
  msisdn: Msisdn,
  amountMinor: bigint,
): Promise<void> {
  const spentMinor = walletMinor - (await world.balanceMinorOf(msisdn));
  expect(spentMinor).toBeGreaterThanOrEqual(amountMinor);
  expect(spentMinor).toBeLessThan(2n * amountMinor);
}

type Open = () => Scene;

function describePrompts(
  open: Open,
  reasons: Partial<Record<PayerAct, readonly FailureReason[]>>,
): void {
  describe('a prompt', () => {
    it('that is accepted is not paid', async () => {
      const scene = open();
      const { world, rail } = scene;
      const msisdn = await world.createPhone({ balanceMinor: walletMinor });
      const reference = await sendAccepted(scene, promptFor(scene, msisdn, shillings(41)));
      expect(isOpen(await rail.queryPrompt(reference))).toBe(true);
      expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor);
      await world.ignore(msisdn);
      await world.settle();
      expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor);
    });

    it('that is approved is paid exactly once, and its evidence can be read', async () => {
      const scene = open();
      const { rail } = scene;
      const paid = await payByPrompt(scene, shillings(42));
      expect(paid.verdict.kind).toBe('paid');
      expect(paid.verdict.kind === 'paid' && paid.verdict.raw).not.toBe('');
      expect(paid.receipts.length).toBeGreaterThan(0);
      expect(paid.receipt).toMatch(/\S/);
      // However often it is told, it is one payment.
      expect(new Set([paid.receipt, ...paid.receipts.filter((r) => r !== undefined)]).size).toBe(1);
      const named = paid.verdict.kind === 'paid' && paid.verdict.receipt !== undefined;
      expect(named).toBe(rail.capabilities.queryNamesReceipt);
      expect((await learnPrompt(scene, paid.reference)).kind).toBe('paid');
      await expectPaidOnce(scene, paid.msisdn, shillings(42));
    });

    it.each(acts)('whose payer $act has failed for that reason', async (row) => {
      const scene = open();
      const { world, events } = scene;
      const msisdn = await world.createPhone({ balanceMinor: row.balanceMinor });
      const reference = await sendAccepted(scene, promptFor(scene, msisdn, shillings(43)));
      await row.meet(world, msisdn);
      await world.settle();
      const verdict = await learnPrompt(scene, reference);
      const expected = reasons[row.act] ?? expectedReasons[row.act];
      expect(verdict.kind).toBe('failed');
      expect(expected).toContain(verdict.kind === 'failed' && verdict.reason);
      for (const event of events()) {
        expect(event).not.toMatchObject({ verdict: 'paid' });
        expect(event).not.toMatchObject({ outcome: 'succeeded' });
        expect(event.kind).not.toBe('payer-payment');
        const told = event.kind === 'prompt-result' && event.verdict === 'failed';
        expect(told ? expected.includes(event.reason) : true).toBe(true);
      }
      expect(await world.balanceMinorOf(msisdn)).toBe(row.balanceMinor);
    });

    it('whose answer was lost is unknown until evidence tells', async () => {
      const scene = open();
      const { world, rail, line } = scene;
      const msisdn = await world.createPhone({ balanceMinor: walletMinor });
      const request = promptFor(scene, msisdn, shillings(44));
      await warm(scene);
      line.once(loseAnswer);
      expect(await rail.sendPrompt(request)).toMatchObject({ kind: 'unknown' });
      await world.approve(msisdn);
      await world.settle();
      const reference = { ownId: request.ownId, providerRequestId: undefined };
      const isTold = paidReceipts(scene, request).length > 0;
      const kind = isTold ? 'paid' : (await learnPrompt(scene, reference)).kind;
      expect(kind).toBe('paid');
      await expectPaidOnce(scene, msisdn, shillings(44));
    });

    it('nobody knows is neither paid nor failed', async () => {
      const { rail } = open();
      const verdict = await rail.queryPrompt({ ownId: 'KIT0', providerRequestId: 'KIT0' });
      expect(isOpen(verdict)).toBe(true);
    });
  });
}

function describePayouts(open: Open, idsTravel: boolean): void {
  describe('a payout', () => {
    it('is completed, arrives once, and its evidence can be read', async () => {
      const scene = open();
      const { world, rail, events } = scene;
      const msisdn = await world.createPhone({ balanceMinor: 0n });
      const request = payoutFor(scene, msisdn, shillings(151));
      const submission = await rail.sendPayout(request);
      expect(isSent(submission)).toBe(true);
      await world.settle();
      const providerRequestId =
        submission.kind === 'accepted' ? submission.providerRequestId : undefined;
      const reference = { ownId: request.ownId, providerRequestId };
      expect(await learnPayout(scene, reference)).toBe('completed');
      const results = events().filter((event) => event.kind === 'payout-result');
      for (const result of results) {
        const isByRequestId =
          providerRequestId !== undefined && result.providerRequestId === providerRequestId;
        expect(result.verdict).toBe('completed');
        expect(isByRequestId || result.ownId === request.ownId).toBe(true);
      }
      const hasEvidence = submission.kind === 'completed' || results.length > 0;
      expect(hasEvidence || (await learnPayout(scene, reference)) === 'completed').toBe(true);
      expect(await world.balanceMinorOf(msisdn)).toBe(shillings(151));
    });

    it('sent again under its own id never pays twice', async ({ skip }) => {
      skip(!idsTravel, 'no id of ours reaches the provider');
      const scene = open();
      const { world, rail } = scene;
      const msisdn = await world.createPhone({ balanceMinor: 0n });
      const request = payoutFor(scene, msisdn, shillings(152));
      expect(isSent(await rail.sendPayout(request))).toBe(true);
      expect(await rail.sendPayout(request)).toMatchObject({ kind: 'unknown' });
      await world.settle();
      const late = await rail.sendPayout(request);
      await world.settle();
      expect(late).toMatchObject({ kind: 'unknown' });
      expect(await world.balanceMinorOf(msisdn)).toBe(shillings(152));
    });

    it('whose answer was lost is unknown, then found by asking or told', async () => {
      const scene = open();
      const { world, rail, line } = scene;
      const msisdn = await world.createPhone({ balanceMinor: 0n });
      const request = payoutFor(scene, msisdn, shillings(153));
      await warm(scene);
      line.once(loseAnswer);
      expect(await rail.sendPayout(request)).toMatchObject({ kind: 'unknown' });
      await world.settle();
      const reference = { ownId: request.ownId, providerRequestId: undefined };
      // Where no id of ours travels, the address that the result comes to is all that names it.
      const learned = idsTravel ? await learnPayout(scene, reference) : toldPayout(scene, request);
      expect(learned).toBe('completed');
      expect(await world.balanceMinorOf(msisdn)).toBe(shillings(153));
    });

    it('that never left is not found completed', async () => {
      const scene = open();
      const { world, rail, urlsFor, events, nextOwnId } = scene;
      const ownId = nextOwnId();
      const callbacks = urlsFor('status');
      const verdict = await rail.queryPayout({ ownId, providerRequestId: undefined, callbacks });
      expect(['not-found', 'pending', 'asked', 'unknown']).toContain(verdict.kind);
      await world.settle();
      for (const event of events()) expect(event).not.toMatchObject({ state: 'completed' });
    });
  });
}

function describeTokens(open: Open): void {
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

function describeTrouble(open: Open): void {
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

function describeCallbacks(open: Open): void {
  describe('callbacks', () => {
    const anyChannel = fc.constantFrom(...callbackChannels);

    it('of any bytes are read without throwing', () => {
      const { rail } = open();
      const bytes = fc.oneof(fc.uint8Array(), fc.uint8Array({ minLength: 500, maxLength: 5_000 }));
      fc.assert(
        fc.property(anyChannel, bytes, (channel, body) => {
          const reading = rail.readCallback({ channel, body: Buffer.from(body) });
          expect(['event', 'unreadable']).toContain(reading.kind);
        }),
      );
    });

    it('of any JSON are read without throwing', () => {
      const { rail } = open();
      fc.assert(
        fc.property(anyChannel, fc.json(), (channel, json) => {
          const reading = rail.readCallback({ channel, body: Buffer.from(json) });
          expect(['event', 'unreadable']).toContain(reading.kind);
          expect(reading).not.toMatchObject({ event: { verdict: 'paid' } });
        }),
      );
    });

    it.each(['', ' ', '{', '<html></html>', 'ResultCode=0', '\uFEFF', '{"a":'])(
      'of %j are unreadable, with a reason',
      (text) => {
        const { rail } = open();
        for (const channel of rail.capabilities.channels) {
          const reading = rail.readCallback({ channel, body: Buffer.from(text) });
          expect(reading).toEqual({ kind: 'unreadable', why: expect.stringMatching(/\S/) });
        }
      },
    );

    it('that are genuine but cut short are unreadable', async () => {
      const scene = open();
      const { world, rail } = scene;
      await payByPrompt(scene, shillings(49));
      const genuine = world.callbacks().findLast((callback) => {
        const reading = rail.readCallback(callback);
        return reading.kind === 'event';
      });
      invariant(genuine !== undefined, 'a payment calls back');
      const body = Buffer.from(genuine.body.toString('utf8').trim());
      fc.assert(
        fc.property(fc.nat({ max: body.byteLength - 1 }), (length) => {
          const cut = { ...genuine, body: body.subarray(0, length) };
          expect(rail.readCallback(cut).kind).toBe('unreadable');
        }),
      );
    });

    it('are acknowledged on every channel of the rail, and unreadable on any other', () => {
      const { rail } = open();
      const { channels } = rail.capabilities;
      expect(channels.length).toBeGreaterThan(0);
      for (const channel of callbackChannels) {
        const isOurs = channels.includes(channel);
        const reading = rail.readCallback({ channel, body: Buffer.from('{}') });
        expect(isOurs || reading.kind === 'unreadable').toBe(true);
        expect(!isOurs || rail.acknowledge(channel).statusCode === 200).toBe(true);
      }
    });
  });
}

function describeRecords(open: Open): void {
  describe("the provider's records", () => {
    it('show the wallets, and what a payment brings them', async () => {
      const scene = open();
      const beforeMinor = await reportedMinor(scene);
      await payByPrompt(scene, shillings(53));
      const broughtMinor = (await reportedMinor(scene)) - beforeMinor;
      // A fee may be kept from it.
      expect(broughtMinor).toBeGreaterThan(0n);
      expect(broughtMinor).toBeLessThanOrEqual(shillings(53));
    });

    it('list a payment, where the rail has a list', async ({ skip }) => {
      const scene = open();
      const { world, rail } = scene;
      const paid = await payByPrompt(scene, shillings(50));
      const now = world.clock.now();
      const list = await rail.listPayments({ fromAt: now - 3_600_000, toAt: now + 60_000 });
      skip(list.kind === 'refused' && list.reason === 'our-request', 'no list is set up');
      const payments = list.kind === 'listed' ? list.payments : [];
      const isListed = payments.some(
        (payment) =>
          payment.amountMinor === shillings(50) &&
          isRecent(payment.occurredAt, world.clock) &&
          (payment.receipt === paid.receipt || payment.ownId === paid.request.ownId),
      );
      expect(isListed).toBe(true);
    });

    it('tell of one receipt, where the rail can ask', async ({ skip }) => {
      const scene = open();
      const { world, rail, urlsFor, events } = scene;
      const lookup = rail.receiptLookup;
      if (lookup === undefined) {
        skip('the rail cannot ask about a receipt');
        return;
      }
      const { receipt } = await payByPrompt(scene, shillings(51));
      invariant(receipt !== undefined, 'a payment has a receipt');
      const answered = await lookup.ask({ receipt, callbacks: urlsFor('status') });
      expect(answered).toEqual({ kind: 'asked' });
      await world.settle();
      const found = { verdict: 'found', receipt, state: 'completed', amountMinor: shillings(51) };
      expect(events()).toContainEqual(expect.objectContaining(found));
    });
  });
}

/**
 * Comes first: where a payment by prompt is also told as one from the payer, all tests after this
 * one are told twice.
 */
function describePayers(open: Open): void {
  it('tells of payments without a prompt, where payers can make them', async ({ skip }) => {
    const { world, rail, reference, events } = open();
    const notifications = rail.payerNotifications;
    if (notifications === undefined || world.payWithoutPrompt === undefined) {
      skip('payers cannot pay without a prompt');
      return;
    }
    // Registered once for all attempts, so under no test's own address.
    const urls = {
      confirmationUrl: world.callbackUrl('paybill-confirmation'),
      validationUrl: world.callbackUrl('paybill-validation'),
    };
    expect(await notifications.register(urls)).toMatchObject({ ok: true });
    expect(await notifications.register(urls)).toMatchObject({ ok: true });
    const msisdn = await world.createPhone({ balanceMinor: walletMinor });
    await world.payWithoutPrompt({ msisdn, amountMinor: shillings(52), reference });
    await world.settle();
    const told = {
      kind: 'payer-payment',
      amountMinor: shillings(52),
      accountReference: reference,
      receipt: expect.stringMatching(/\S/),
    };
    expect(events()).toEqual([expect.objectContaining(told)]);
  });
}

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
    const open: Open = () => {
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
    describeRecords(open);
    describeRefunds({ open, worldOf, pay: payByPrompt });
    describeTopUps({ open, worldOf, pay: payByPrompt }, contract);
    describeProviderRecords({ open, worldOf }, contract);
  });
}
