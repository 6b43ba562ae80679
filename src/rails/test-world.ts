/**
 * The stage on which `test-kit.ts` puts a rail: its world, its faults, and how it is questioned.
 */
import { invariant, shillings, type Clock, type EpochMs, type Msisdn } from '#kernel';
import type { HttpLine, HttpOutcome, HttpRequest } from './http.ts';
import type { RailEvent, ReceiptReport } from './event.ts';
import type {
  CallbackChannel,
  CallbackUrls,
  FailureReason,
  PayoutReference,
  PayoutRequest,
  PayoutSubmission,
  PayoutVerdict,
  PromptReference,
  PromptRequest,
  PromptVerdict,
  Rail,
  RawCallback,
} from './rail.ts';
import type { TokenKeeper } from './token.ts';

/** A callback as it came, with what its address ended in. */
export interface ReceivedCallback extends RawCallback {
  /** Undefined where it came to an address registered once for all. */
  readonly token: string | undefined;
}

/**
 * A provider in small: phones with wallets, a business wallet that can pay out, and a receiver on
 * this machine for its callbacks.
 */
export interface RailWorld {
  /** Reaches the simulator; faults are put on top of it here. */
  readonly line: HttpLine;
  readonly clock: Clock;
  /** With a token of letters and digits the address is of one attempt. */
  callbackUrl(channel: CallbackChannel, token?: string): string;
  /** Every callback received so far, oldest first, byte for byte. */
  callbacks(): readonly ReceivedCallback[];
  /** A new phone, registered with the provider. */
  createPhone(wallet: { readonly balanceMinor: bigint }): Promise<Msisdn>;
  balanceMinorOf(msisdn: Msisdn): Promise<bigint>;
  /** The four ways to meet the prompt that is, or is about to be, open on a phone. */
  approve(msisdn: Msisdn): Promise<void>;
  cancel(msisdn: Msisdn): Promise<void>;
  enterWrongPin(msisdn: Msisdn): Promise<void>;
  ignore(msisdn: Msisdn): Promise<void>;
  /**
   * Lets the provider's time run until all that is under way has ended, its callbacks have been
   * received, and an enquiry may be made.
   */
  settle(): Promise<void>;
  /** The provider forgets every access token it gave out. */
  revokeTokens(): Promise<void>;
  /** Present where payers can pay without a prompt. */
  payWithoutPrompt?(payment: {
    readonly msisdn: Msisdn;
    readonly amountMinor: bigint;
    readonly reference: string;
  }): Promise<void>;
  close(): Promise<void>;
}

export interface RailDeps {
  readonly line: HttpLine;
  readonly tokens: TokenKeeper;
  readonly clock: Clock;
}

export type PayerAct = 'cancels' | 'enters a wrong PIN' | 'does not answer' | 'has no money';

export interface RailContract<World extends RailWorld> {
  readonly name: string;
  readonly openWorld: () => Promise<World>;
  readonly createRail: (deps: RailDeps, world: World) => Rail;
  /** Where a provider cannot tell some of these apart: all the reasons the rail may give. */
  readonly reasons?: Partial<Record<PayerAct, readonly FailureReason[]>>;
  /** `never` where a provider's interface has no room for the ids that we give to payouts. */
  readonly payoutIdsTravel?: 'always' | 'never';
  /** For one test; worlds that run on the wall clock need longer. */
  readonly timeoutMs?: number;
}

export type Fault = (request: HttpRequest, forward: HttpLine['send']) => Promise<HttpOutcome>;

export interface FaultLine extends HttpLine {
  readonly sent: readonly HttpRequest[];
  /** Meets the next request only. */
  once(fault: Fault): void;
  /** Meets every request until mended. */
  breakWith(fault: Fault): void;
  mend(): void;
}

const loopbackHosts = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Puts faults on a line and keeps it to this machine. */
export function createFaultLine(inner: HttpLine): FaultLine {
  const sent: HttpRequest[] = [];
  const next: Fault[] = [];
  let standing: Fault | undefined;
  const forward: HttpLine['send'] = (request) => {
    const { hostname } = new URL(request.url);
    invariant(loopbackHosts.has(hostname), `the kit may not reach ${hostname}`);
    return inner.send(request);
  };
  return {
    sent,
    send: (request) => {
      sent.push(request);
      const fault = next.shift() ?? standing;
      return fault === undefined ? forward(request) : fault(request, forward);
    },
    once: (fault) => void next.push(fault),
    breakWith: (fault) => {
      standing = fault;
    },
    mend: () => {
      standing = undefined;
    },
  };
}

/** The provider never hears the request. */
export const answerWith =
  (outcome: HttpOutcome): Fault =>
  () =>
    Promise.resolve(outcome);
/** The provider acts, but its answer is lost on the way. */
export const loseAnswer: Fault = async (request, forward) => {
  await forward(request);
  return { kind: 'lost', cause: 'timeout' };
};

