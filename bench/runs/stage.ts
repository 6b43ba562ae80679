import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createWallClock } from '#kernel';
import { createDatabase, migrate } from '#platform/db';
import { Client } from 'pg';

import { isInMemory, probeDisk } from '../machine/disk.ts';
import { remember } from '../machine/undo.ts';
import { killWorkers } from '../machine/worker-process.ts';
import { openStatements } from '../peers/row-set.ts';
import { naivePast, naiveSchema } from '../peers/naive-books.ts';
import { poisoned, type CallbackSet } from '../product/callbacks.ts';
import { compareBooks, proveBooks, untilTakenIn, type Sent } from '../product/checks.ts';
import { makeProduct, type DatabaseHandle, type Product } from '../product/installation.ts';
import { mixOf } from '../product/drawing.ts';
import { openSeeder, type Seeder } from '../product/seeder.ts';
import { load, type Loaded, type LoadPlan } from './measure.ts';

/** What a run works with: the engine, its database server, and a folder that goes at the end. */
export interface Stage {
  readonly folder: string;
  readonly product: Product;
  readonly seeder: Seeder;
  readonly pace: Timing;
  database(): Promise<DatabaseHandle>;
  /** Seeds, settles, sends, and compares the books with what was answered. */
  run(plan: ProductPlan): Promise<ProductLoaded>;
  /** Runs the engine's own proof; what does not hold is kept among the faults. */
  prove(): Promise<void>;
  /** A write of 8 kB to the disk the database is on, in microseconds. */
  probe(): number;
  /** What was found lost, doubled or unproved so far. */
  readonly faults: readonly string[];
  tell(text: string): void;
  close(): Promise<void>;
}

export interface Timing {
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly settleMs: number;
  readonly connections: number;
  /** Of all callbacks, those about a prompt; the others are paybill confirmations. */
  readonly promptShare: number;
  /** Attempts to measure without being disturbed. */
  readonly attemptsMax: number;
}

export interface ProductLoaded extends Loaded {
  readonly set: CallbackSet;
}

export interface ProductPlan {
  /** How many callbacks to make ready, or those that are. */
  readonly callbacks: number | CallbackSet;
  readonly connections?: number;
  readonly pace?: LoadPlan['pace'];
  readonly measureMs?: number;
  /** Makes the order in which they are sent; one after another without it. */
  readonly order?: (callbacks: number) => Uint32Array;
  /** Every so manieth callback arrives cut off. */
  readonly poisonEvery?: number;
  /** Begins something that goes on while callbacks come; answers how to end it. */
  readonly meanwhile?: () => () => void;
}

export interface StageSettings {
  /** What the engine's process has in its environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What its owner has configured besides. */
  readonly configured?: Readonly<Record<string, string>>;
}

export const clock = createWallClock();

/** Names of the databases that stand beside the product's own, on the same server. */
export const floorDatabase = 'bench_floor';
export const naiveDatabase = 'bench_naive';

export async function openStage(
  pace: Timing,
  tell: (text: string) => void,
  { environment, configured = {} }: StageSettings = {},
): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'qmoi-bench-'));
  await chmod(folder, 0o700);
  if (isInMemory(folder)) tell('! the temporary folder is in memory: set TMPDIR to a real disk');
  tell('starting an engine and its PostgreSQL');
  const product = await makeProduct(environment);
  product.configure(configured);
  const faults: string[] = [];
  let seeder: Seeder | undefined;
  const close = remember(async () => {
    killWorkers();
    await seeder?.close();
    await product.remove();
    await rm(folder, { recursive: true, force: true });
  });
  try {
    await product.start();
    const handle = await product.database();
    const opened = await openSeeder(handle.connectionString(), product.secrets);
    seeder = opened;
    const check = async (sent: Sent): Promise<void> => {
      await untilTakenIn(product);
      const { lost, doubled, unsent } = await compareBooks(
        (await product.database()).connectionString(),
        sent,
      );
      if (lost + doubled + unsent > 0) {
        faults.push(`${lost} lost, ${doubled} doubled, ${unsent} booked without being sent`);
      }
    };
    return {
      folder,
      product,
      seeder: opened,
      pace,
      database: product.database,
      faults,
      tell,
      probe: () => probeDisk(folder),
      run: async (plan) => {
        const sound =
          typeof plan.callbacks === 'number'
            ? await opened.seed(plan.callbacks, mixOf(pace.promptShare))
            : plan.callbacks;
        const set = plan.poisonEvery === undefined ? sound : poisoned(sound, plan.poisonEvery);
        const order = plan.order?.(set.callbacks.length);
        await clock.sleep(pace.settleMs);
        const end = plan.meanwhile?.();
        const loaded = await load(folder, {
          port: product.port,
          connections: plan.connections ?? pace.connections,
          pace: plan.pace ?? { kind: 'closed' },
          warmUpMs: pace.warmUpMs,
          measureMs: plan.measureMs ?? pace.measureMs,
          templates: opened.templates,
          set,
          order,
          watched: { nodePid: product.engine.pid, databasePid: await product.databasePid() },
        });
        end?.();
        await check({ set, fate: loaded.fate, order });
        return { ...loaded, set };
      },
      prove: async () => {
        const { failed } = await proveBooks(product);
        faults.push(...failed);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function withClient(
  connectionString: string,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** A database with the product's own tables and nothing in them. */
export async function makeFloor(database: DatabaseHandle): Promise<void> {
  await withClient(database.connectionString('postgres'), async (client) => {
    await client.query(`create database ${floorDatabase} template template0`);
  });
  const floor = createDatabase({ connectionString: database.connectionString(floorDatabase) });
  await migrate(floor);
  await floor.close();
  await withClient(database.connectionString(floorDatabase), async (client) => {
    for (const statement of openStatements) await client.query(statement);
  });
}

/** A fresh database for the naive handlers: each begins with empty tables. */
export async function makeNaive(database: DatabaseHandle): Promise<void> {
  await withClient(database.connectionString('postgres'), async (client) => {
    await client.query(`drop database if exists ${naiveDatabase} with (force)`);
    await client.query(`create database ${naiveDatabase} template template0`);
  });
  await withClient(database.connectionString(naiveDatabase), async (client) => {
    await client.query(naiveSchema);
    await client.query(naivePast);
  });
}

export { withClient };
