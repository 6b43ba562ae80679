import type { Clock } from '#kernel';
import type { Config } from '#platform/config';
import { createDatabaseServer, describeServerRefusal } from '#platform/database-server';
import type { Log } from '#platform/log';

import { StartRefused } from './refusal.ts';

/** A PostgreSQL that answers: ours, started or taken over, or the operator's own. */
export interface Reached {
  readonly connectionString: string;
  readonly wasRunning: boolean;
  readonly revive: () => Promise<boolean>;
  /** Lets the server run on, for whoever uses it besides. */
  readonly leave: () => void;
  readonly stop: () => Promise<void>;
}

export interface ServerDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly onNote?: (text: string) => void;
  /** Other processes may use the embedded server when this one ends in a hurry. */
  readonly sharesServer?: boolean;
}

/** Needs none of the engine's own modules, which are loaded meanwhile. */
export async function reachServer(deps: ServerDeps): Promise<Reached> {
  const { config, clock, log } = deps;
  const { database } = config;
  if (database.kind === 'server') {
    const connectionString = database.url.reveal();
    const revive = (): Promise<boolean> => Promise.resolve(false);
    const stop = (): Promise<void> => Promise.resolve();
    return { connectionString, wasRunning: true, revive, leave: nothing, stop };
  }
  const { osUser } = database;
  const server = createDatabaseServer({
    dataDir: database.dataFolder,
    clock,
    log: (text) => log.info({}, text),
    ...(osUser === undefined ? {} : { settings: { osUser } }),
  });
  // Sentences about what is out of the ordinary, for the log and for whoever looks on.
  const started = await server.start((text) => {
    log.info({}, text);
    deps.onNote?.(text);
  });
  if (!started.ok) throw new StartRefused(describeServerRefusal(started.error));
  const { connectionString, adopted, recovered, tookMs } = started.value;
  let { pid } = started.value;
  const forget = deps.sharesServer === true ? nothing : endAtExit(() => pid);
  log.info({ adopted, recovered, tookMs }, 'the embedded PostgreSQL runs');
  return {
    connectionString: connectionString.reveal(),
    wasRunning: adopted,
    revive: async () => {
      if ((await server.status()).state === 'running') return false;
      const again = await server.start();
      if (!again.ok) throw new StartRefused(describeServerRefusal(again.error));
      ({ pid } = again.value);
      return true;
    },
    leave: forget,
    stop: async () => {
      await server.stop();
      forget();
    },
  };
}

const nothing = (): void => undefined;

/**
 * A process that ends without having stopped its server, at a second Ctrl-C or by a defect, asks it
 * to end by itself. Answers how to leave that undone.
 */
function endAtExit(pidNow: () => number): () => void {
  const onExit = (): void => {
    try {
      process.kill(pidNow(), 'SIGINT');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', onExit);
  return () => process.off('exit', onExit);
}

/** Undoes `reachServer` after a failure: a server that ran before serves somebody else. */
export async function letGo(reached: Reached): Promise<void> {
  if (reached.wasRunning) reached.leave();
  else await reached.stop();
}
