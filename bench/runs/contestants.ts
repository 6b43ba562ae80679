import { invariant } from '#kernel';
import type { Client } from 'pg';

import { startWorker } from '../machine/worker-process.ts';
import { naiveSeed, type NaiveKind } from '../peers/naive-books.ts';
import { chargesPerBatch, rowSetOf, rowSetStatement, seedStatements } from '../peers/row-set.ts';
import type { CallbackSet } from '../product/callbacks.ts';
import { load, measureWorker, type Measured } from './measure.ts';
import { clock, floorDatabase, makeNaive, naiveDatabase, withClient, type Stage } from './stage.ts';

/** Callbacks a statement writes, on the floor. */
export const floorSize = 64;
/** More than any machine of this size writes in a second, so that the floor never runs dry. */
const floorPerSecondMax = 26_000;

interface Ready {
  readonly event: 'ready';
  readonly port: number;
}

/** What a server of ours makes of callbacks that come as fast as it answers. */
async function measureServer(
  stage: Stage,
  server: { readonly script: string; readonly args?: readonly string[]; readonly word?: object },
  set: CallbackSet,
): Promise<Measured> {
  const worker = startWorker(server.script, server.args);
  try {
    if (server.word !== undefined) worker.tell(server.word);
    const { port } = await worker.hear<Ready>('ready');
    const { pid: databasePid } = await stage.database();
    return await load(stage.folder, {
      port,
      connections: stage.pace.connections,
      pace: { kind: 'closed' },
      warmUpMs: stage.pace.warmUpMs,
      measureMs: stage.pace.measureMs,
      templates: stage.seeder.templates,
      set,
      watched: { nodePid: worker.pid, databasePid },
    });
  } finally {
    await worker.stop();
  }
}

/** HTTP in Node, and nothing else. The callbacks come again and again: it does not mind. */
export function measureEcho(stage: Stage, set: CallbackSet): Promise<Measured> {
  const timesOver = 8;
  const records = Buffer.concat(Array.from({ length: timesOver }, () => set.records));
  return measureServer(stage, { script: 'peers/echo.ts' }, { ...set, records });
}

export async function measureNaive(
  stage: Stage,
  kind: NaiveKind,
  set: CallbackSet,
): Promise<Measured> {
  const database = await stage.database();
  await makeNaive(database);
  const connectionString = database.connectionString(naiveDatabase);
  const { callbacks } = set;
  await withClient(connectionString, async (client) => {
    await client.query(naiveSeed, [
      callbacks.map((one) => (one.kind === 'prompt' ? one.requestId : null)),
      // Streams are named again and again: only the first makes a charge.
      callbacks.map((one) => (one.kind === 'paybill' ? one.reference : null)),
      callbacks.map(({ amount }) => amount * 100),
    ]);
    await client.query('analyze');
    await client.query('checkpoint');
  });
  await clock.sleep(stage.pace.settleMs);
  const server = { script: 'peers/naive.ts', args: [kind], word: { connectionString } };
  return measureServer(stage, server, set);
}

/** Batches from before, for the same reason as the naive handlers' rows. */
const pastBatches = 200;

async function writePast(client: Client): Promise<number> {
  const chargesEnd = pastBatches * chargesPerBatch(floorSize);
  for (const statement of seedStatements) await client.query(statement, [1, chargesEnd]);
  for (let n = 0; n < pastBatches; n += 1) {
    const from = 1 + n * floorSize;
    const chargeId = 1 + n * chargesPerBatch(floorSize);
    await client.query(rowSetStatement, rowSetOf({ from, size: floorSize, chargeId }));
    // The checks of this very connection would stay slow as well.
    if (n === 0) await client.query('analyze');
  }
  return 1 + pastBatches * floorSize;
}

/** PostgreSQL alone. Remembers where its numbers have got to. */
export function createFloor(stage: Stage): { measure(): Promise<Measured> } {
  let from = 0;
  return {
    measure: async () => {
      const { warmUpMs, measureMs } = stage.pace;
      const callbacks = (floorPerSecondMax * (warmUpMs + measureMs)) / 1_000;
      const batches = Math.ceil(callbacks / floorSize);
      const { pid, connectionString } = await stage.database();
      let chargesEnd = 0;
      await withClient(connectionString(floorDatabase), async (client) => {
        if (from === 0) from = await writePast(client);
        chargesEnd = from + batches * chargesPerBatch(floorSize);
        for (const statement of seedStatements) await client.query(statement, [from, chargesEnd]);
        await client.query('analyze');
        await client.query('checkpoint');
      });
      await clock.sleep(stage.pace.settleMs);
      const job = { connectionString: connectionString(floorDatabase), size: floorSize };
      const measured = await measureWorker(
        'peers/database-only.ts',
        { ...job, warmUpMs, measureMs, from, chargesEnd },
        pid,
      );
      invariant(measured.outcome.taken > 0, 'the floor wrote something');
      from += batches * floorSize;
      return measured;
    },
  };
}
