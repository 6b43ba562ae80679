import type { HashRendering } from './config.ts';

/**
 * The texts a callback's hash may have been made over. They are cut out of the raw body and never
 * made by parsing and writing again, so that key order and spelling of numbers and escapes stay.
 */
interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Member {
  readonly key: string;
  readonly first: number;
  readonly valueFirst: number;
  readonly last: number;
}

// Deep nesting would make the pretty form grow with the square of the body.
const depthMax = 16;

const tokenPattern = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

const tokensOf = (json: string): readonly Token[] =>
  [...json.matchAll(tokenPattern)].map(({ 0: text, index }) => ({
    text,
    start: index,
    end: index + text.length,
  }));

const depthChange = ({ text }: Token): number => {
  if (text === '{' || text === '[') return 1;
  return text === '}' || text === ']' ? -1 : 0;
};

const deepest = (tokens: readonly Token[]): number => {
  let depth = 0;
  let most = 0;
  for (const token of tokens) {
    depth += depthChange(token);
    most = Math.max(most, depth);
  }
  return most;
};

/** Members of the outermost object, by token positions. */
function membersOf(tokens: readonly Token[]): readonly Member[] {
  const members: Member[] = [];
  let depth = 0;
  let first = 1;
  for (const [n, token] of tokens.entries()) {
    const endsMember = depth === 1 && (token.text === ',' || token.text === '}');
    const key = tokens[first]?.text;
    if (endsMember && n > first && key !== undefined) {
      members.push({ key: String(JSON.parse(key)), first, valueFirst: first + 2, last: n - 1 });
    }
    if (endsMember) first = n + 1;
    depth += depthChange(token);
  }
  return members;
}

const compact = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join('');

/** As `JSON.stringify(…, null, 2)` lays it out. */
function pretty(tokens: readonly Token[]): string {
  let depth = 0;
  let written = '';
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  for (const [n, token] of tokens.entries()) {
    const before = tokens[n - 1];
    const change = depthChange(token);
    const isEmpty = change < 0 && before !== undefined && depthChange(before) > 0;
    depth += change;
    if (change < 0 && !isEmpty) written += newLine();
    else if (before !== undefined && depthChange(before) > 0 && !isEmpty) {
      written += `\n${'  '.repeat(change > 0 ? depth - 1 : depth)}`;
    }
    written += token.text;
    if (token.text === ':') written += ' ';
    if (token.text === ',') written += newLine();
  }
  return written;
}

/** The raw text and the tokens with one member and its comma cut out. */
function without(
  member: Member | undefined,
  json: string,
  tokens: readonly Token[],
): { readonly raw: string; readonly tokens: readonly Token[] } {
  if (member === undefined) return { raw: json, tokens };
  const { first, last } = member;
  const isFirst = first === 1;
  const hasNext = tokens[last + 1]?.text === ',';
  const from = isFirst ? first : first - 1;
  const next = isFirst && hasNext ? last + 2 : last + 1;
  const cutFrom = isFirst ? tokens[from]?.start : tokens[from - 1]?.end;
  const cutTo = isFirst && hasNext ? tokens[next]?.start : tokens[last]?.end;
  return {
    raw: json.slice(0, cutFrom) + json.slice(cutTo),
    tokens: [...tokens.slice(0, from), ...tokens.slice(next)],
  };
}

/**
 * All renderings of a JSON object with a `transaction`; none of one that is nested too deep or
 * names a member of either kind twice, which no honest sender does.
 */
export function renderingsOf(json: string): ReadonlyMap<HashRendering, string> {
  const tokens = tokensOf(json);
  if (tokens[0]?.text !== '{' || deepest(tokens) > depthMax) return new Map();
  const members = membersOf(tokens);
  const [inner, ...otherInner] = members.filter(({ key }) => key === 'transaction');
  const [hash, ...otherHashes] = members.filter(({ key }) => key === 'hash');
  if (inner === undefined || otherInner.length + otherHashes.length > 0) return new Map();
  const bare = without(hash, json, tokens);
  const innerTokens = tokens.slice(inner.valueFirst, inner.last + 1);
  return new Map([
    ['raw-whole', bare.raw],
    ['compact-whole', compact(bare.tokens)],
    ['pretty-whole', pretty(bare.tokens)],
    ['raw-inner', json.slice(innerTokens[0]?.start, innerTokens.at(-1)?.end)],
    ['compact-inner', compact(innerTokens)],
  ]);
}
