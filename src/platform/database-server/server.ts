import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { type Clock, type EpochMs, err, ok, type Result, Secret, type Timer } from '#kernel';

import {
  freeBytesAt,
  inspectCluster,
  keepPassword,
  makeCluster,
  newPassword,
  readPassword,
  resetPassword,
  writeConfiguration,
} from './cluster.ts';
import { connectionStringOf, databaseName, ensureDatabase, port, superuser } from './connection.ts';
import { refusalOfFileError, type ServerRefusal, systemCodeOf } from './errors.ts';
import { type Ground, settleGround } from './ground.ts';
import { findPlace, type Home, homeAt, makeSocketFolder, removeSocketFolder } from './home.ts';
import { takeLock } from './lock.ts';
import { readPidFile } from './pid-file.ts';
import { launch, livingPid, meetRunning, pruneLogs, type Running, shutDown } from './postmaster.ts';
import {
  configurationOf,
  type DatabaseServerSettings,
  defaultStartTimeoutMs,
  defaultSystemDir,
  memoryOfThisMachine,
} from './settings.ts';
import { stayingAlive } from './waiting.ts';

export interface DatabaseServerDeps {
  /** Everything of the server's lives in here, or in the folder that `moved-to.json` names. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log?: (text: string) => void;
  readonly settings?: DatabaseServerSettings;
}

export interface RunningServer {
  readonly pid: number;
  readonly connectionString: Secret<string>;
  /** The folder of the unix socket; PostgreSQL clients take it for a host. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret<string>;
  readonly database: string;
  /** A server that an engine before us had left running was taken over. */
  readonly adopted: boolean;
  readonly firstStart: boolean;
  /** The last server had not been stopped properly, and its log was replayed. */
  readonly recovered: boolean;
  readonly tookMs: number;
}

export type ServerStatus =
  | {
      readonly state: 'running';
      readonly pid: number;
      readonly startedAt: EpochMs;
      readonly dataBytes: number;
    }
  | { readonly state: 'stopped'; readonly dataBytes: number }
  /** No start has made a database here yet. */
  | { readonly state: 'absent' };

export interface DatabaseServer {
  /** `onProgress` is told in sentences what takes time or is out of the ordinary. */
  start(onProgress?: (text: string) => void): Promise<Result<RunningServer, ServerRefusal>>;
  /** Stops the server, whoever started it. */
  stop(): Promise<void>;
  status(): Promise<ServerStatus>;
}

const pruneEveryMs = 60 * 60 * 1000;

export function createDatabaseServer(deps: DatabaseServerDeps): DatabaseServer {
  const { clock, dataDir, log } = deps;
  let upkeep: Timer | undefined;
  let stopping = false;

  const keepLogsShort = (home: Home): void => {
    upkeep?.cancel();
    upkeep = clock.after(pruneEveryMs, () => {
      pruneLogs(home).catch((error: unknown) => log?.(`old database logs stay: ${String(error)}`));
      keepLogsShort(home);
    });
  };

  const start: DatabaseServer['start'] = (onProgress) =>
    stayingAlive(async () => {
      stopping = false;
      const tell = (text: string): void => {
        log?.(text);
        onProgress?.(text);
      };
      const onEnd = (pid: number): void => {
        if (!stopping) log?.(`The database server (process ${pid}) has ended.`);
      };
      const started = await startServer(deps, { tell, onEnd });
      if (!started.ok) return started;
      await pruneLogs(started.value.home);
      keepLogsShort(started.value.home);
      return ok(started.value.server);
    });

  const stop = (): Promise<void> =>
    stayingAlive(async () => {
      stopping = true;
      upkeep?.cancel();
      const home = homeAt((await findPlace(dataDir)).root);
      await shutDown(clock, home);
      await removeSocketFolder(home);
    });

  const status = async (): Promise<ServerStatus> => {
    const home = homeAt((await findPlace(dataDir)).root);
    const dataBytes = await bytesIn(home.cluster);
    if (dataBytes === undefined) return { state: 'absent' };
    const pid = await livingPid(clock, home);
    const pidFile = await readPidFile(home.cluster);
    if (pid === undefined || pidFile === undefined) return { state: 'stopped', dataBytes };
    return { state: 'running', pid, startedAt: pidFile.startedAt, dataBytes };
  };

  return { start, stop, status };
}

interface Ears {
  readonly tell: (text: string) => void;
  readonly onEnd: (pid: number) => void;
}
type Started = Result<{ readonly server: RunningServer; readonly home: Home }, ServerRefusal>;

