import { Client } from 'pg';

import { medianOf } from '../figures/statistics.ts';
import { short, tableOf } from '../figures/table.ts';
import type { Finding } from '../figures/verdict.ts';
import { historyMin, type Options } from '../options.ts';
import { mixOf } from '../product/drawing.ts';
import { withPast } from './history.ts';
import { timingOf } from './quick.ts';
import { readOn } from './read.ts';
import type { Report } from './report.ts';
import { warmUp } from './rounds.ts';
import { openStage, type Stage } from './stage.ts';

/** Small books are what big ones are compared to: they are begun anew before they grow. */
const smallRows = { block: 5_000, max: 60_000 };
const bigBlock = { min: 10_000, max: 100_000, blocks: 40 };
const whenDoneMsMax = 3_600_000;
/** The comparison that counts: the last blocks, when the big books are big. */
const lastShare = 0.2;
const groupsMax = 10;
/** Sizes at which books with a past are looked at, none of them small, and how often each time. */
const sizesOnPast = (history: number): readonly number[] =>
  [0.1, 0.3, 1].map((share) => Math.round(history * share)).filter((size) => size >= historyMin);
const pairsOnPast = 8;

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
export const grow = (options: Options, tell: (text: string) => void): Promise<Report> =>
  options.history > 0 ? growOnPast(options, tell) : growByThemselves(options, tell);

async function growByThemselves(options: Options, tell: (text: string) => void): Promise<Report> {
  const pairs: Pair[] = [];
  const size = Math.min(
    bigBlock.max,
    Math.max(bigBlock.min, Math.ceil(options.rows / bigBlock.blocks)),
  );
  const big = await openBooks('big', options, tell);
  const small = createSmallBooks(options, tell);
  try {
    const bytesBefore = await bytesOf(big.stage);
    while (big.rows < options.rows) {
      pairs.push(await addPair(big, small, size));
      tell(`${big.rows.toLocaleString('en')} of ${options.rows.toLocaleString('en')} callbacks`);
    }
    await big.stage.prove();
    const bytes = ((await bytesOf(big.stage)) - bytesBefore) / big.rows;
    const last = pairs.slice(-Math.max(1, Math.ceil(pairs.length * lastShare)));
    const perGroup = Math.ceil(pairs.length / Math.min(pairs.length, groupsMax));
    const faults = [...big.stage.faults, ...small.faults];
    return { ...reportOf({ pairs, last, perGroup }, bytes), faults };
  } finally {
    await small.close();
    await big.stage.close();
  }
}

/**
 * The same on top of a past that was put in by the set, at several sizes on the way. Such a past
 * takes long to make: when the books are biggest, lists are read as well.
 */
async function growOnPast(options: Options, tell: (text: string) => void): Promise<Report> {
  const pairs: Pair[] = [];
  const big: Books = { stage: await openNamed('big', options, tell), rows: 0 };
  const small = createSmallBooks(options, tell);
  try {
    const bytesBefore = await bytesOf(big.stage);
    // Warm by then: what the past is compared to came one by one.
    const found = await withPast(big.stage, options.history, async (past) => {
      big.rows += past.sampled;
      let pastRows = 0;
      for (const size of sizesOnPast(options.history)) {
        const grown = await past.growTo(size);
        big.rows += grown - pastRows;
        pastRows = grown;
        pairs.push(...(await addPairs(big, small)));
      }
    });
    await small.close();
    const bytes = ((await bytesOf(big.stage)) - bytesBefore) / big.rows;
    const last = pairs.slice(-pairsOnPast);
    const perSecond = medianOf(last.map((pair) => pair.big.perSecond));
    const lists = await readOn(big.stage, options, perSecond);
    const report = reportOf({ pairs, last, perGroup: pairsOnPast }, bytes);
    return {
      tables: [found.table, ...report.tables, ...lists.tables],
      findings: [...report.findings, ...lists.findings],
      faults: [...found.faults, ...big.stage.faults, ...small.faults],
    };
  } finally {
    await small.close();
    await big.stage.close();
  }
}

const openNamed = (name: string, options: Options, tell: (text: string) => void): Promise<Stage> =>
  openStage(timingOf(options), (text) => tell(`${name}: ${text}`));

async function openBooks(
  name: string,
  options: Options,
  tell: (text: string) => void,
): Promise<Books> {
  const stage = await openNamed(name, options, tell);
  // Not on empty tables, whose plans are of no use to anybody else.
  await warmUp(stage);
  return { stage, rows: 0 };
}

interface SmallBooks {
  /** Books with few rows in them: new ones, when those there were have grown. */
  open(): Promise<Books>;
  readonly faults: readonly string[];
  close(): Promise<void>;
}

function createSmallBooks(options: Options, tell: (text: string) => void): SmallBooks {
  const faults: string[] = [];
  let books: Books | undefined;
  const close = async (): Promise<void> => {
    const { stage } = books ?? {};
    books = undefined;
    faults.push(...(stage?.faults ?? []));
    await stage?.close();
  };
  return {
    faults,
    close,
    open: async () => {
      if (books !== undefined && books.rows >= smallRows.max) await close();
      books ??= await openBooks('small', options, tell);
      return books;
    },
  };
}

async function addPair(big: Books, small: SmallBooks, callbacks: number): Promise<Pair> {
  const beside = await small.open();
  const one = await addBlock(big, callbacks);
  return { big: one, small: await addBlock(beside, smallRows.block) };
}

/** Of books that have just been given a past: caches are cold, and every page is new to the log. */
async function addPairs(big: Books, small: SmallBooks): Promise<readonly Pair[]> {
  await addBlock(big, smallRows.block);
  const pairs: Pair[] = [];
  for (let n = 1; n <= pairsOnPast; n += 1) {
    big.stage.tell(`on ${big.rows.toLocaleString('en')} callbacks, ${n} of ${pairsOnPast}`);
    pairs.push(await addPair(big, small, bigBlock.min));
  }
  return pairs;
}

interface Growth {
  readonly pairs: readonly Pair[];
  /** Those that count. */
  readonly last: readonly Pair[];
  /** Of one line of the table. */
  readonly perGroup: number;
}

function reportOf({ pairs, last, perGroup }: Growth, bytesEach: number): Report {
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
  const groups = Array.from({ length: Math.ceil(pairs.length / perGroup) }, (_, n) =>
    pairs.slice(n * perGroup, (n + 1) * perGroup),
  );
  return {
    tables: [
      tableOf([
        ['callbacks in the books', '/s', 'pg µs', 'small', '×', 'WAL bytes', 'small', '×'],
        ...groups.map(growthRow),
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
