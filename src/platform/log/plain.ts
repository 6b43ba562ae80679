import { Secret } from '#kernel';

import { isSecretName, type MaskText, placeholder } from './mask.ts';

const depthMax = 6;
const entriesMax = 64;
/** Values in one line altogether. */
const valuesMax = 1_000;

/** What JSON can carry. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | readonly Plain[]
  | { readonly [name: string]: Plain };

// Under these names a number is a quantity, never a phone number.
const quantityName = /(?:Minor|Ms|At|Bytes|Count|Max|Min|BasisPoints|Fraction|Port|Status)$/;

interface Walk {
  readonly maskText: MaskText;
  valuesLeft: number;
}

function plainNumber(walk: Walk, name: string, value: number | bigint): Plain {
  const text = String(value);
  if (quantityName.test(name)) return typeof value === 'bigint' ? text : value;
  const masked = walk.maskText(text);
  return typeof value === 'number' && masked === text ? value : masked;
}

function plainError(walk: Walk, error: Error, depth: number): Plain {
  // Stacks name files of this program; what they quote of a message is masked with them.
  return {
    ...plainEntries(walk, Object.entries(error), depth),
    type: walk.maskText(error.name),
    message: walk.maskText(error.message),
    stack: walk.maskText(error.stack ?? ''),
    ...(error.cause === undefined
      ? {}
      : { cause: plainValue(walk, { name: 'cause', value: error.cause, depth: depth + 1 }) }),
  };
}

function plainEntries(
  walk: Walk,
  entries: readonly (readonly [string, unknown])[],
  depth: number,
): { readonly [name: string]: Plain } {
  const kept = entries
    .slice(0, entriesMax)
    .map(([name, value]): [string, Plain] => [
      walk.maskText(name),
      plainValue(walk, { name, value, depth: depth + 1 }),
    ]);
  const left = entries.length - kept.length;
  return Object.fromEntries(left > 0 ? [...kept, ['…', `${left} more`]] : kept);
}

function plainObject(walk: Walk, value: object, depth: number): Plain {
  if (value instanceof Error) return plainError(walk, value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map) {
    const entries = [...value].map(([key, inner]): [string, unknown] => [String(key), inner]);
    return plainEntries(walk, entries, depth);
  }
  if (Array.isArray(value) || value instanceof Set) {
    return [...value]
      .slice(0, entriesMax)
      .map((inner: unknown) => plainValue(walk, { name: '', value: inner, depth: depth + 1 }));
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const inner: unknown = value.toJSON();
    return plainValue(walk, { name: '', value: inner, depth: depth + 1 });
  }
  return plainEntries(walk, Object.entries(value), depth);
}

function plainValue(
  walk: Walk,
  { name, value, depth }: { name: string; value: unknown; depth: number },
): Plain {
  walk.valuesLeft -= 1;
  if (value === null || value === undefined) return null;
  if (value instanceof Secret || isSecretName(name)) return placeholder;
  if (depth > depthMax || walk.valuesLeft < 0) return '…';
  switch (typeof value) {
    case 'string':
      return walk.maskText(value);
    case 'number':
    case 'bigint':
      return plainNumber(walk, name, value);
    case 'boolean':
      return value;
    case 'object':
      return plainObject(walk, value, depth);
    case 'function':
    case 'symbol':
    case 'undefined':
      break;
  }
  return `[${typeof value}]`;
}

/**
 * A copy that JSON can carry, with nothing secret in it: bounded in depth and breadth, so that a
 * cycle ends, and never throwing, because a log line must not break what it tells about.
 */
export function plainFields(
  maskText: MaskText,
  fields: object,
): { readonly [name: string]: Plain } {
  try {
    return plainEntries({ maskText, valuesLeft: valuesMax }, Object.entries(fields), 0);
  } catch {
    return { unreadable: true };
  }
}
