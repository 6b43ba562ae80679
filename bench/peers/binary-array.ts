/**
 * One-dimensional arrays in PostgreSQL's binary form. `pg` hands a Buffer on as it is, so a batch
 * costs the client next to nothing and the server no parsing: the floor should be a floor.
 */
const headerBytes = 20;
const lengthBytes = 4;

const typeNumbers = { int8: 20, int2: 21, int4: 23, text: 25, bytea: 17 } as const;

function arrayOf(typeNumber: number, elements: readonly Buffer[]): Buffer {
  const bytes = elements.reduce((sum, element) => sum + lengthBytes + element.length, headerBytes);
  const array = Buffer.allocUnsafe(bytes);
  // One dimension, no nulls, the element's type, how many, and the first one's number.
  array.writeInt32BE(1, 0);
  array.writeInt32BE(0, 4);
  array.writeInt32BE(typeNumber, 8);
  array.writeInt32BE(elements.length, 12);
  array.writeInt32BE(1, 16);
  let at = headerBytes;
  for (const element of elements) {
    at = array.writeInt32BE(element.length, at);
    at += element.copy(array, at);
  }
  return array;
}

/** Elements of one size need no Buffer of their own. */
function fixedArrayOf<Value>(
  typeNumber: number,
  values: readonly Value[],
  element: {
    readonly bytes: number;
    readonly write: (into: Buffer, at: number, value: Value) => void;
  },
): Buffer {
  const stride = lengthBytes + element.bytes;
  const array = Buffer.allocUnsafe(headerBytes + values.length * stride);
  arrayOf(typeNumber, []).copy(array);
  array.writeInt32BE(values.length, 12);
  for (const [n, value] of values.entries()) {
    const at = headerBytes + n * stride;
    array.writeInt32BE(element.bytes, at);
    element.write(array, at + lengthBytes, value);
  }
  return array;
}

export const int8Array = (values: readonly bigint[]): Buffer =>
  fixedArrayOf(typeNumbers.int8, values, {
    bytes: 8,
    write: (into, at, value) => void into.writeBigInt64BE(value, at),
  });

export const int4Array = (values: readonly number[]): Buffer =>
  fixedArrayOf(typeNumbers.int4, values, {
    bytes: 4,
    write: (into, at, value) => void into.writeInt32BE(value, at),
  });

export const int2Array = (values: readonly number[]): Buffer =>
  fixedArrayOf(typeNumbers.int2, values, {
    bytes: 2,
    write: (into, at, value) => void into.writeInt16BE(value, at),
  });

export const byteaArray = (values: readonly Buffer[]): Buffer => arrayOf(typeNumbers.bytea, values);

export const textArray = (values: readonly string[]): Buffer =>
  arrayOf(
    typeNumbers.text,
    values.map((value) => Buffer.from(value)),
  );
