import {
  parseAmountMinor,
  parseId,
  railIds,
  shillings,
  type ExceptionId,
  type PaymentId,
  type RailId,
  type TransferId,
} from '#kernel';
import type { ExceptionKind } from '#collections';
import type { JsonValue, PublishedEvent } from '#platform/outbox';

import { isExceptionKind } from './exception-text.ts';
import type { Happening } from './note.ts';
import type { Topic } from './topic.ts';

/** Events that a note can come of. */
export const eventTopics: readonly string[] = [
  'payment.confirmed',
  'transfer.completed',
  'transfer.failed',
  'transfer.reversed',
  'exception.opened',
  'engine.started',
  'engine.stopped',
  'rail.breaker',
  'operator.password',
];

const receiptEndLength = 4;

/** Exceptions of which an event of their own tells too, and under which topic. */
const toldOtherwise: ReadonlyMap<ExceptionKind, Topic> = new Map([
  ['rail-locked', 'weather'],
  ['operator-password', 'password'],
]);

type Read = (event: PublishedEvent) => Happening | undefined;

const readers: Readonly<Record<string, Read>> = {
  'payment.confirmed': payment,
  'transfer.completed': (event) => transfer(event, 'completed'),
  'transfer.failed': (event) => transfer(event, 'failed'),
  'transfer.reversed': (event) => transfer(event, 'reversed'),
  'exception.opened': exception,
  'engine.started': (event) => engine(event, 'started'),
  'engine.stopped': (event) => engine(event, 'stopped'),
  'rail.breaker': breaker,
  'operator.password': password,
};

/**
 * What of an event may be told: its members are taken one by one, so that a payer's number, a name
 * or a typed reason never comes along. Undefined for what nobody is told of.
 */
export const happeningOf: Read = (event) => readers[event.topic]?.(event);

const textIn = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const railIn = (value: JsonValue | undefined): RailId | undefined =>
  railIds.find((id) => id === value);

/** Exact where the event has it so, else in whole shillings. */
function amountIn({ payload }: PublishedEvent): bigint {
  const exact = parseAmountMinor(textIn(payload['amountDecimal']));
  if (exact.ok) return exact.value;
  const { amount } = payload;
  return typeof amount === 'number' && Number.isSafeInteger(amount) ? shillings(amount) : 0n;
}

function payment(event: PublishedEvent): Happening | undefined {
  const { payload, occurredAt: at } = event;
  const id = parseId('payment', textIn(payload['paymentId']));
  const rail = railIn(payload['rail']);
  if (!id.ok || rail === undefined) return undefined;
  const paymentId: PaymentId = id.value;
  const stream = textIn(payload['streamName']);
  const receiptEnd = textIn(payload['receipt']).slice(-receiptEndLength);
  return {
    topics: ['payments'],
    about: '',
    facts: { kind: 'payment', paymentId, rail, stream: stream === '' ? null : stream, receiptEnd },
    amountMinor: amountIn(event),
    at,
  };
}

function transfer(
  event: PublishedEvent,
  end: 'completed' | 'failed' | 'reversed',
): Happening | undefined {
  const { payload, occurredAt: at } = event;
  const id = parseId('transfer', textIn(payload['transferId']));
  const rail = railIn(payload['rail']);
  if (!id.ok || rail === undefined) return undefined;
  const transferId: TransferId = id.value;
  return {
    topics: ['transfers'],
    about: transferId,
    facts: { kind: 'transfer', transferId, rail, end },
    amountMinor: end === 'completed' ? amountIn(event) : 0n,
    at,
  };
}

function exception({ payload, occurredAt: at }: PublishedEvent): Happening | undefined {
  const id = parseId('exception', textIn(payload['exceptionId']));
  if (!id.ok) return undefined;
  const exceptionId: ExceptionId = id.value;
  const kind = textIn(payload['kind']);
  if (!isExceptionKind(kind)) return undefined;
  const facts = {
    kind: 'exception',
    exceptionId,
    exception: kind,
    rail: railIn(payload['rail']) ?? null,
  } as const;
  const told = { facts, amountMinor: 0n, at };
  // Each of them is one of its own: two do not become a number.
  if (kind === 'unknown-transfer') {
    return { ...told, topics: ['transfers', 'exceptions'], about: exceptionId };
  }
  const unless = toldOtherwise.get(kind);
  return {
    ...told,
    topics: ['exceptions'],
    about: '',
    ...(unless === undefined ? {} : { unless }),
  };
}

function engine({ occurredAt: at }: PublishedEvent, state: 'started' | 'stopped'): Happening {
  const facts = { kind: 'engine', state } as const;
  return { topics: ['engine'], about: '', facts, amountMinor: 0n, at };
}

/** What only draws codes or asks for more stops nobody's money. */
const quietLane = 'extras';

function breaker({ payload, occurredAt: at }: PublishedEvent): Happening | undefined {
  const rail = railIn(payload['rail']);
  if (rail === undefined || payload['lane'] === quietLane) return undefined;
  const cause = payload['cause'] === 'locked-out' ? 'locked-out' : 'failing';
  const state = payload['state'] === 'closed' ? 'closed' : cause;
  const facts = { kind: 'breaker', rail, state } as const;
  return { topics: ['weather'], about: rail, facts, amountMinor: 0n, at };
}

function password({ payload, occurredAt: at }: PublishedEvent): Happening | undefined {
  const rail = railIn(payload['rail']);
  const { daysLeft } = payload;
  if (rail === undefined || typeof daysLeft !== 'number') return undefined;
  const facts = { kind: 'password', rail, daysLeft } as const;
  return { topics: ['password'], about: rail, facts, amountMinor: 0n, at };
}
