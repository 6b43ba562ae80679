import { Client } from 'pg';

import { medianOf } from '../figures/statistics.ts';
import { short, tableOf } from '../figures/table.ts';
import type { Finding } from '../figures/verdict.ts';
import type { Options } from '../options.ts';
import { mixOf } from '../product/seeder.ts';
import { timingOf } from './quick.ts';
import type { Report } from './report.ts';
import { warmUp } from './rounds.ts';
import { openStage, type Stage } from './stage.ts';

/** Small books are what big ones are compared to: they are begun anew before they grow. */
const smallRows = { block: 5_000, max: 60_000 };
const bigBlock = { min: 10_000, max: 100_000, blocks: 40 };
const whenDoneMsMax = 3_600_000;
/** The comparison that counts: the last blocks, when the big books are big. */
const lastShare = 0.2;

interface Block {
  /** Callbacks in the books before it. */
  readonly rows: number;
  readonly databaseUs: number;
  readonly walBytes: number;
  readonly perSecond: number;
  readonly disturbed: boolean;
}

interface Pair {
  readonly big: Block;
  readonly small: Block;
}

interface Books {
  readonly stage: Stage;
  rows: number;
}

/** Books that grow callback by callback, compared all the time with small ones beside them. */
export async function grow(options: Options, tell: (text: string) => void): Promise<Report> {
  const pairs: Pair[] = [];
  const open = async (name: string): Promise<Books> => {
    const stage = await openStage(timingOf(options), (text) => tell(`${name}: ${text}`));
    // Not on empty tables, whose plans are of no use to anybody else.
    await warmUp(stage);
    return { stage, rows: 0 };
  };
  const size = Math.min(
    bigBlock.max,
    Math.max(bigBlock.min, Math.ceil(options.rows / bigBlock.blocks)),
  );
  const big = await open('big');
  let small: Books | undefined;
  const faults: string[] = [];
  try {
    const bytesBefore = await bytesOf(big.stage);
    while (big.rows < options.rows) {
      if (small !== undefined && small.rows >= smallRows.max) {
        await small.stage.close();
        small = undefined;
      }
      small ??= await open('small');
      const one = await addBlock(big, size);
      pairs.push({ big: one, small: await addBlock(small, smallRows.block) });
      tell(`${big.rows.toLocaleString('en')} of ${options.rows.toLocaleString('en')} callbacks`);
    }
    await big.stage.prove();
    const bytes = ((await bytesOf(big.stage)) - bytesBefore) / big.rows;
    faults.push(...big.stage.faults, ...(small?.stage.faults ?? []));
    return { ...reportOf(pairs, bytes), faults };
  } finally {
    await small?.stage.close();
    await big.stage.close();
  }
}

function reportOf(pairs: readonly Pair[], bytesEach: number): Report {
  const last = pairs.slice(-Math.max(1, Math.ceil(pairs.length * lastShare)));
  const end = (pairs.at(-1)?.big.rows ?? 0).toLocaleString('en');
  const findings: readonly Finding[] = [
    {
      id: 'P7-cpu',
      values: last.map(({ big, small }) => big.databaseUs / small.databaseUs),
      note: `near ${end} callbacks`,
    },
    { id: 'P7-wal', values: last.map(({ big, small }) => big.walBytes / small.walBytes) },
    { id: 'P8', values: [bytesEach], note: 'with its charge and prompt' },
  ];
  const groups = Math.min(pairs.length, 10);
  const perGroup = Math.ceil(pairs.length / Math.max(groups, 1));
  const rows = Array.from({ length: groups }, (_, n) =>
    pairs.slice(n * perGroup, (n + 1) * perGroup),
  ).filter((group) => group.length > 0);
  return {
    tables: [
      tableOf([
        ['callbacks in the books', '/s', 'pg µs', 'small', '×', 'WAL bytes', 'small', '×'],
        ...rows.map(growthRow),
      ]),
    ],
    findings,
  };
}

function growthRow(group: readonly Pair[]): readonly string[] {
  const median = (read: (pair: Pair) => number): number => medianOf(group.map(read));
  const from = group[0]?.big.rows ?? 0;
  const isDisturbed = group.some(({ big, small }) => big.disturbed || small.disturbed);
  return [
    `from ${from.toLocaleString('en')}${isDisturbed ? ' *' : ''}`,
    short(median(({ big }) => big.perSecond)),
    short(median(({ big }) => big.databaseUs)),
    short(median(({ small }) => small.databaseUs)),
    short(median(({ big, small }) => big.databaseUs / small.databaseUs)),
    short(median(({ big }) => big.walBytes)),
    short(median(({ small }) => small.walBytes)),
    short(median(({ big, small }) => big.walBytes / small.walBytes)),
  ];
}

async function addBlock(books: Books, callbacks: number): Promise<Block> {
  const { stage } = books;
  // Checkpoints come when they come: after one, every page that is touched goes whole into the log.
  const set = await stage.seeder.seed(callbacks, mixOf(stage.pace.promptShare), 'unflushed');
  const from = await walPositionOf(stage);
  const loaded = await stage.run({ callbacks: set, measureMs: whenDoneMsMax });
  const walBytes = ((await walPositionOf(stage)) - from) / loaded.outcome.sent;
  const rows = books.rows;
  books.rows += callbacks;
  const { databaseUs, perSecond, disturbed } = loaded;
  return { rows, databaseUs, walBytes, perSecond, disturbed };
}

async function numberOf(stage: Stage, text: string): Promise<number> {
  const database = await stage.database();
  const client = new Client({ connectionString: database.connectionString() });
  await client.connect();
  try {
    const { rows } = await client.query<{ number: string }>(`select ${text} as number`);
    return Number(rows[0]?.number);
  } finally {
    await client.end();
  }
}

/** Statistics about the log lag behind; its own position does not. */
const walPositionOf = (stage: Stage): Promise<number> =>
  numberOf(stage, `pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')`);
const bytesOf = (stage: Stage): Promise<number> =>
  numberOf(stage, 'pg_database_size(current_database())');
