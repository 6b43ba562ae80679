import {
  dayMs,
  invariant,
  numberFromId,
  parseMsisdn,
  type ChargeId,
  type IdSource,
  type Msisdn,
  type Prng,
  type PromptId,
} from '#kernel';
import type { CallbackTokens } from '#security';
import { streams, type StreamId } from '#streams';

import { referenceOf, type Callback } from './callbacks.ts';

/** Which share of the callbacks is what; together one. */
export interface Mix {
  /** Results of prompts, each with an address of its own. */
  readonly prompt: number;
  /** Paybill payments with the reference of a charge, of a stream, or of nothing. */
  readonly charge: number;
  readonly stream: number;
  readonly unknown: number;
}

/** What is not about a prompt was paid by paybill; of that a tenth names nothing that is known. */
export const mixOf = (prompt: number): Mix => ({
  prompt,
  charge: (1 - prompt) * 0.5,
  stream: (1 - prompt) * 0.4,
  unknown: (1 - prompt) * 0.1,
});

export interface SeedCharge {
  readonly id: ChargeId;
  readonly isPrompted: boolean;
  readonly promptId: PromptId;
  readonly requestId: string;
  readonly reference: string;
  readonly amount: number;
  readonly msisdn: Msisdn;
  readonly streamId: StreamId;
}

/** A callback, what it is about, and whose money it will be; nobody's, where it names nothing. */
export interface Drawn {
  readonly charge: SeedCharge | undefined;
  readonly streamId: StreamId | undefined;
  readonly callback: Callback;
}

/** What every charge and every prompt of the bench says alike. */
export const chargeWords = { description: 'a purchase', basis: 'payer-act', by: 'bench' } as const;
export const promptWords = { traceId: '29115-34620561-1' } as const;
export const chargeLifeMs = 30 * dayMs;

const phonesMax = 200_000;
const amounts = { low: 100, high: 999 };
const mpesaStreams = streams.filter(({ rail }) => rail === 'mpesa');
const requestIdWidth = 36;

export const ownIdOf = (id: PromptId): string => `QP${id.slice(id.indexOf('_') + 1)}`;

/** Draws callbacks by lot; a callback's number is its alone in all of a run. */
export function createDrawing(
  { ids, tokens }: { readonly ids: IdSource; readonly tokens: CallbackTokens },
  { mix, prng }: { readonly mix: Mix; readonly prng: Prng },
): (number: number) => Drawn {
  const drawCharge = (number: number, isPrompted: boolean): Drawn => {
    const amount = prng.between(amounts.low, amounts.high);
    const phone = drawPhone(prng);
    const msisdn = parseMsisdn(phone);
    invariant(msisdn.ok, 'drawn numbers are numbers');
    const promptId = ids.next('prompt');
    const promptNumber = numberFromId(promptId);
    const charge: SeedCharge = {
      id: ids.next('charge'),
      isPrompted,
      promptId,
      requestId: `ws_CO_${String(promptNumber).padStart(requestIdWidth - 'ws_CO_'.length, '0')}`,
      reference: referenceOf(number),
      amount,
      msisdn: msisdn.value,
      streamId: prng.pick(mpesaStreams).id,
    };
    const { streamId, reference, requestId } = charge;
    if (!isPrompted) {
      return { charge, streamId, callback: { kind: 'paybill', reference, amount, phone } };
    }
    const token = tokens.tokenFor({ channel: 'stk-result', subject: promptNumber });
    return { charge, streamId, callback: { kind: 'prompt', token, requestId, amount, phone } };
  };

  return (number) => {
    const lot = prng.next();
    if (lot < mix.prompt + mix.charge) return drawCharge(number, lot < mix.prompt);
    const isStream = lot < mix.prompt + mix.charge + mix.stream;
    const stream = isStream ? prng.pick(mpesaStreams) : undefined;
    const reference = stream?.accountReference ?? referenceOf(number);
    const amount = prng.between(amounts.low, amounts.high);
    const callback = { kind: 'paybill', reference, amount, phone: drawPhone(prng) } as const;
    return { charge: undefined, streamId: stream?.id, callback };
  };
}

const drawPhone = (prng: Prng): string =>
  `2547${String(prng.between(0, phonesMax)).padStart(8, '1')}`;
