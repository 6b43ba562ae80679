import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { parseEnv } from 'node:util';

import { createWallClock, invariant, Secret } from '#kernel';
import { createDatabaseServer, describeServerRefusal } from '#platform/database-server';

import { remember } from '../machine/undo.ts';
import {
  makeInstallation,
  type Installation,
  type Launched,
  type RunningInstallation,
} from '../../test/support/engine-process.ts';

/** The engine as it is shipped, on a home of its own, with nobody buying but the generator. */
export interface Product {
  readonly home: string;
  readonly port: number;
  /** The running engine; throws while there is none. */
  readonly engine: RunningInstallation;
  readonly secrets: ProductSecrets;
  /** Adds to what the owner has configured; for the next start. */
  configure(settings: Readonly<Record<string, string>>): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Starts it without waiting until it says that it is ready. */
  launch(settings?: Readonly<Record<string, string>>): Launched;
  /** The embedded server, whoever started it. */
  database(): Promise<DatabaseHandle>;
  databasePid(): Promise<number | undefined>;
  /** Stops everything that runs in its home and removes it. */
  remove(): Promise<void>;
}

export interface ProductSecrets {
  readonly masterSecret: Secret<string>;
  readonly shortCode: string;
}

export interface DatabaseHandle {
  readonly pid: number;
  /** Of the product's own database, and of another one on the same server. */
  connectionString(database?: string): string;
}

/**
 * The town stays away, and nothing is sent to the owner: both would be work of the simulators
 * rather than of the engine. Everything else is as the sandbox has it.
 */
const quiet = {
  QMOI_SIMULATOR_DEMAND: '0',
  QMOI_AUTO_TRANSFER_MPESA: '0',
  QMOI_AUTO_TRANSFER_AIRTEL: '0',
};
// Present everywhere, so that a run under root creates no system user.
const osUser = getuid?.() === 0 ? { QMOI_DATABASE_OS_USER: 'nobody' } : {};

const clock = createWallClock();

export const dataFolderOf = (home: string): string => join(home, 'data', 'sandbox', 'postgres');

export async function makeProduct(
  settings: Readonly<Record<string, string>> = {},
  as: 'configured' | 'unconfigured' = 'configured',
): Promise<Product> {
  const installation = await makeInstallation({ ...quiet, ...osUser, ...settings });
  const { home, port } = installation;
  const remove = remember(installation.remove);
  let engine: RunningInstallation | undefined;
  const running = (): RunningInstallation => {
    invariant(engine !== undefined, 'the engine was started');
    return engine;
  };
  const server = createDatabaseServer({ dataDir: dataFolderOf(home), clock });
  if (as === 'configured') await autoconfigure(installation);

  return {
    home,
    port,
    get secrets() {
      return readSecrets(home);
    },
    get engine() {
      return running();
    },
    configure: (more) => {
      const lines = Object.entries(more).map(([name, value]) => `${name}=${value}\n`);
      appendFileSync(join(home, '.env'), lines.join(''));
    },
    start: async () => {
      engine = await installation.start();
    },
    stop: async () => {
      await running().stop();
      engine = undefined;
    },
    kill: async () => {
      await running().kill();
      engine = undefined;
    },
    launch: (more) => installation.launch(['start'], more),
    database: async () => {
      // It runs already, so this takes it over without a start.
      const found = await server.start();
      if (!found.ok) throw new Error(describeServerRefusal(found.error));
      const { pid, connectionString, database } = found.value;
      return {
        pid,
        connectionString: (name = database) =>
          connectionString.reveal().replace(`/${database}?`, `/${name}?`),
      };
    },
    databasePid: async () => {
      const status = await server.status();
      return status.state === 'running' ? status.pid : undefined;
    },
    remove,
  };
}

async function autoconfigure(installation: Installation): Promise<void> {
  const { code, out, err } = await installation.command('autoconfig');
  if (code !== 0) throw new Error(`the sandbox could not be configured: ${out}${err}`);
}

function readSecrets(home: string): ProductSecrets {
  const env = parseEnv(readFileSync(join(home, '.env'), 'utf8'));
  return {
    masterSecret: new Secret(env['QMOI_MASTER_SECRET'] ?? ''),
    shortCode: env['MPESA_BUSINESS_SHORTCODE'] ?? '',
  };
}
