import { generateKeyPairSync } from 'node:crypto';
import { createVirtualClock, Secret } from '#kernel';
import type { HttpLine, HttpOutcome, HttpRequest } from '../http.ts';
import type { CallbackChannel } from '../rail.ts';
import { createMemoryTokenKeeper } from '../token-memory.ts';
import type { MpesaConfig } from './config.ts';
import { createMpesaRail } from './service.ts';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** Without an operator: prompts and the list need none. */
export const configWithoutOperator: MpesaConfig = {
  baseUrl: 'https://daraja.invalid',
  consumerKey: new Secret('key'),
  consumerSecret: new Secret('secret'),
  shortCode: '600966',
  transactionType: 'CustomerPayBillOnline',
  passkey: new Secret('passkey'),
  payoutVersion: 'v3',
  payoutCommand: 'BusinessPayment',
  notificationVersion: 'v2',
  responseType: 'Completed',
};
export const config: MpesaConfig = {
  ...configWithoutOperator,
  initiatorName: 'testapi',
  initiatorPassword: new Secret('Safaricom999!*!'),
  securityKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
};
export const till = { transactionType: 'CustomerBuyGoodsOnline', partyB: '5123456' } as const;

export const says = (body: unknown, status = 200): HttpOutcome => ({
  kind: 'answer',
  status,
  body: JSON.stringify(body),
});
export const rejects = (status: number, errorCode: string, errorMessage = ''): HttpOutcome =>
  says({ requestId: '1', errorCode, errorMessage }, status);

/** A rail whose line answers, in order, what it is told. */
export function createScene(answers: readonly HttpOutcome[], changes: Partial<MpesaConfig> = {}) {
  const sent: HttpRequest[] = [];
  const line: HttpLine = {
    send: async (request) => {
      if (request.url.includes('/oauth/')) return says({ access_token: 'T', expires_in: '3599' });
      sent.push(request);
      return answers[sent.length - 1] ?? { kind: 'lost', cause: 'timeout' };
    },
  };
  const clock = createVirtualClock(Date.UTC(2026, 10, 23, 5));
  const tokens = createMemoryTokenKeeper({ clock });
  const rail = createMpesaRail({ config: { ...config, ...changes }, line, tokens, clock });
  const { refunds, topUps, paymentCodes } = rail;
  if (refunds === undefined || topUps === undefined || paymentCodes === undefined) {
    throw new Error('the rail can do all three');
  }
  const bodyOf = (n: number): unknown => JSON.parse(sent[n]?.body ?? 'null');
  return { rail, refunds, topUps, paymentCodes, sent, bodyOf };
}

export const callbacks = {
  resultUrl: 'https://Pay.Example/r',
  timeoutUrl: 'https://pay.example/t',
};
export const ack = {
  ConversationID: 'AG_1',
  OriginatorConversationID: '1-2',
  ResponseCode: '0',
  ResponseDescription: 'Accept the service request successfully.',
};

export const readOn = (channel: CallbackChannel, result: object): unknown => {
  const { rail } = createScene([]);
  const body = Buffer.from(JSON.stringify({ Result: { ResultType: 0, ...result } }));
  const reading = rail.readCallback({ channel, body });
  return reading.kind === 'event' ? reading.event : reading;
};
export const parameters = (values: Readonly<Record<string, unknown>>) => ({
  ResultParameters: {
    ResultParameter: Object.entries(values).map(([Key, Value]) => ({ Key, Value })),
  },
});
export const ids = {
  OriginatorConversationID: '1-2',
  ConversationID: 'AG_1',
  TransactionID: 'UKN9ZZ8YY7',
};
