import { compactNairobi, invariant, type EpochMs } from '#kernel';

import { receiptDateOf } from '../../simulators/mpesa/index.ts';
import type { Slot, Template } from '../generator/job.ts';

/** What a provider would send: of a prompt that was paid, of a paybill payment, or in pieces. */
export type Callback =
  | {
      readonly kind: 'prompt';
      readonly token: string;
      readonly requestId: string;
      readonly amount: number;
      readonly phone: string;
    }
  | {
      readonly kind: 'paybill';
      readonly reference: string;
      readonly amount: number;
      readonly phone: string;
    }
  /** Cut off on the way: kept, and no payment. */
  | { readonly kind: 'broken'; readonly amount: number; readonly phone: string };

/** Callbacks as the generator wants them, and the receipt that each will carry. */
export interface CallbackSet {
  readonly records: Buffer;
  readonly receipts: readonly string[];
  readonly callbacks: readonly Callback[];
}

/** Every field has one width, so that a request is filled in by copying. */
const widths = { token: 48, requestId: 36, receipt: 10, amount: 3, phone: 12, reference: 14 };
type Field = keyof typeof widths;

const fields = layOut();
export const recordBytes = 1 + Object.values(widths).reduce((sum, width) => sum + width, 0);

function layOut(): Readonly<Record<Field, number>> {
  let from = 1;
  const place = (field: Field): number => {
    const at = from;
    from += widths[field];
    return at;
  };
  return {
    token: place('token'),
    requestId: place('requestId'),
    receipt: place('receipt'),
    amount: place('amount'),
    phone: place('phone'),
    reference: place('reference'),
  };
}

const maskedDigits = 3;
const maskedStart = '2547 ***** ';
const payerName = 'WANJIRU';
/** Where a field goes, and which part of it: stands for itself until a record replaces it. */
const markOf = (field: Field, width = widths[field]): string => `${field[0]}`.repeat(width);

interface Hole {
  readonly field: Field;
  readonly width: number;
}
type Piece = string | Hole;
const hole = (field: Field, width = widths[field]): Hole => ({ field, width });

function templateOf(pieces: readonly Piece[]): Template {
  const slots: Slot[] = [];
  let request = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      request += piece;
      continue;
    }
    const { field, width } = piece;
    // A part of a field is its end: the last digits of a phone number.
    const from = fields[field] + widths[field] - width;
    slots.push({ at: request.length, width, from });
    request += markOf(field, width);
  }
  return { request, slots };
}

const lengthOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : piece.width), 0);

const post = (path: readonly Piece[], body: readonly Piece[]): Template =>
  templateOf([
    'POST ',
    ...path,
    ' HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n',
    `User-Agent: bench\r\nContent-Length: ${lengthOf(body)}\r\n\r\n`,
    ...body,
  ]);

/** Their order is what the first byte of a record counts in. */
const kinds = ['prompt', 'paybill', 'broken'] as const satisfies readonly Callback['kind'][];

interface BodyFacts {
  readonly shortCode: string;
  /** When the payer paid, as Daraja writes it. */
  readonly time: string;
}

const promptBody = ({ time }: BodyFacts): readonly Piece[] => [
  '{"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"',
  hole('requestId'),
  '","ResultCode":0,"ResultDesc":"The service request is processed successfully.",',
  '"CallbackMetadata":{"Item":[{"Name":"Amount","Value":',
  hole('amount'),
  '},{"Name":"MpesaReceiptNumber","Value":"',
  hole('receipt'),
  `"},{"Name":"TransactionDate","Value":${time}},{"Name":"PhoneNumber","Value":`,
  hole('phone'),
  '}]}}}}',
];

const paybillBody = ({ time, shortCode }: BodyFacts): readonly Piece[] => [
  '{"TransactionType":"Pay Bill","TransID":"',
  hole('receipt'),
  `","TransTime":"${time}","TransAmount":"`,
  hole('amount'),
  `.00","BusinessShortCode":"${shortCode}","BillRefNumber":`,
  hole('reference'),
  ',"InvoiceNumber":"","OrgAccountBalance":"","ThirdPartyTransID":"","MSISDN":"',
  maskedStart,
  hole('phone', maskedDigits),
  `","FirstName":"${payerName}","MiddleName":"","LastName":""}`,
];

/** The body of a single callback: the same as the generator sends. */
export function bodyOf(
  callback: Callback,
  facts: BodyFacts & { readonly receipt: string },
): string {
  invariant(callback.kind !== 'broken', 'a callback in pieces has no body');
  const values = fieldsOf(callback, facts.receipt);
  const pieces = callback.kind === 'prompt' ? promptBody(facts) : paybillBody(facts);
  return pieces
    .map((piece) =>
      typeof piece === 'string' ? piece : (values[piece.field] ?? '').slice(-piece.width),
    )
    .join('');
}

