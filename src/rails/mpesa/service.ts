import { err, invariant, ok, type Clock } from '#kernel';
import type { HttpLine } from '../http.ts';
import type { PayerNotifications, PayoutReference, Rail, ReceiptLookup } from '../rail.ts';
import type { TokenKeeper } from '../token.ts';
import { unknownBecause } from '../words.ts';
import { mpesaCapabilities } from './capabilities.ts';
import { createMpesaClient, type MpesaClient } from './client.ts';
import { mpesaConfigProblems, operatorOf, type MpesaConfig } from './config.ts';
import { explain } from './explain.ts';
import { feeMinorOf } from './fees.ts';
import { alreadyRegisteredText, elsewhereRegisteredText } from './gateway-codes.ts';
import { doneCode } from './meaning.ts';
import { createPaymentCodes } from './payment-codes.ts';
import { createPull } from './pull.ts';
import {
  createAsk,
  noOperator,
  questionTimeoutMs,
  questionVerdictOf,
  type Ask,
} from './questions.ts';
import { createRefunds } from './refunds.ts';
import {
  balanceBody,
  paths,
  payoutBody,
  promptBody,
  promptQueryBody,
  refusedHere,
  registerBody,
  type Signature,
  type StatusSubject,
} from './requests.ts';
import { createSecurityCredential } from './security-credential.ts';
import { readStatement } from './statement.ts';
import { createTopUps } from './top-ups.ts';
import {
  askedOf,
  payoutSubmissionOf,
  promptSubmissionOf,
  promptVerdictOf,
  unguardedSubmissionOf,
  wordOfUnanswered,
} from './translate.ts';
import { acknowledge, readCallback } from './webhook.ts';
import { registerAck } from './wire.ts';

/** Generous: an answer given up too early leaves money unknown. */
const moneyTimeoutMs = 30_000;

export interface MpesaRailDeps {
  readonly config: MpesaConfig;
  readonly line: HttpLine;
  readonly tokens: TokenKeeper;
  readonly clock: Clock;
}

function createPrompts(
  config: MpesaConfig,
  client: MpesaClient,
  clock: Clock,
): Pick<Rail, 'sendPrompt' | 'queryPrompt'> {
  return {
    sendPrompt: async (request) => {
      const body = promptBody(config, request, clock.now());
      if (!body.ok) return body.error;
      const options = { timeoutMs: moneyTimeoutMs };
      return promptSubmissionOf(await client.post(paths.prompt, body.value, options));
    },
    queryPrompt: async (reference) => {
      const { providerRequestId } = reference;
      if (providerRequestId === undefined) {
        return unknownBecause('M-Pesa gave no id to ask by; its callback or list will tell');
      }
      const body = promptQueryBody(config, providerRequestId, clock.now());
      const options = { timeoutMs: questionTimeoutMs };
      return promptVerdictOf(await client.post(paths.promptQuery, body, options), reference);
    },
  };
}

/**
 * v3 payouts are asked about by our own id, answered or not. v1 has only Daraja's id, and none at
 * all when the answer was lost; that it serves as `OriginalConversationID` is assumed.
 */
const payoutSubject = (
  config: MpesaConfig,
  { ownId, providerRequestId }: PayoutReference,
): StatusSubject | undefined => {
  const conversationId = config.payoutVersion === 'v3' ? ownId : providerRequestId;
  return conversationId === undefined ? undefined : { kind: 'conversation', conversationId };
};

function createPayouts(deps: {
  readonly config: MpesaConfig;
  readonly client: MpesaClient;
  readonly sign: () => Signature | undefined;
  readonly ask: Ask;
}): Pick<Rail, 'sendPayout' | 'queryPayout' | 'queryBalance'> {
  const { config, client, sign, ask } = deps;
  return {
    sendPayout: async (request) => {
      const signature = sign();
      if (signature === undefined) return noOperator;
      const body = payoutBody(config, request, signature);
      if (!body.ok) return body.error;
      const path = paths.payout(config.payoutVersion);
      const options = { timeoutMs: moneyTimeoutMs };
      const exchange = await client.post(path, body.value, options);
      // v1 has no room for our id, and so nothing that would stop a second payout.
      return config.payoutVersion === 'v3'
        ? payoutSubmissionOf(exchange)
        : unguardedSubmissionOf(exchange);
    },
    queryPayout: async (reference) => {
      const subject = payoutSubject(config, reference);
      if (subject === undefined) {
        return unknownBecause('a v1 payout without an answer cannot be asked about');
      }
      return questionVerdictOf(await ask({ subject, callbacks: reference.callbacks }));
    },
    queryBalance: async (callbacks) => {
      const signature = sign();
      if (signature === undefined) return noOperator;
      const body = balanceBody(config, callbacks, signature);
      if (!body.ok) return body.error;
      const options = { timeoutMs: questionTimeoutMs };
      return askedOf(await client.post(paths.balance, body.value, options));
    },
  };
}

function createPayerNotifications(config: MpesaConfig, client: MpesaClient): PayerNotifications {
  return {
    register: async (urls) => {
      const body = registerBody(config, urls);
      if (!body.ok) return err(body.error);
      const path = paths.register(config.notificationVersion);
      const exchange = await client.post(path, body.value, { timeoutMs: questionTimeoutMs });
      if (exchange.kind === 'rejection') {
        const { description } = exchange;
        if (alreadyRegisteredText.test(description)) return ok('already-registered');
        if (elsewhereRegisteredText.test(description)) {
          const { code } = exchange;
          const advice = 'ask Safaricom to remove the URLs from the older platform';
          return err({ ...refusedHere(`${description} – ${advice}`), code });
        }
      }
      if (exchange.kind !== 'answer') return err(wordOfUnanswered(exchange));
      const ack = registerAck.safeParse(exchange.json);
      if (!ack.success) return err(unknownBecause('an answer that cannot be read'));
      const code = ack.data.ResponseCode ?? doneCode;
      if (code !== doneCode) return err(unknownBecause(`response code ${code}`));
      return ok('registered');
    },
  };
}

/** M-Pesa as a rail. Throws when its settings cannot work: that is for start-up to tell. */
export function createMpesaRail({ config, line, tokens, clock }: MpesaRailDeps): Rail {
  const problems = mpesaConfigProblems(config);
  invariant(problems.length === 0, `M-Pesa settings: ${problems.join('; ')}`);
  const client = createMpesaClient({ config, line, tokens, clock });
  const operator = operatorOf(config);
  const encrypt = operator === undefined ? undefined : createSecurityCredential(operator);
  const sign = (): Signature | undefined =>
    operator === undefined || encrypt === undefined
      ? undefined
      : { operator, securityCredential: encrypt() };
  const ask = createAsk(config, client, sign);
  const receiptLookup: ReceiptLookup = {
    ask: ({ receipt, callbacks }) => ask({ subject: { kind: 'receipt', receipt }, callbacks }),
  };
  const calls = { config, client, sign, ask };
  // What an operator signs is not offered where there is none.
  const signed = { receiptLookup, refunds: createRefunds(calls), topUps: createTopUps(calls) };
  return {
    id: 'mpesa',
    capabilities: mpesaCapabilities,
    ...createPrompts(config, client, clock),
    ...createPayouts(calls),
    listPayments: createPull({ config, client, clock }),
    payerNotifications: createPayerNotifications(config, client),
    ...(operator === undefined ? {} : signed),
    paymentCodes: createPaymentCodes(config, client),
    readStatement,
    explain,
    feeMinor: (question) => feeMinorOf(config, question),
    readCallback,
    acknowledge,
  };
}