async function startServer(deps: DatabaseServerDeps, ears: Ears): Promise<Started> {
  const { clock, dataDir, settings = {} } = deps;
  const beganAt = clock.now();
  const ground = await settleGround(clock, {
    dataDir,
    osUser: settings.osUser,
    systemDir: settings.systemDir ?? defaultSystemDir,
    tell: ears.tell,
  });
  if (!ground.ok) return ground;
  const { home, tools } = ground.value;
  const lock = await takeLock(home, tools.account);
  if (!lock.ok) return lock;
  try {
    const run = await runCluster(ground.value, settings, ears);
    if (!run.ok) return run;
    const { running, password, ...story } = run.value;
    const address = { socketFolder: running.socketFolder, password };
    await ensureDatabase(address);
    const server: RunningServer = {
      pid: running.pid,
      connectionString: new Secret(connectionStringOf(address)),
      host: running.socketFolder,
      port,
      user: superuser,
      password: new Secret(password),
      database: databaseName,
      ...story,
      tookMs: clock.now() - beganAt,
    };
    return ok({ server, home });
  } catch (error) {
    return err(refusalOfFileError(error, home.root));
  } finally {
    lock.value.release();
  }
}

interface Run extends Pick<RunningServer, 'adopted' | 'firstStart' | 'recovered'> {
  readonly running: Running;
  readonly password: string;
}

/** Under the lock: takes over the server that runs, or makes what is missing and starts one. */
async function runCluster(
  { home, tools, major }: Ground,
  settings: DatabaseServerSettings,
  { tell, onEnd }: Ears,
): Promise<Result<Run, ServerRefusal>> {
  const timeoutMs = settings.startTimeoutMs ?? defaultStartTimeoutMs;
  const cluster = await inspectCluster(home);
  if (!cluster.ok) return cluster;
  const found = cluster.value;
  let kept = await readPassword(home);
  if (found === undefined) {
    tell('Making the database for the first time.');
    // Kept before it is given to initdb, so that a start cut short never loses it.
    kept ??= newPassword();
    await keepPassword(home, kept, tools.account);
    const made = await makeCluster(tools, home, { sync: settings.durability !== 'none' });
    if (!made.ok) return made;
  } else {
    if (found.major !== major)
      return err({
        kind: 'other-version',
        path: home.cluster,
        found: found.major,
        expected: major,
      });
    const meeting = { clock: tools.clock, home, cluster: found, password: kept, timeoutMs, tell };
    const met = await meetRunning(meeting);
    if (!met.ok) return met;
    if (met.value !== undefined && kept !== undefined) {
      tell('The database server was still running; taking it over.');
      const story = { adopted: true, firstStart: false, recovered: false };
      return ok({ running: met.value, password: kept, ...story });
    }
  }
  return startCluster({ home, tools, major }, settings, {
    tell,
    onEnd,
    timeoutMs,
    firstStart: found === undefined,
    kept,
  });
}

interface StartWishes extends Ears {
  readonly timeoutMs: number;
  readonly firstStart: boolean;
  readonly kept: string | undefined;
}

async function startCluster(
  { home, tools }: Ground,
  settings: DatabaseServerSettings,
  { tell, onEnd, timeoutMs, firstStart, kept }: StartWishes,
): Promise<Result<Run, ServerRefusal>> {
  const folders = { socket: home.socketFolder, log: home.logFolder };
  const machine = { memoryBytes: memoryOfThisMachine(), diskFreeBytes: await freeBytesAt(home) };
  await writeConfiguration(home, configurationOf(settings, folders, machine), tools.account);
  const socket = await makeSocketFolder(home, tools.account);
  if (socket !== undefined) return err(socket);
  // Looked at again: stopping a server on the way here changes it.
  const state = await inspectCluster(home);
  const recovered = state.ok && state.value?.cleanlyStopped === false;
  if (recovered) tell('The database was not stopped properly; replaying its log.');
  const password = kept ?? (await replacePassword({ home, tools, tell }));
  if (typeof password !== 'string') return err(password);
  const running = await launch({ tools, home, password, timeoutMs, onEnd });
  if (!running.ok) return running;
  return ok({ running: running.value, password, adopted: false, firstStart, recovered });
}

/** The role first, then the file: cut short in between, the next start does both again. */
async function replacePassword({
  home,
  tools,
  tell,
}: Pick<Ground, 'home' | 'tools'> & Pick<Ears, 'tell'>): Promise<string | ServerRefusal> {
  tell('The database password was lost; setting a new one.');
  const password = newPassword();
  const refusal = await resetPassword(tools, home, password);
  if (refusal !== undefined) return refusal;
  await keepPassword(home, password, tools.account);
  return password;
}

const foldersMax = 20_000;

/** The size of a folder with everything below it; `undefined` when it is not there. */
async function bytesIn(folder: string): Promise<number | undefined> {
  const open = [folder];
  let bytes = 0;
  for (let n = 0; n < foldersMax; n += 1) {
    const next = open.pop();
    if (next === undefined) return bytes;
    try {
      for (const entry of await readdir(next, { withFileTypes: true })) {
        const path = join(next, entry.name);
        if (entry.isDirectory()) open.push(path);
        else if (entry.isFile()) bytes += await bytesOf(path);
      }
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      // Below the top, a folder dropped while being counted is no news.
      if (next === folder) return undefined;
    }
  }
  return bytes;
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