/** Who paid, as the provider shows it: whole for a prompt, masked and with a name otherwise. */
export const shownPayer = ({ kind, phone }: Callback): readonly [string, string | null] =>
  kind === 'prompt' ? [phone, null] : [maskedStart + phone.slice(-maskedDigits), payerName];

export function callbackTemplates(facts: {
  readonly shortCode: string;
  readonly confirmationToken: string;
  readonly at: EpochMs;
}): readonly Template[] {
  const time = compactNairobi(facts.at);
  const { shortCode } = facts;
  const confirmation = `/hooks/paybill-confirmation/${facts.confirmationToken}`;
  const templates = {
    prompt: post(['/hooks/stk-result/', hole('token')], promptBody({ shortCode, time })),
    paybill: post([confirmation], paybillBody({ shortCode, time })),
    broken: post(
      [confirmation],
      ['{"TransactionType":"Pay Bill","TransID":"', hole('receipt'), '","TransTime":"'],
    ),
  };
  return kinds.map((kind) => templates[kind]);
}

const receiptDigits = 7n;
const receiptSpace = 36n ** receiptDigits;
/** Prime to 36, so that every number has a receipt of its own: they look as if by chance. */
const receiptStride = 5n ** 15n;

/** The day as M-Pesa writes it, and seven digits as if by chance: never twice the same. */
export function receiptOf(number: number, at: EpochMs): string {
  const scrambled = (BigInt(number) * receiptStride) % receiptSpace;
  const tail = scrambled.toString(36).toUpperCase().padStart(Number(receiptDigits), '0');
  return `${receiptDateOf(at)}${tail}`;
}

const referenceAlphabet = '0123456789BCDFGHJKMNPQRSTVWXYZ';
const referenceDigits = 8;
const referenceBase = BigInt(referenceAlphabet.length);
const referenceSpace = referenceBase ** BigInt(referenceDigits);
/** Prime to 30. */
const referenceStride = 7n ** 13n;

/** Eight characters, as billing makes them; drawn by lot, some of ten million would be the same. */
export function referenceOf(number: number): string {
  let rest = Number((BigInt(number) * referenceStride) % referenceSpace);
  let text = '';
  for (let digit = 0; digit < referenceDigits; digit += 1) {
    text = (referenceAlphabet[rest % referenceAlphabet.length] ?? '') + text;
    rest = Math.floor(rest / referenceAlphabet.length);
  }
  return text;
}

/** JSON may have blanks after a text, so that a short reference fills its place. */
const quotedReference = (reference: string): string =>
  JSON.stringify(reference).padEnd(widths.reference);

function fieldsOf(callback: Callback, receipt: string): Partial<Record<Field, string>> {
  const { amount, phone } = callback;
  const shared = { receipt, amount: String(amount), phone };
  if (callback.kind === 'broken') return shared;
  return callback.kind === 'prompt'
    ? { ...shared, token: callback.token, requestId: callback.requestId }
    : { ...shared, reference: quotedReference(callback.reference) };
}

/** `firstNumber` is the first callback's place among all of this run: receipts are never reused. */
export function callbackSetOf(
  callbacks: readonly Callback[],
  { firstNumber, at }: { readonly firstNumber: number; readonly at: EpochMs },
): CallbackSet {
  const records = Buffer.alloc(callbacks.length * recordBytes, ' ');
  const receipts = callbacks.map((_, n) => receiptOf(firstNumber + n, at));
  for (const [n, callback] of callbacks.entries()) {
    const start = n * recordBytes;
    records[start] = kinds.indexOf(callback.kind);
    for (const [field, text] of Object.entries(fieldsOf(callback, receipts[n] ?? ''))) {
      writeField({ records, start, field, text });
    }
  }
  return { records, receipts, callbacks };
}

/** The same set with every so manieth callback cut off on its way. */
export function poisoned(set: CallbackSet, every: number): CallbackSet {
  const records = Buffer.from(set.records);
  const callbacks = set.callbacks.map((callback, n): Callback => {
    if (n % every !== every - 1) return callback;
    records[n * recordBytes] = kinds.indexOf('broken');
    return { kind: 'broken', amount: callback.amount, phone: callback.phone };
  });
  return { ...set, records, callbacks };
}

interface FieldText {
  readonly records: Buffer;
  readonly start: number;
  readonly field: string;
  readonly text: string;
}

function writeField({ records, start, field, text }: FieldText): void {
  invariant(isField(field) && text.length === widths[field], `${field} has one width: ${text}`);
  records.write(text, start + fields[field], 'latin1');
}

function isField(name: string): name is Field {
  return Object.hasOwn(widths, name);
}
