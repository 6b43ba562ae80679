import { parse } from 'csv-parse/sync';
import { invariant, shillings } from '#kernel';
import type { CodeSubject, StatementTable } from '#rails';
import type { TrueLine, TrueStatement } from '#rails/test-kit';

import {
  type ConversationResultCode,
  promptResults,
  refusals,
} from '../../simulators/mpesa/index.ts';
import type { MpesaWorld } from './mpesa-stage.ts';

/** Which of its results the simulator gives to what; a result under no heading fails to compile. */
const heardOf = {
  '0': ['payout', 'refund', 'top-up', 'question'],
  '1': ['payout', 'refund', 'top-up'],
  '2': ['payout'],
  '3': ['payout'],
  '4': ['payout'],
  '8': ['payout'],
  '21': ['payout', 'refund', 'top-up', 'question'],
  '25': ['refund', 'question'],
  '2001': ['payout', 'refund', 'top-up', 'question'],
  '2028': ['payout', 'refund'],
  '2033': ['question'],
  '2040': ['payout'],
  '8006': ['payout', 'refund', 'top-up', 'question'],
  SFC_IC0003: ['payout', 'top-up'],
  R000001: ['refund'],
  R000002: ['refund'],
} as const satisfies Record<ConversationResultCode, readonly CodeSubject[]>;

const everything: readonly CodeSubject[] = ['prompt', 'payout', 'refund', 'top-up', 'question'];

/** Those of tokens and fields differ from one family of addresses to the next. */
const familyCodes = [
  '404.001.03',
  '401.002.01',
  '400.003.01',
  '401.001',
  '400.002.02',
  '400.003.02',
  '404.001.01',
  '404.002.01',
  '404.003.01',
];

export const simulatorCodes: readonly { readonly subject: CodeSubject; readonly code: string }[] = [
  ...Object.keys(promptResults).map((code) => ({ subject: 'prompt' as const, code })),
  { subject: 'prompt', code: '4999' },
  ...Object.entries(heardOf).flatMap(([code, subjects]) =>
    subjects.map((subject) => ({ subject, code })),
  ),
  // Of a queue that gave up.
  ...everything.slice(1).map((subject) => ({ subject, code: '100000001' })),
  ...[...Object.values(refusals).map(({ errorCode }) => errorCode), ...familyCodes].flatMap(
    (code) => everything.map((subject) => ({ subject, code })),
  ),
];

interface Settled {
  readonly kind: string;
  readonly receipt: string;
  readonly amount: string;
  readonly fee: string;
  readonly originalReceipt: string | null;
}

const tableOf = (csv: string): StatementTable => {
  const rows: string[][] = parse(csv, { relax_column_count: true, skip_empty_lines: false });
  return { rows: rows.map((cells, n) => ({ line: n + 1, cells })) };
};

const kinds = {
  stk: { kind: 'payment', sign: 1n },
  c2b: { kind: 'payment', sign: 1n },
  b2b: { kind: 'top-up', sign: 1n },
  b2c: { kind: 'payout', sign: -1n },
  reversal: { kind: 'refund', sign: -1n },
} as const;

/** What the list of settled transactions says of Utility, and of the fees taken beside it. */
function trueLines(settled: readonly Settled[]) {
  const utility = settled.map((it): TrueLine => {
    const shape = Object.entries(kinds).find(([kind]) => kind === it.kind)?.[1];
    invariant(shape !== undefined, `a movement of a kind: ${it.kind}`);
    return {
      kind: shape.kind,
      receipt: it.receipt,
      amountMinor: shape.sign * shillings(BigInt(it.amount)),
      linkedReceipt: it.originalReceipt ?? undefined,
    };
  });
  const charges = settled
    .filter(({ fee }) => fee !== '0')
    .map((it): TrueLine => ({
      kind: 'fee',
      receipt: it.receipt,
      amountMinor: -shillings(BigInt(it.fee)),
      linkedReceipt: undefined,
    }));
  return { utility, charges };
}

/** The simulator's own statements beside its own truth. */
export async function mpesaStatements(world: MpesaWorld): Promise<readonly TrueStatement[]> {
  const { transactions } = await world.admin('GET', '/truth?limit=5000');
  const { utility, charges } = trueLines(transactions as readonly Settled[]);
  const read = async (account: string): Promise<StatementTable> =>
    tableOf(await world.adminText(`/statement?account=${account}&format=csv`));
  return [
    { account: 'Utility Account', table: await read('utility'), truth: utility },
    { account: 'Charges Paid Account', table: await read('charges'), truth: charges },
  ];
}
