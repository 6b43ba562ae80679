import type { DatabaseOptions } from '#platform/db';
import type { PostgresPoolClient } from 'kysely';
import { Client } from 'pg';

/** A statement as it was sent. */
export interface Heard {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** Listens to every statement on its way to the database. */
export function createEar(): {
  readonly through: NonNullable<DatabaseOptions['through']>;
  /** What was heard since the last time, each once. */
  take(): readonly Heard[];
} {
  let heard = new Map<string, Heard>();
  const note = (text: unknown, parameters: readonly unknown[] = []): void => {
    if (typeof text === 'string')
      heard.set(JSON.stringify([text, parameters], plain), { text, parameters });
  };
  return {
    through: (pool) => ({
      ...pool,
      end: () => pool.end(),
      connect: async () => {
        const client = await pool.connect();
        return {
          query: (text: string, parameters: readonly unknown[]) => {
            note(text, parameters);
            return client.query(text, parameters);
          },
          release: () => client.release(),
        } as PostgresPoolClient;
      },
    }),
    take: () => {
      const all = [...heard.values()];
      heard = new Map();
      return all;
    },
  };
}

const plain = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;

/** Tables that a payment, or what becomes of it, adds rows to. */
const growing: ReadonlySet<string> = new Set([
  'audit_record',
  'callback',
  'charge',
  'charge_paid',
  'charge_unpaid',
  'cycle_run',
  'event',
  'evidence',
  'exception',
  'exception_fix',
  'exception_fix_payment',
  'ledger_entry',
  'ledger_transaction',
  'payment',
  'payment_allocation',
  'phone',
  'prompt',
  'prompt_due',
  'statement_fee',
  'statement_line',
  'transfer',
  'verification',
]);

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Plan Rows': number;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): readonly PlanNode[] => [
  node,
  ...(node.Plans ?? []).flatMap(nodesOf),
];

/** A page of 200 lines, found on several roads of as many each. */
const rowsMax = 4_000;

/** Rows that a step has had in its hands, those it let go of included; planned, if never run. */
const rowsOf = (node: PlanNode): number =>
  node['Actual Rows'] === undefined
    ? node['Plan Rows']
    : (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1);

/**
 * Why a plan would not do with ten million payments: it reads a table whole, or more rows than a
 * page can need, be it to sort them, to add them up or to throw them away.
 */
function faultsOf(plan: PlanNode): readonly string[] {
  return nodesOf(plan).flatMap((node) => {
    const table = node['Relation Name'];
    if (table !== undefined && !growing.has(table)) return [];
    const where = `${node['Node Type']} on ${table ?? node['Index Name'] ?? 'what it read'}`;
    if (table !== undefined && node['Node Type'] === 'Seq Scan') return [where];
    return rowsOf(node) > rowsMax ? [`${where}: ${rowsOf(node)} rows`] : [];
  });
}

/** Each statement with what is wrong with its plan; nothing where all is well. */
export async function explain(
  connectionString: string,
  heard: readonly Heard[],
): Promise<readonly string[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const found = new Set<string>();
    for (const { text, parameters } of heard) {
      const [, verb = ''] = /^\s*(\w+)/.exec(text) ?? [];
      if (!explainable.has(verb)) continue;
      // What changes something is planned and not run.
      const reads =
        verb === 'select' || (verb === 'with' && !/\b(?:insert|update|delete)\b/.test(text));
      const how = reads ? 'analyze, timing off' : 'costs';
      await client.query('begin');
      const { rows } = await client.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
        `explain (${how}, format json) ${text}`,
        [...parameters],
      );
      await client.query('rollback');
      for (const { Plan: plan } of rows.flatMap((row) => row['QUERY PLAN'])) {
        for (const fault of faultsOf(plan)) found.add(`${fault}\n${text.trim()}`);
      }
    }
    return [...found];
  } finally {
    await client.end();
  }
}

const explainable: ReadonlySet<string> = new Set(['select', 'with', 'insert', 'update', 'delete']);