/** Letters and digits only: every provider takes those. */
export function createOwnIds(clock: Clock): () => string {
  let made = 0;
  return () => {
    made += 1;
    return `KIT${clock.now().toString(36).toUpperCase()}N${made}`;
  };
}

/** Nothing settled yet, and nothing claimed. */
export const isOpen = ({ kind }: PromptVerdict | PayoutVerdict): boolean =>
  kind === 'pending' || kind === 'unknown' || kind === 'not-found';

/** What a kit's phone has to spend. */
export const walletMinor = shillings(5_000);

export const expectedReasons: Readonly<Record<PayerAct, readonly FailureReason[]>> = {
  cancels: ['payer-cancelled'],
  'enters a wrong PIN': ['wrong-pin'],
  'does not answer': ['no-response', 'expired'],
  'has no money': ['insufficient-funds'],
};

/** The ways not to pay, and the wallet each needs. */
export const acts: readonly {
  readonly act: PayerAct;
  readonly balanceMinor: bigint;
  readonly meet: (world: RailWorld, msisdn: Msisdn) => Promise<void>;
}[] = [
  {
    act: 'cancels',
    balanceMinor: walletMinor,
    meet: (world, msisdn) => world.cancel(msisdn),
  },
  {
    act: 'enters a wrong PIN',
    balanceMinor: walletMinor,
    meet: (world, msisdn) => world.enterWrongPin(msisdn),
  },
  {
    act: 'does not answer',
    balanceMinor: walletMinor,
    meet: (world, msisdn) => world.ignore(msisdn),
  },
  { act: 'has no money', balanceMinor: 0n, meet: (world, msisdn) => world.approve(msisdn) },
];

const page = '<!doctype html><html><body>Service Unavailable</body></html>';
const answer = (status: number, body: string): HttpOutcome => ({ kind: 'answer', status, body });

/** A provider that may or may not have heard us. */
export const doubts: readonly (readonly [string, HttpOutcome])[] = [
  ['hangs', { kind: 'lost', cause: 'timeout' }],
  ['breaks off', { kind: 'lost', cause: 'ECONNRESET' }],
  ['answers HTML 500', answer(500, page)],
  ['answers HTML 502', answer(502, page)],
  ['answers HTML 200', answer(200, page)],
  ['answers nothing', answer(200, '')],
  ['answers half', answer(200, '{"Response')],
  ['answers null', answer(200, 'null')],
  ['sends elsewhere', answer(302, '')],
];
export const noConnection: HttpOutcome = { kind: 'not-sent', cause: 'ECONNREFUSED' };

/** How often an unsettled question is put again. */
const enquiriesMax = 20;

export type Scene = ReturnType<typeof createScene>;

/** Times come without a zone: one that was read in the wrong zone is three hours off. */
export const isRecent = (at: EpochMs | undefined, clock: Clock): boolean =>
  at === undefined || Math.abs(clock.now() - at) < 7_200_000;

const timeOf = (event: RailEvent): EpochMs | undefined => {
  if ('occurredAt' in event) return event.occurredAt;
  return 'completedAt' in event ? event.completedAt : undefined;
};

/**
 * Whether an event that came to the address of no attempt tells of ours. What neither carries our
 * id nor our reference comes to addresses of attempts only.
 */
const isOfAttempt = (
  event: RailEvent,
  { ownIds, reference }: { readonly ownIds: ReadonlySet<string>; readonly reference: string },
): boolean => {
  if (event.kind === 'own-id-hint') return ownIds.has(event.ownId);
  const isFromPayer = event.kind === 'payer-payment' || event.kind === 'payment-question';
  return isFromPayer && event.accountReference === reference;
};

/**
 * One test's rail with a line, tokens, ids, reference and callback addresses of its own, in the
 * world that all tests share.
 */
export function createScene({
  world,
  tokens: keeper,
  createRail,
  ...given
}: {
  readonly world: RailWorld;
  readonly tokens: TokenKeeper;
  readonly createRail: (deps: RailDeps) => Rail;
  readonly nextOwnId: () => string;
  /** Unlike any other test's; letters and digits. */
  readonly reference: string;
}) {
  const { reference } = given;
  const ownIds = new Set<string>();
  const nextOwnId = (): string => {
    const ownId = given.nextOwnId();
    ownIds.add(ownId);
    return ownId;
  };
  const line = createFaultLine(world.line);
  let minted = 0;
  const tokens: TokenKeeper = {
    ...keeper,
    get: (railId, mint) =>
      keeper.get(railId, () => {
        minted += 1;
        return mint();
      }),
  };
  const rail = createRail({ line, tokens, clock: world.clock });
  const { channels } = rail.capabilities;
  const urlFor = (wanted: CallbackChannel): string => {
    const channel = channels.includes(wanted) ? wanted : channels[0];
    invariant(channel !== undefined, 'a rail owns a channel');
    return world.callbackUrl(channel, reference);
  };
  const urlsFor = (topic: 'payout' | 'refund' | 'top-up' | 'status' | 'balance'): CallbackUrls => ({
    resultUrl: urlFor(`${topic}-result`),
    timeoutUrl: urlFor(`${topic}-timeout`),
  });
  /** What the callbacks of this test say. */
  const events = (): readonly RailEvent[] =>
    world.callbacks().flatMap((callback) => {
      const { token } = callback;
      if (token !== undefined && token !== reference) return [];
      const reading = rail.readCallback(callback);
      invariant(reading.kind === 'event', `a readable callback on ${callback.channel}`);
      const { event } = reading;
      if (token !== reference && !isOfAttempt(event, { ownIds, reference })) return [];
      invariant(isRecent(timeOf(event), world.clock), `${event.kind} tells a time of this hour`);
      return [event];
    });
  return { world, rail, line, reference, urlFor, urlsFor, events, nextOwnId, minted: () => minted };
}

