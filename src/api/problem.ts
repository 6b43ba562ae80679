import { formatMoney, railNames } from '#kernel';
import { problemTitles, problemType, type Problem, type ProblemKind } from '#api/contract';

const statuses = {
  'invalid-request': 400,
  'malformed-body': 400,
  'not-logged-in': 401,
  'login-refused': 401,
  'key-not-accepted': 403,
  'foreign-origin': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'body-too-large': 413,
  'content-type-not-taken': 415,
  'too-many-requests': 429,
  'too-many-listeners': 503,
  'key-used-for-other-input': 422,
  'request-in-progress': 409,
  'database-away': 503,
  'callback-not-kept': 503,
  'engine-fault': 500,
  'too-many-payments': 422,
  'too-many-exports': 503,
  'unknown-stream': 422,
  'amount-not-whole-shillings': 422,
  'amount-out-of-range': 422,
  'not-a-phone-number': 422,
  'consent-without-phone': 422,
  'fallback-without-act': 422,
  'fallback-on-same-rail': 422,
  'no-payment-code': 404,
  'payment-code-failed': 503,
  'consent-in-the-future': 422,
  'engine-stopped': 409,
  'rail-not-configured': 422,
  'rail-not-set-up': 422,
  'no-payout-number': 422,
  'over-daily-limit': 409,
  'balance-too-low': 409,
  'rail-cannot-refund': 422,
  'rail-cannot-top-up': 422,
  'payee-not-found': 404,
  'number-not-confirmed': 409,
  'payment-not-found': 404,
  'refund-exists': 409,
  'more-than-the-payment': 422,
  'not-the-whole-payment': 422,
  'not-the-payers-number': 422,
  'top-up-under-way': 409,
  'working-wallet-too-low': 409,
  'already-confirmed': 409,
  'test-under-way': 409,
  'test-unanswered': 409,
  'no-test-yet': 409,
  'test-not-arrived': 409,
  'test-expired': 409,
  'too-many-tries': 409,
  'wrong-receipt': 422,
  'transfer-not-found': 404,
  'past-cancelling': 409,
  'settled-by-provider': 409,
  'still-asking': 409,
  'may-still-answer': 409,
  'receipt-of-another': 422,
  'amount-not-above-zero': 422,
  'amount-too-large': 422,
  'file-refused': 422,
  'statement-locked': 422,
  'no-statement': 422,
  'statement-damaged': 422,
  'foreign-short-code': 422,
  'no-such-preview': 404,
  'below-minimum': 422,
  'already-resolved': 409,
  'fix-not-allowed': 422,
  'no-such-exception': 404,
  'no-such-payment': 422,
  'no-such-charge': 422,
  'refund-under-way': 409,
  'reversed-by-provider': 409,
  'nothing-left': 409,
  'nothing-allocated': 422,
  'too-many-allocations': 422,
  'charge-already-paid': 409,
  'other-customer': 422,
  'more-than-payment': 422,
  'charge-not-paid-in-full': 422,
  'more-than-charge': 422,
  'not-short': 422,
  'payer-not-known': 422,
  'partly-earned': 409,
  'several-streams': 409,
  'only-whole-is-reversed': 422,
  'rail-cannot-reverse': 422,
  'nothing-to-undo': 409,
  'refund-cannot-be-undone': 409,
  'built-upon': 409,
} as const satisfies Record<ProblemKind, number>;

export interface ProblemOptions {
  readonly retryAfterMs?: number;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A problem on its way to the client: the one way out of a handler that is not its answer. */
export class ProblemRaised extends Error {
  override readonly name = 'ProblemRaised';
  readonly kind: ProblemKind;
  readonly options: ProblemOptions;

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.kind = kind;
    this.options = options;
  }

  get statusCode(): number {
    return statuses[this.kind];
  }

  get headers(): Readonly<Record<string, string>> {
    const { retryAfterMs, headers = {} } = this.options;
    if (retryAfterMs === undefined) return headers;
    return { ...headers, 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
  }

  bodyFor(requestId: string): Problem {
    const { errors } = this.options;
    return {
      type: problemType(this.kind),
      title: problemTitles[this.kind],
      status: this.statusCode,
      detail: this.message,
      instance: `urn:qmoi:request:${requestId}`,
      ...(errors === undefined ? {} : { errors: [...errors] }),
    };
  }
}

/** One text for every refusal of an area; `{member}` stands for the refusal's own. */
export type RefusalTexts<Refusal extends { readonly kind: ProblemKind }> = {
  readonly [Kind in Refusal['kind']]: string;
};

export function refused<Refusal extends { readonly kind: ProblemKind }>(
  texts: RefusalTexts<Refusal>,
  refusal: Refusal,
): ProblemRaised {
  const kind: Refusal['kind'] = refusal.kind;
  const facts = new Map<string, unknown>(Object.entries(refusal));
  const text = texts[kind].replaceAll(/\{(\w+)\}/g, (_, name: string) => factOf(facts.get(name)));
  return new ProblemRaised(kind, text);
}

function factOf(value: unknown): string {
  if (typeof value === 'bigint') return formatMoney(value);
  return value === 'mpesa' || value === 'airtel' ? railNames[value] : String(value);
}

export const notFound = (what: string): ProblemRaised => new ProblemRaised('not-found', what);
