import { Client } from 'pg';

import { fates } from '../generator/job.ts';
import { eventually } from '../../test/support/engine-process.ts';
import type { CallbackSet } from './callbacks.ts';
import type { Product } from './installation.ts';

/** What a run sent, and what it was answered. */
export interface Sent {
  readonly set: CallbackSet;
  /** One byte a request. */
  readonly fate: Buffer;
  /** Which callback each request carried; without it the first, the second, and so on. */
  readonly order?: Uint32Array | undefined;
}

/** What the books make of what was acknowledged. All but the first must be zero. */
export interface Books {
  readonly acknowledged: number;
  /** Answered 200 and not in the books. */
  readonly lost: number;
  /** Booked more than once, or for another amount. */
  readonly doubled: number;
  /** In the books though nobody sent it: never, or the check itself is broken. */
  readonly unsent: number;
}

const chunk = 20_000;

interface Paid {
  readonly receipt: string;
  readonly copies: number;
  readonly amount: number;
}

/** Of every receipt that was sent at all: whether it was acknowledged, and what was to be paid. */
function receiptsOf({ set, fate, order }: Sent): ReadonlyMap<string, Expected> {
  const expected = new Map<string, Expected>();
  for (const [request, what] of fate.entries()) {
    const record = order === undefined ? request : (order[request] ?? 0);
    // What came in pieces is kept, and is no payment.
    if (set.callbacks[record]?.kind === 'broken') continue;
    const receipt = set.receipts[record] ?? '';
    const before = expected.get(receipt);
    expected.set(receipt, {
      amount: set.callbacks[record]?.amount ?? 0,
      acknowledged: what === fates.taken || before?.acknowledged === true,
    });
  }
  return expected;
}

interface Expected {
  readonly amount: number;
  readonly acknowledged: boolean;
}

async function paidOf(client: Client, receipts: readonly string[]): Promise<readonly Paid[]> {
  const { rows } = await client.query<{ receipt: string; copies: string; amount: string }>(
    `select receipt, count(*) as copies, sum(amount_minor) / 100 as amount
     from payment where receipt = any($1::text[]) group by receipt`,
    [receipts],
  );
  return rows.map(({ receipt, copies, amount }) => ({
    receipt,
    copies: Number(copies),
    amount: Number(amount),
  }));
}

/** Compares what was answered with what is booked, receipt by receipt. */
export async function compareBooks(connectionString: string, sent: Sent): Promise<Books> {
  const expected = receiptsOf(sent);
  const client = new Client({ connectionString });
  await client.connect();
  let [lost, doubled] = [0, 0];
  try {
    const all = [...expected.keys()];
    for (let from = 0; from < all.length; from += chunk) {
      const some = all.slice(from, from + chunk);
      const paid = new Map((await paidOf(client, some)).map((row) => [row.receipt, row]));
      for (const receipt of some) {
        const row = paid.get(receipt);
        const { acknowledged = false, amount = 0 } = expected.get(receipt) ?? {};
        if (acknowledged && row === undefined) lost += 1;
        if (row !== undefined && (row.copies !== 1 || row.amount !== amount)) doubled += 1;
      }
    }
    const acknowledged = [...expected.values()].filter((one) => one.acknowledged).length;
    const unsent = await unsentOf(client, new Set(expected.keys()), sent);
    return { acknowledged, lost, doubled, unsent };
  } finally {
    await client.end();
  }
}

/** Receipts of this set that were never sent and are booked all the same. */
async function unsentOf(client: Client, sent: ReadonlySet<string>, { set }: Sent): Promise<number> {
  const rest = set.receipts.filter((receipt) => !sent.has(receipt));
  return (await paidOf(client, rest)).length;
}

export interface Proof {
  readonly failed: readonly string[];
  readonly auditHolds: boolean;
}

interface ProofAnswer {
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
  }[];
}

const parseProof = (json: unknown): ProofAnswer => json as ProofAnswer;

/** The engine's own proof: every statement about books, payments, transfers and audit records. */
export async function proveBooks(product: Product): Promise<Proof> {
  const { checks } = parseProof(await product.engine.getPatiently('/api/qmoi/proof'));
  const failed = checks.filter(({ ok }) => !ok);
  return {
    failed: failed.map(({ name, detail }) => `${name}: ${detail}`),
    auditHolds: checks.some(({ name, ok }) => name === 'audit' && ok),
  };
}

interface StatusAnswer {
  readonly health: { readonly spooled: number; readonly queued: number };
}

const parseStatus = (json: unknown): StatusAnswer => json as StatusAnswer;

/** Waits until nothing is on its way into the books any more. */
export const untilTakenIn = (product: Product): Promise<unknown> =>
  eventually(
    'the spool is empty',
    async () => {
      // While the database is away there is no status either.
      const status = await product.engine.get('/api/qmoi/revenue/status').catch(() => undefined);
      if (status === undefined) return false;
      const { health } = parseStatus(status);
      return health.spooled === 0 && health.queued === 0;
    },
    120_000,
  );