export const promptFor = (
  { nextOwnId, urlFor, reference }: Scene,
  msisdn: Msisdn,
  amountMinor: bigint,
): PromptRequest => ({
  ownId: nextOwnId(),
  msisdn,
  amountMinor,
  reference,
  description: 'Contract',
  callbackUrl: urlFor('stk-result'),
});

export const payoutFor = (
  { nextOwnId, urlsFor }: Scene,
  msisdn: Msisdn,
  amountMinor: bigint,
): PayoutRequest => ({
  ownId: nextOwnId(),
  msisdn,
  amountMinor,
  remarks: 'Contract',
  callbacks: urlsFor('payout'),
});

export const isSent = ({ kind }: PayoutSubmission): boolean =>
  kind === 'accepted' || kind === 'completed';

/** Pays somebody, so that tokens and keys are at hand and faults meet what comes after. */
export async function warm(scene: Scene): Promise<void> {
  const msisdn = await scene.world.createPhone({ balanceMinor: 0n });
  const submission = await scene.rail.sendPayout(payoutFor(scene, msisdn, shillings(150)));
  invariant(isSent(submission), `a payout is taken, not ${submission.kind}`);
}

/** Asks until the provider tells. */
export async function learnPrompt(
  { rail, world }: Scene,
  reference: PromptReference,
): Promise<PromptVerdict> {
  let verdict = await rail.queryPrompt(reference);
  for (let n = 1; n < enquiriesMax && isOpen(verdict); n += 1) {
    await world.settle();
    verdict = await rail.queryPrompt(reference);
  }
  return verdict;
}

type Found = Extract<ReceiptReport, { verdict: 'found' }>;

/** The same for payouts, whose answer may come as a report on the status channel. */
export async function learnPayout(
  scene: Scene,
  { ownId, providerRequestId }: Omit<PayoutReference, 'callbacks'>,
): Promise<'completed' | 'failed' | 'open'> {
  const { rail, world, events, urlsFor } = scene;
  const reference = { ownId, providerRequestId, callbacks: urlsFor('status') };
  const isAbout = (found: Found): boolean =>
    found.originalOwnId === ownId ||
    (providerRequestId !== undefined && found.originalRequestId === providerRequestId);
  for (let n = 0; n < enquiriesMax; n += 1) {
    const verdict = await rail.queryPayout(reference);
    if (verdict.kind === 'completed' || verdict.kind === 'failed') return verdict.kind;
    await world.settle();
    const states = events().flatMap((event) =>
      event.kind === 'receipt-report' && event.verdict === 'found' && isAbout(event)
        ? [event.state]
        : [],
    );
    if (states.includes('completed')) return 'completed';
    if (states.includes('failed')) return 'failed';
  }
  return 'open';
}

/**
 * Paid evidence of one attempt among this test's callbacks: its receipts, or a hint's. A payment by
 * prompt may also be told as one from the payer.
 */
export function paidReceipts(
  { events }: Scene,
  attempt: { readonly ownId: string; readonly amountMinor: bigint },
): readonly (string | undefined)[] {
  return events().flatMap((event) => {
    const isResult = event.kind === 'prompt-result' && event.verdict === 'paid';
    if (isResult || event.kind === 'payer-payment') {
      return event.amountMinor === attempt.amountMinor ? [event.receipt] : [];
    }
    const isHint = event.kind === 'own-id-hint' && event.ownId === attempt.ownId;
    return isHint && event.outcome === 'succeeded' ? [event.receipt] : [];
  });
}

/** What the callbacks of this test say of a payout, known by its amount. */
export function toldPayout(
  { events }: Scene,
  { amountMinor }: PayoutRequest,
): 'completed' | 'open' {
  const told = events().filter((event) => event.kind === 'payout-result');
  const ours = told.find(
    (event) => event.verdict === 'completed' && event.amountMinor === amountMinor,
  );
  return ours === undefined ? 'open' : 'completed';
}
