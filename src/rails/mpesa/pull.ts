import type { Clock } from '#kernel';
import type { ListedPayment, NotKnown, PaymentList, PaymentPeriod, Refused } from '../rail.ts';
import { unknownBecause } from '../words.ts';
import type { MpesaClient } from './client.ts';
import { doneCode } from './meaning.ts';
import type { MpesaConfig } from './config.ts';
import { paths, pullQueryBody, pullRegisterBody, refusedHere } from './requests.ts';
import { listedPaymentOf, wordOfUnanswered } from './translate.ts';
import { pullAnswer, pullRegisterAnswer } from './wire.ts';

const pullTimeoutMs = 30_000;
const pullKeepsMs = 48 * 60 * 60 * 1_000;
/** Apparent page size; used only to tell a list's end from a fault, never to stop early. */
const pullPageRows = 100;
const pullPagesMax = 500;

const listedCode = '1000';
const emptyOrAlreadyCode = '1001';

type Obstacle = Refused | NotKnown;
type Page = { readonly kind: 'page'; readonly rows: readonly unknown[] } | Obstacle;

interface PullDeps {
  readonly config: MpesaConfig;
  readonly client: MpesaClient;
  readonly clock: Clock;
}

/** Answers undefined once the short code is enrolled, now or earlier. */
function createEnrolment({ config, client }: PullDeps): () => Promise<Obstacle | undefined> {
  const { nominatedNumber, pullCallbackUrl: callbackUrl } = config;
  if (nominatedNumber === undefined) {
    return () => Promise.resolve(refusedHere('the list needs the nominated number'));
  }
  if (callbackUrl === undefined) return () => Promise.resolve(undefined);
  const body = pullRegisterBody(config, { nominatedNumber, callbackUrl });
  let isEnrolled = false;
  return async () => {
    if (isEnrolled) return undefined;
    const exchange = await client.post(paths.pullRegister, body, { timeoutMs: pullTimeoutMs });
    if (exchange.kind !== 'answer') return wordOfUnanswered(exchange);
    const status = pullRegisterAnswer.safeParse(exchange.json).data;
    if (status !== listedCode && status !== emptyOrAlreadyCode) {
      return unknownBecause(`enrolment answered ${status ?? 'without a status'}`);
    }
    isEnrolled = true;
    return undefined;
  };
}

async function readPage(
  { config, client }: PullDeps,
  period: PaymentPeriod,
  offset: number,
): Promise<Page> {
  const body = pullQueryBody(config, { ...period, offset });
  const exchange = await client.post(paths.pullQuery, body, { timeoutMs: pullTimeoutMs });
  if (exchange.kind !== 'answer') return wordOfUnanswered(exchange);
  const answer = pullAnswer.safeParse(exchange.json);
  if (!answer.success) return unknownBecause('an answer that cannot be read');
  const { code, rows } = answer.data;
  if (code === emptyOrAlreadyCode) return { kind: 'page', rows: [] };
  if (code !== listedCode && code !== doneCode) return unknownBecause(`response code ${code}`);
  return { kind: 'page', rows };
}

async function readPages(deps: PullDeps, period: PaymentPeriod): Promise<PaymentList> {
  const payments = new Map<string, ListedPayment>();
  const whole = (): PaymentList => ({ kind: 'listed', payments: [...payments.values()] });
  let offset = 0;
  let lastRows = 0;
  for (let page = 0; page < pullPagesMax; page += 1) {
    const answer = await readPage(deps, period, offset);
    if (answer.kind !== 'page') {
      // Past the end Daraja may answer HTTP 500 in place of an empty page; after a page that was
      // not full that is the end of the list, otherwise rows may be missing.
      const isPastEnd = answer.kind === 'unknown' && lastRows > 0 && lastRows < pullPageRows;
      return isPastEnd ? whole() : answer;
    }
    const knownBefore = payments.size;
    for (const row of answer.rows) {
      const payment = listedPaymentOf(row);
      // A list with a hole would read as complete.
      if (payment === undefined) return unknownBecause('a row of the list cannot be read');
      payments.set(payment.receipt, payment);
    }
    // An empty page ends the list; so does one that brings nothing new.
    if (payments.size === knownBefore) return whole();
    lastRows = answer.rows.length;
    offset += lastRows;
  }
  return unknownBecause(`more than ${pullPagesMax} pages: ask for a shorter period`);
}

/** The provider's own list of what came in, at most two days back (Daraja, Pull Transactions). */
export function createPull(deps: PullDeps): (period: PaymentPeriod) => Promise<PaymentList> {
  const enrol = createEnrolment(deps);
  return async ({ fromAt, toAt }) => {
    const obstacle = await enrol();
    if (obstacle !== undefined) return obstacle;
    const period = { fromAt: Math.max(fromAt, deps.clock.now() - pullKeepsMs), toAt };
    if (period.fromAt >= period.toAt) return { kind: 'listed', payments: [] };
    return readPages(deps, period);
  };
}
