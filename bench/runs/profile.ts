import { writeFileSync } from 'node:fs';

import { Client } from 'pg';

import { selfTimesOf, type SelfTime } from '../figures/self-time.ts';
import { stretchTable, tableOf } from '../figures/table.ts';
import { devtoolsUrlIn } from '../machine/devtools.ts';
import { openInspector, type CpuProfile } from '../machine/inspector.ts';
import type { Options } from '../options.ts';
import { mixOf } from '../product/drawing.ts';
import { timingOf } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, warmUp } from './rounds.ts';
import { clock, openStage, type Stage } from './stage.ts';

const functionsShown = 40;
const statementsShown = 30;
const lookEveryMs = 4;

/** Where the time goes while callbacks come as fast as they are answered. Judges nothing. */
export async function profile(options: Options, tell: (text: string) => void): Promise<Report> {
  const environment = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };
  const stage = await openStage(timingOf(options), tell, { environment });
  try {
    return await profileOn(stage, options);
  } finally {
    await stage.close();
  }
}

async function profileOn(stage: Stage, { out }: Options): Promise<Report> {
  const url = devtoolsUrlIn(stage.product.engine.output());
  if (url === undefined) throw new Error('the engine does not say where its inspector listens');
  const perSecond = await warmUp(stage);
  const inspector = await openInspector(url);
  const { connectionString } = await stage.database();
  const watcher = await watchStatements(connectionString());
  stage.tell('profiling');
  const callbacks = enoughFor(stage, perSecond);
  const set = await stage.seeder.seed(callbacks, mixOf(stage.pace.promptShare));
  const { promise: profiled, resolve } = Promise.withResolvers<CpuProfile>();
  const meanwhile = (): (() => void) => {
    const begun = inspector.begin();
    const endWatch = watcher.begin();
    return () => {
      endWatch();
      resolve(begun.then(() => inspector.end()));
    };
  };
  const loaded = await stage.run({ callbacks: set, meanwhile });
  const cpuProfile = await profiled;
  inspector.close();
  const { statements, functions: triggers } = await watcher.end();
  if (out !== undefined) writeFileSync(`${out}.cpuprofile`, JSON.stringify(cpuProfile));
  const { functions, groups, idleShare } = selfTimesOf(cpuProfile);
  return {
    tables: [
      stretchTable([['profiled', [loaded]]]),
      sharesTable(`group (idle ${percent(idleShare)})`, groups),
      sharesTable('function, itself', functions.slice(0, functionsShown)),
      sharesTable('PostgreSQL: what a busy connection was at', statements),
      tableOf([['trigger function', 'times', 'ms'], ...triggers]),
    ],
    findings: [],
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const sharesTable = (heading: string, shares: readonly SelfTime[]): string =>
  tableOf([
    ['share', heading],
    ...shares.map(({ name, share }) => [percent(share).padStart(7), name.trim()]),
  ]).replaceAll(/^(.{7} ) +/gm, '$1 ');

interface Watched {
  readonly statements: readonly SelfTime[];
  readonly functions: readonly (readonly string[])[];
}

/**
 * Looks again and again at what the server is at: a statement that takes a tenth of the time is
 * seen in a tenth of the looks. Waiting for the next statement of a transaction counts as well.
 */
async function watchStatements(connectionString: string) {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(`alter system set track_functions = 'pl'`);
  await client.query('select pg_reload_conf()');
  const counts = new Map<string, number>();
  const over = new AbortController();
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { rows } = await client.query<{ name: string }>(`
        select case
            when state = 'active' and wait_event_type is not null and wait_event_type <> 'Client'
              then 'waits for ' || wait_event || ': ' else state || ': ' end
          || left(regexp_replace(query, '\\s+', ' ', 'g'), 70) as name
        from pg_stat_activity
        where pid <> pg_backend_pid() and backend_type = 'client backend'
          and state in ('active', 'idle in transaction') and datname = current_database()`);
      for (const { name } of rows) counts.set(name, (counts.get(name) ?? 0) + 1);
      await clock.sleep(lookEveryMs);
    }
  };
  return {
    begin: (): (() => void) => {
      looking = look();
      looking.catch(() => undefined);
      return () => over.abort();
    },
    end: async (): Promise<Watched> => {
      await looking;
      const { rows } = await client.query<string[]>({
        text: `select funcname, calls::text, round(total_time)::text
               from pg_stat_user_functions order by total_time desc`,
        rowMode: 'array',
      });
      await client.end();
      const seen = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const statements = [...counts]
        .map(([name, count]) => ({ name, share: count / seen }))
        .toSorted((one, other) => other.share - one.share)
        .slice(0, statementsShown);
      return { statements, functions: rows };
    },
  };
}
