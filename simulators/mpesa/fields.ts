import { err, ok, parseMsisdn, type Result } from '#kernel';

/** A JSON object as it came in; every reader below names the field it finds wanting. */
export type Body = Readonly<Record<string, unknown>>;
export type Field<Value> = Result<Value, string>;

export function parseJsonObject(text: string): Result<Body, 'not-an-object'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('not-an-object');
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? ok({ ...value })
    : err('not-an-object');
}

/** Text, or a number where the provider takes both. Missing reads as empty. */
export function looseText(body: Body, name: string): string {
  const value = body[name];
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' ? String(value) : '';
}

export interface LengthRule {
  readonly min: number;
  readonly max: number;
}

export function textField(body: Body, name: string, length: LengthRule): Field<string> {
  const value = looseText(body, name);
  return value.length >= length.min && value.length <= length.max ? ok(value) : err(name);
}

export function oneOf<Choice extends string>(
  body: Body,
  name: string,
  choices: readonly Choice[],
): Field<Choice> {
  const value = looseText(body, name);
  const choice = choices.find((candidate) => candidate === value);
  return choice === undefined ? err(name) : ok(choice);
}

/** Whole shillings from 1; decimals are refused (documented). */
export function wholeKes(body: Body, name: string): Field<number> {
  const value = looseText(body, name);
  const amountKes = /^\d{1,12}$/.test(value) ? Number(value) : 0;
  return amountKes >= 1 ? ok(amountKes) : err(name);
}

export function shortCodeField(body: Body, name: string): Field<string> {
  const value = looseText(body, name);
  return /^\d{5,7}$/.test(value) ? ok(value) : err(name);
}

/** Twelve digits with the country code; other spellings are refused on the wire (documented). */
export function msisdnField(body: Body, name: string): Field<string> {
  const value = looseText(body, name);
  const parsed = /^254\d{9}$/.test(value) ? parseMsisdn(value) : err(name);
  return parsed.ok ? ok(parsed.value) : err(name);
}

export interface UrlRules {
  readonly allowHosts: readonly string[];
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
export const isLoopbackHost = (host: string): boolean => loopback.test(host);

/**
 * Where callbacks may go: loopback, plain or encrypted, and the hosts named in the configuration,
 * encrypted only. A host in capitals is refused (observed once; the leading explanation). That
 * loopback may be plain http is ours: nothing else would let both run on one machine.
 */
export function urlField(body: Body, name: string, rules: UrlRules): Field<string> {
  const value = looseText(body, name);
  const parts = /^(https?):\/\/([^/:?#]+|\[[0-9a-f:]+\])(?::\d+)?(?:[/?#]|$)/.exec(value);
  if (parts === null || !URL.canParse(value)) return err(name);
  const [, scheme, host = ''] = parts;
  if (host !== host.toLowerCase() || host !== new URL(value).hostname) return err(name);
  const isAllowed = isLoopbackHost(host) || (scheme === 'https' && rules.allowHosts.includes(host));
  return isAllowed ? ok(value) : err(name);
}

type ValueOf<Read> = Read extends { readonly ok: true; readonly value: infer Value }
  ? Value
  : never;
type ValuesOf<Fields> = { readonly [Name in keyof Fields]: ValueOf<Fields[Name]> };

/** The values of all fields, or the first one that was refused, in the order given. */
export function parseFields<Fields extends Readonly<Record<string, Field<unknown>>>>(
  fields: Fields,
): Field<ValuesOf<Fields>> {
  const values: [string, unknown][] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (!field.ok) return field;
    values.push([name, field.value]);
  }
  return ok(Object.fromEntries(values) as ValuesOf<Fields>);
}
