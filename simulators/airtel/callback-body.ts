import { createHmac } from 'node:crypto';

import type { BodyFormat, BodyOrder, HashRendering } from './knobs.ts';

/** The members in the portal's order (sheet §9.1); a TF carries no Airtel id here (assumed). */
export interface CallbackTransaction {
  readonly id: string;
  readonly message: string;
  readonly status_code: 'TS' | 'TF';
  readonly airtel_money_id?: string;
}

export interface Rendering {
  readonly hashKey: string | undefined;
  readonly hashRendering: HashRendering;
  readonly bodyFormat: BodyFormat;
  readonly bodyOrder: BodyOrder;
  readonly wrongHash: boolean;
}

type Tree = { readonly [name: string]: string | Tree };

/** As Python's `json.dumps` writes: a blank after each colon and comma. */
const spacedText = (value: string | Tree): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : `{${Object.entries(value)
        .map(([name, member]) => `${JSON.stringify(name)}: ${spacedText(member)}`)
        .join(', ')}}`;

const formats: Readonly<Record<BodyFormat, (tree: Tree) => string>> = {
  compact: (tree) => JSON.stringify(tree),
  pretty: (tree) => JSON.stringify(tree, undefined, 2),
  spaced: spacedText,
};

/** The bytes of the inner object as they stand in a body without `hash`. */
const innerOf = (body: string): string =>
  body.slice(body.indexOf('{', 1), body.lastIndexOf('}', body.length - 2) + 1);

/** What the hash is taken over: which of these the live system signs is not known (§9.2). */
export function signedText(
  transaction: CallbackTransaction,
  { hashRendering, bodyFormat }: Pick<Rendering, 'hashRendering' | 'bodyFormat'>,
): string {
  const tree = { transaction: { ...transaction } };
  const texts: Readonly<Record<HashRendering, () => string>> = {
    'pretty-whole': () => JSON.stringify(tree, undefined, 2),
    'compact-whole': () => JSON.stringify(tree),
    'compact-inner': () => JSON.stringify(tree.transaction),
    'raw-whole': () => formats[bodyFormat](tree),
    'raw-inner': () => innerOf(formats[bodyFormat](tree)),
  };
  return texts[hashRendering]();
}

/** The key is the portal's text as UTF-8, not decoded (sheet §9.2). */
export const hashOf = (key: string, payload: string): string =>
  createHmac('sha256', Buffer.from(key, 'utf8')).update(payload).digest('base64');

export function renderCallback(transaction: CallbackTransaction, rendering: Rendering): string {
  const { hashKey, bodyFormat, bodyOrder, wrongHash } = rendering;
  const sent: Tree =
    bodyOrder === 'shuffled'
      ? Object.fromEntries(Object.entries(transaction).toReversed())
      : { ...transaction };
  if (hashKey === undefined) return formats[bodyFormat]({ transaction: sent });
  const payload = signedText(transaction, rendering);
  const hash = hashOf(hashKey, wrongHash ? `${payload} ` : payload);
  return formats[bodyFormat](
    bodyOrder === 'hash-first' ? { hash, transaction: sent } : { transaction: sent, hash },
  );
}
