import { randomBytes } from 'node:crypto';
import { err, invariant, ok, type Clock } from '#kernel';
import type { HttpLine } from '../http.ts';
import type { Rail } from '../rail.ts';
import type { TokenKeeper } from '../token.ts';
import { airtelCapabilities } from './capabilities.ts';
import { createAirtelClient, type AirtelClient, type Order } from './client.ts';
import { airtelConfigProblems, type AirtelConfig, type HashRendering } from './config.ts';
import { explain } from './explain.ts';
import { createList } from './list.ts';
import { encryptPin, isPublicKey, type RandomBytes } from './pin.ts';
import { createRefunds } from './refunds.ts';
import { paths, payoutBody, promptBody, refusedHere } from './requests.ts';
import { createReadStatement } from './statement.ts';
import { feeMinorOf } from './tariffs.ts';
import {
  balanceOf,
  payoutSubmissionOf,
  payoutVerdictOf,
  promptSubmissionOf,
  promptVerdictOf,
} from './translate.ts';
import { acknowledge, createReadCallback } from './webhook.ts';

const promptTimeoutMs = 30_000;
/** Payouts settle while we wait, in a minute at worst; giving up sooner leaves money unknown. */
const payoutTimeoutMs = 75_000;

export interface AirtelRailDeps {
  readonly config: AirtelConfig;
  readonly line: HttpLine;
  readonly tokens: TokenKeeper;
  readonly clock: Clock;
  /** Told which rendering a callback's hash fitted, so that the owner can pin it. */
  readonly onHashRendering?: ((rendering: HashRendering) => void) | undefined;
  /** For message keys; the operating system's unless a simulation gives its own. */
  readonly random?: RandomBytes | undefined;
}

const createPrompts = (
  config: AirtelConfig,
  client: AirtelClient,
): Pick<Rail, 'sendPrompt' | 'queryPrompt'> => ({
  sendPrompt: async (request) => {
    const body = promptBody(config, request);
    if (!body.ok) return body.error;
    const exchange = await client.order({
      path: paths.prompt(config.collectionVersion),
      timeoutMs: promptTimeoutMs,
      compose: () => Promise.resolve(body),
    });
    return promptSubmissionOf(exchange, request.ownId);
  },
  queryPrompt: async ({ ownId }) =>
    promptVerdictOf(await client.ask(paths.promptQuery(ownId)), ownId),
});

type ComposedText = Awaited<ReturnType<Order['compose']>>;

/** The PIN as the wire wants it; undefined where the settings name none. */
function createPinSource(
  { config, random }: { readonly config: AirtelConfig; readonly random: RandomBytes },
  client: AirtelClient,
): (() => Promise<ComposedText>) | undefined {
  const { pin, pinPublicKey, pinPadding: padding } = config;
  if (pin === undefined) return undefined;
  if (pin.kind === 'encrypted') return () => Promise.resolve(ok(pin.ciphertext.reveal()));
  const encrypt = (base64Der: string): ComposedText => {
    const encrypted = encryptPin(pin.pin, { base64Der, padding }, random);
    if (encrypted.ok) return encrypted;
    const description = `the public key cannot carry the payout PIN under ${padding}`;
    return err({ kind: 'credentials-refused', code: 'not-sent', description });
  };
  if (pinPublicKey !== 'from-endpoint') {
    return () => Promise.resolve(encrypt(pinPublicKey.base64Der));
  }
  return async () => {
    const key = await client.encryptionKey();
    return key.ok ? encrypt(key.value) : key;
  };
}

function createPayouts(
  config: AirtelConfig,
  client: AirtelClient,
  pinSource: (() => Promise<ComposedText>) | undefined,
): Pick<Rail, 'sendPayout' | 'queryPayout' | 'queryBalance'> {
  return {
    sendPayout: async (request) => {
      if (pinSource === undefined) return refusedHere('the settings name no payout PIN');
      const body = payoutBody(config, request);
      if (!body.ok) return body.error;
      const exchange = await client.order({
        path: paths.payout(config.payoutVersion),
        timeoutMs: payoutTimeoutMs,
        compose: async () => {
          const pin = await pinSource();
          return pin.ok ? ok(body.value(pin.value)) : pin;
        },
      });
      const submission = payoutSubmissionOf(exchange, request.ownId);
      // A PIN under a lapsed key cannot be decrypted; the next payout asks for the key anew.
      const isOurs = submission.kind === 'refused' && submission.reason === 'our-credentials';
      if (isOurs) client.forgetEncryptionKey();
      return submission;
    },
    queryPayout: async ({ ownId }) =>
      payoutVerdictOf(await client.ask(paths.payoutQuery(config.payoutVersion, ownId)), ownId),
    queryBalance: async () => balanceOf(await client.ask(paths.balance), config.currency),
  };
}

/** Airtel Money as a rail. Throws when its settings cannot work: that is for start-up to tell. */
export function createAirtelRail(deps: AirtelRailDeps): Rail {
  const { config, line, tokens, clock, onHashRendering, random = randomBytes } = deps;
  const problems = airtelConfigProblems(config);
  invariant(problems.length === 0, `Airtel Money settings: ${problems.join('; ')}`);
  const { pinPublicKey } = config;
  invariant(
    pinPublicKey === 'from-endpoint' || isPublicKey(pinPublicKey.base64Der),
    'Airtel Money settings: the PIN’s public key is not a base64 RSA key',
  );
  const client = createAirtelClient({ config, line, tokens, clock, random });
  return {
    id: 'airtel',
    capabilities: airtelCapabilities(config),
    ...createPrompts(config, client),
    ...createPayouts(config, client, createPinSource({ config, random }, client)),
    listPayments: createList({ client, currency: config.currency }),
    refunds: createRefunds({ client, clock, currency: config.currency }),
    readStatement: createReadStatement(config.currency),
    explain,
    feeMinor: (question) => feeMinorOf(question, config.contract ?? []),
    readCallback: createReadCallback({ config, onHashRendering }),
    acknowledge,
  };
}
