import type { CallbackUrls, NotKnown, PayoutVerdict, Refused } from '../rail.ts';
import { unknownBecause } from '../words.ts';
import type { MpesaClient } from './client.ts';
import type { MpesaConfig } from './config.ts';
import { paths, refusedHere, statusBody, type Signature, type StatusSubject } from './requests.ts';
import { askedOf } from './translate.ts';

export const questionTimeoutMs = 15_000;

export const noOperator = refusedHere('the settings name no whole API operator');

export type Asked = { readonly kind: 'asked' } | Refused | NotKnown;

export type Ask = (question: {
  readonly subject: StatusSubject;
  readonly callbacks: CallbackUrls;
}) => Promise<Asked>;

/** Puts a question about one transaction; the answer comes on the status channel. */
export const createAsk =
  (config: MpesaConfig, client: MpesaClient, sign: () => Signature | undefined): Ask =>
  async (question) => {
    const signature = sign();
    if (signature === undefined) return noOperator;
    const body = statusBody(config, question, signature);
    if (!body.ok) return body.error;
    const options = { timeoutMs: questionTimeoutMs };
    return askedOf(await client.post(paths.status, body.value, options));
  };

/** A refused question says nothing about the money. */
export const questionVerdictOf = (answer: Asked): PayoutVerdict =>
  answer.kind === 'refused'
    ? unknownBecause(`the question was refused: ${answer.code} ${answer.description}`.trim())
    : answer;
