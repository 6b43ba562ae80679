import { isUtf8 } from 'node:buffer';
import { unreachable } from '#kernel';
import type { RailEvent } from '../event.ts';
import type { CallbackAnswer, CallbackChannel, CallbackReading, RawCallback } from '../rail.ts';
import { mpesaCapabilities } from './capabilities.ts';
import {
  balanceReportOf,
  payoutResultOf,
  queueTimeoutOf,
  receiptReportOf,
  refundResultOf,
  topUpResultOf,
} from './results.ts';
import { payerPaymentOf, promptResultOf } from './translate.ts';
import { payerNotification, promptCallback, resultCallback, type ResultCallback } from './wire.ts';

/** Real callbacks stay under 4 KiB. */
const callbackBytesMax = 65_536;

const unreadable = (why: string): CallbackReading => ({ kind: 'unreadable', why });

const eventOrUnreadable = (event: RailEvent | undefined, why: string): CallbackReading =>
  event === undefined ? unreadable(why) : { kind: 'event', event };

function readPrompt(json: unknown): CallbackReading {
  const callback = promptCallback.safeParse(json);
  return eventOrUnreadable(
    callback.success ? promptResultOf(callback.data) : undefined,
    'not a prompt result',
  );
}

function readPayer(json: unknown, kind: 'payer-payment' | 'payment-question'): CallbackReading {
  const notification = payerNotification.safeParse(json);
  const payment = notification.success ? payerPaymentOf(notification.data) : undefined;
  return eventOrUnreadable(
    payment === undefined ? undefined : { ...payment, kind },
    'not a paybill notification with an amount',
  );
}

function readResult(
  json: unknown,
  translate: (result: ResultCallback) => RailEvent,
): CallbackReading {
  const result = resultCallback.safeParse(json);
  return eventOrUnreadable(result.success ? translate(result.data) : undefined, 'not a result');
}

function readJson(channel: CallbackChannel, json: unknown): CallbackReading {
  switch (channel) {
    case 'stk-result':
      return readPrompt(json);
    case 'paybill-confirmation':
      return readPayer(json, 'payer-payment');
    case 'paybill-validation':
      return readPayer(json, 'payment-question');
    case 'payout-result':
      return readResult(json, payoutResultOf);
    case 'refund-result':
      return readResult(json, refundResultOf);
    case 'top-up-result':
      return readResult(json, topUpResultOf);
    case 'status-result':
      return readResult(json, receiptReportOf);
    case 'balance-result':
      return readResult(json, balanceReportOf);
    // Their body is documented nowhere: that they came at all is what they say.
    case 'payout-timeout':
    case 'refund-timeout':
    case 'top-up-timeout':
    case 'status-timeout':
    case 'balance-timeout':
      return { kind: 'event', event: queueTimeoutOf(json) };
    case 'airtel-result':
      return unreadable('not a channel of M-Pesa');
    default:
      return unreachable(channel, 'a callback channel');
  }
}

/** Reads a callback's bytes; whatever they are, it answers and never throws. */
export function readCallback({ channel, body }: RawCallback): CallbackReading {
  if (body.byteLength > callbackBytesMax) return unreadable(`over ${callbackBytesMax} bytes`);
  if (!isUtf8(body)) return unreadable('not UTF-8');
  try {
    return readJson(channel, JSON.parse(body.toString('utf8')));
  } catch (error) {
    // Only JSON.parse throws here; a fault of ours must come out.
    if (error instanceof SyntaxError) return unreadable('not JSON');
    throw error;
  }
}

const received: CallbackAnswer = {
  statusCode: 200,
  body: JSON.stringify({ ResultCode: 0, ResultDesc: 'Success' }),
};

/** Validation takes its code as a string; every payment is welcome, and judged afterwards. */
const welcome: CallbackAnswer = {
  statusCode: 200,
  body: JSON.stringify({ ResultCode: '0', ResultDesc: 'Accepted' }),
};

/** Daraja never sends again, so whatever is safe on disk is acknowledged as received. */
export function acknowledge(channel: CallbackChannel): CallbackAnswer {
  if (!mpesaCapabilities.channels.includes(channel)) return { statusCode: 404, body: '' };
  return channel === 'paybill-validation' ? welcome : received;
}
