import { dayNumberOf, type EpochMs } from '#kernel';

/**
 * One-dimensional arrays in PostgreSQL's binary form (PostgreSQL 18, `array_recv`): `pg` hands a
 * Buffer on as it is, so that a group of hundreds of rows costs us no text to write and the server
 * none to read. Every array keeps its cast in the statement: `${int8s(ids)}::bigint[]`.
 */
const headerBytes = 20;
const lengthBytes = 4;
const nullLength = -1;

/** `pg_type.oid` of the element types. */
const typeNumbers = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  date: 1082,
  timestamptz: 1184,
  jsonb: 3802,
} as const;
type TypeName = keyof typeof typeNumbers;

const writeHeader = (
  array: Buffer,
  { type, count, hasNulls }: { type: TypeName; count: number; hasNulls: boolean },
): void => {
  // One dimension, whether there are nulls, the element's type, how many, the first one's number.
  array.writeInt32BE(1, 0);
  array.writeInt32BE(hasNulls ? 1 : 0, 4);
  array.writeInt32BE(typeNumbers[type], 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
};

interface FixedElement<Value> {
  readonly type: TypeName;
  readonly bytes: number;
  readonly write: (into: Buffer, at: number, value: Value) => void;
}

const fixed =
  <Value>({ type, bytes, write }: FixedElement<Value>) =>
  (values: readonly (Value | null)[]): Buffer => {
    const most = headerBytes + values.length * (lengthBytes + bytes);
    const array = Buffer.allocUnsafe(most);
    let at = headerBytes;
    for (const value of values) {
      at = array.writeInt32BE(value === null ? nullLength : bytes, at);
      if (value === null) continue;
      write(array, at, value);
      at += bytes;
    }
    writeHeader(array, { type, count: values.length, hasNulls: at < most });
    return array.subarray(0, at);
  };

interface VaryingElement<Value> {
  readonly type: TypeName;
  readonly bytesOf: (value: Value) => number;
  readonly write: (into: Buffer, at: number, value: Value) => void;
}

const varying =
  <Value>({ type, bytesOf, write }: VaryingElement<Value>) =>
  (values: readonly (Value | null)[]): Buffer => {
    let bytes = headerBytes;
    let hasNulls = false;
    const lengths = values.map((value) => {
      const length = value === null ? nullLength : bytesOf(value);
      bytes += lengthBytes + Math.max(length, 0);
      hasNulls ||= value === null;
      return length;
    });
    const array = Buffer.allocUnsafe(bytes);
    writeHeader(array, { type, count: values.length, hasNulls });
    let at = headerBytes;
    for (const [n, value] of values.entries()) {
      const length = lengths[n] ?? nullLength;
      at = array.writeInt32BE(length, at);
      if (value === null) continue;
      write(array, at, value);
      at += length;
    }
    return array;
  };

export const int8s = fixed<bigint>({
  type: 'int8',
  bytes: 8,
  write: (into, at, value) => void into.writeBigInt64BE(value, at),
});

export const int4s = fixed<number>({
  type: 'int4',
  bytes: 4,
  write: (into, at, value) => void into.writeInt32BE(value, at),
});

export const int2s = fixed<number>({
  type: 'int2',
  bytes: 2,
  write: (into, at, value) => void into.writeInt16BE(value, at),
});

export const booleans = fixed<boolean>({
  type: 'bool',
  bytes: 1,
  write: (into, at, value) => void into.writeUInt8(value ? 1 : 0, at),
});

// PostgreSQL counts from 2000-01-01: moments in microseconds, dates in days.
const postgresEpochAt = 946_684_800_000;
const postgresEpochDay = 10_957;
const wordSpan = 2 ** 32;

export const moments = fixed<EpochMs>({
  type: 'timestamptz',
  bytes: 8,
  write: (into, at, value) => {
    // Stays below 2^53 until the year 2255; the upper word carries the sign.
    const micros = Math.round((value - postgresEpochAt) * 1_000);
    const upper = Math.floor(micros / wordSpan);
    into.writeInt32BE(upper, at);
    into.writeUInt32BE(micros - upper * wordSpan, at + 4);
  },
});

/** Of `YYYY-MM-DD`. */
export const dates = fixed<string>({
  type: 'date',
  bytes: 4,
  write: (into, at, value) => void into.writeInt32BE(dayNumberOf(value) - postgresEpochDay, at),
});

export const texts = varying<string>({
  type: 'text',
  bytesOf: (value) => Buffer.byteLength(value),
  write: (into, at, value) => void into.write(value, at),
});

export const byteas = varying<Uint8Array>({
  type: 'bytea',
  bytesOf: (value) => value.length,
  write: (into, at, value) => into.set(value, at),
});

/** Of JSON texts. `jsonb_recv` wants the version of its form first. */
export const jsons = varying<string>({
  type: 'jsonb',
  bytesOf: (value) => Buffer.byteLength(value) + 1,
  write: (into, at, value) => {
    into.writeUInt8(1, at);
    into.write(value, at + 1);
  },
});
