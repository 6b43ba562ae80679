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

/** A view writes a `bigint` without making others of it, as `Buffer` does, but never complains. */
const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView =>
  new DataView(buffer, byteOffset, length);

const writeHeader = (
  array: DataView,
  { type, count, hasNulls }: { type: TypeName; count: number; hasNulls: boolean },
): void => {
  // One dimension, whether there are nulls, the element's type, how many, the first one's number.
  array.setInt32(0, 1);
  array.setInt32(4, hasNulls ? 1 : 0);
  array.setInt32(8, typeNumbers[type]);
  array.setInt32(12, count);
  array.setInt32(16, 1);
};

interface Range<Value> {
  readonly least: Value;
  readonly most: Value;
}
const ranges = {
  int8: { least: -(2n ** 63n), most: 2n ** 63n - 1n },
  int4: { least: -(2 ** 31), most: 2 ** 31 - 1 },
  int2: { least: -(2 ** 15), most: 2 ** 15 - 1 },
} as const;

/** What does not fit is a defect, and must not become another number on its way. */
const fitting = <Value extends number | bigint>(value: Value, range: Range<Value>): Value => {
  if (value >= range.least && value <= range.most) return value;
  throw new RangeError(`${value} is not between ${range.least} and ${range.most}`);
};

interface FixedElement<Value> {
  readonly type: TypeName;
  readonly bytes: number;
  readonly write: (into: DataView, at: number, value: Value) => void;
}

const fixed =
  <Value>({ type, bytes, write }: FixedElement<Value>) =>
  (values: readonly (Value | null)[]): Buffer => {
    const most = headerBytes + values.length * (lengthBytes + bytes);
    const array = Buffer.allocUnsafe(most);
    const view = viewOf(array);
    let at = headerBytes;
    // Counted, as `of` makes an object for each value where it is not compiled well.
    for (let n = 0; n < values.length; n += 1) {
      const value = values[n] ?? null;
      view.setInt32(at, value === null ? nullLength : bytes);
      at += lengthBytes;
      if (value === null) continue;
      write(view, at, value);
      at += bytes;
    }
    writeHeader(view, { type, count: values.length, hasNulls: at < most });
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
    const view = viewOf(array);
    writeHeader(view, { type, count: values.length, hasNulls });
    let at = headerBytes;
    for (let n = 0; n < values.length; n += 1) {
      const value = values[n] ?? null;
      const length = lengths[n] ?? nullLength;
      view.setInt32(at, length);
      at += lengthBytes;
      if (value === null) continue;
      write(array, at, value);
      at += length;
    }
    return array;
  };

export const int8s = fixed<bigint>({
  type: 'int8',
  bytes: 8,
  write: (into, at, value) => into.setBigInt64(at, fitting<bigint>(value, ranges.int8)),
});

export const int4s = fixed<number>({
  type: 'int4',
  bytes: 4,
  write: (into, at, value) => into.setInt32(at, fitting<number>(value, ranges.int4)),
});

export const int2s = fixed<number>({
  type: 'int2',
  bytes: 2,
  write: (into, at, value) => into.setInt16(at, fitting<number>(value, ranges.int2)),
});

export const booleans = fixed<boolean>({
  type: 'bool',
  bytes: 1,
  write: (into, at, value) => into.setUint8(at, value ? 1 : 0),
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
    into.setInt32(at, fitting<number>(upper, ranges.int4));
    into.setUint32(at + 4, micros - upper * wordSpan);
  },
});

/** Of `YYYY-MM-DD`. */
export const dates = fixed<string>({
  type: 'date',
  bytes: 4,
  write: (into, at, value) => {
    into.setInt32(at, fitting<number>(dayNumberOf(value) - postgresEpochDay, ranges.int4));
  },
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
