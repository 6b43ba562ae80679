import { type Check, type Fields, wholeNumber } from './checks.ts';

export interface AdminReply {
  readonly httpStatus: number;
  /** JSON, unless it is a text of another type. */
  readonly body: object | string;
  readonly contentType?: string;
}

export interface AdminCall {
  readonly id: string;
  readonly fields: Fields;
  readonly query: Readonly<Record<string, string | undefined>>;
}

export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below `/sim`. */
  readonly path: string;
  readonly handle: (call: AdminCall) => AdminReply;
}

export const done = (body: object): AdminReply => ({ httpStatus: 200, body });

/** A refusal of the admin API, which names itself: never one of the provider's shapes. */
export const refuse = (httpStatus: number, error: string, message: string): AdminReply => ({
  httpStatus,
  body: { error, message },
});

export const badFields = (problems: readonly string[]): AdminReply =>
  refuse(400, 'bad-fields', problems.join('; '));

/** Every field by its check; an optional one may be absent, an unknown one may not be there. */
export function problemsOf(
  fields: Fields,
  checks: Readonly<Record<string, Check>>,
  optional: readonly string[] = [],
): readonly string[] {
  const unknown = Object.keys(fields).filter((name) => !(name in checks));
  const wrong = Object.entries(checks).flatMap(([name, check]) => {
    if (fields[name] === undefined && optional.includes(name)) return [];
    const problem = check(fields[name]);
    return problem === undefined ? [] : [`${name}: ${problem}`];
  });
  return [...unknown.map((name) => `${name}: unknown`), ...wrong];
}

export const pageMax = 1000;
const pageUsual = 100;

/** A whole number from the query, or what is usual when it is absent or none. */
export function numberFrom(text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  return wholeNumber(0, Number.MAX_SAFE_INTEGER)(value) === undefined ? value : usual;
}

export const limitFrom = ({ query }: AdminCall): number =>
  Math.min(numberFrom(query['limit'], pageUsual), pageMax);

/** Whole shillings, as much as all of Kenya's wallets could hold. */
export const wholeShillings = wholeNumber(0, 1_000_000_000_000);
