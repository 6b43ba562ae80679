import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Clock, Secret } from '#kernel';
import type { Role } from '#cli';
import { secretsOf, type Config } from '#platform/config';
import { createLog, type Log, type RootLog } from '#platform/log';
import { claimPidFile, type PidFile } from '#platform/process';

import type { OpenBooks } from './books.ts';
import { keepCompiled, useCompiled } from './compiled.ts';
import { letHeapGrow } from './heap.ts';
import { foldersOf, makeFolder, processesOf, type HomeFolders } from './home.ts';
import type * as Inside from './parts.ts';
import { holdPort, type HeldPort } from './port.ts';
import { alreadyRunning, refusalOf } from './refusal.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';
import { letGo, reachServer } from './server.ts';
import { version } from './version.ts';
import type { CallbackUrlOf } from './wiring.ts';

export interface RunningEngine {
  /** Where the API listens; undefined for a worker alone. */
  readonly url: string | undefined;
  readonly localToken: Secret<string>;
  /** Drains and stops everything, the database included. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EngineOptions {
  readonly config: Config;
  readonly role: Role;
  readonly clock: Clock;
  readonly onProgress: (text: string) => void;
}

type Undo = () => Promise<void>;

/** Starts everything in order; what was started is stopped again when a later step fails. */
export async function runEngine(options: EngineOptions): Promise<RunningEngine> {
  const { config, clock } = options;
  const folders = foldersOf(config.home, config.mode);
  const undo: Undo[] = [];
  let log: RootLog | undefined;
  const stopAll = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) {
      // One part that does not stop must not keep the others running.
      await step().catch((error: unknown) => log?.error({ err: error }, 'a part did not stop'));
    }
  };
  try {
    const pidFile = await claim(folders, options);
    undo.push(pidFile.remove);
    // The first start has a data folder only now; most is still to be loaded.
    useCompiled(config.home);
    const held = options.role === 'worker' ? undefined : await holdPort(config.http, clock);
    undo.push(() => Promise.resolve(held?.close()));
    const opened = await openLog(config, clock);
    log = opened;
    undo.push(() => Promise.resolve(opened.close()));
    undo.push(tellFall(opened));
    const engine = await startParts({ ...options, folders, log: opened, held, undo });
    await pidFile.markReady({ url: engine.url });
    keepCompiled();
    letHeapGrow();
    opened.info({ url: engine.url, mode: config.mode, version }, 'the engine is ready');
    undo.push(() => Promise.resolve(opened.info({}, 'stopping')));
    let stopped: Promise<void> | undefined;
    return { ...engine, stop: () => (stopped ??= stopAll()) };
  } catch (error) {
    log?.error({ err: error }, 'the engine did not start');
    await stopAll();
    throw refusalOf(error);
  }
}

async function claim(folders: HomeFolders, { clock, role }: EngineOptions): Promise<PidFile> {
  // Open to pass through: under root the database server is another user.
  await mkdir(folders.ofMode, { recursive: true, mode: 0o711 });
  const claimed = await claimPidFile(folders.pidFiles[role], clock.now());
  if (claimed.ok) return claimed.value;
  throw alreadyRunning(claimed.error);
}

/** A log that breaks later goes on elsewhere; one that cannot be kept at all is refused. */
async function openLog(config: Config, clock: Clock): Promise<RootLog> {
  await makeFolder(dirname(config.log.file));
  return createLog({
    file: config.log.file,
    level: config.log.level,
    clock,
    secrets: secretsOf(config),
  });
}

/** A defect that nobody caught ends the process; why stands in the log, wherever it was started. */
function tellFall(log: Log): Undo {
  const onFall = (error: Error): void => log.error({ err: error }, 'a defect ended the engine');
  process.on('uncaughtExceptionMonitor', onFall);
  return () => {
    process.off('uncaughtExceptionMonitor', onFall);
    return Promise.resolve();
  };
}

/** What is settled before anything is started. */
export interface EngineParts extends EngineOptions {
  readonly folders: HomeFolders;
  readonly log: Log;
  /** Absent for a worker alone. */
  readonly held: HeldPort | undefined;
  readonly undo: Undo[];
}

/**
 * Payers are unheard until callbacks are taken, so that comes first; the simulators, the worker and
 * what the API is made of start behind the open door.
 */
async function startParts(parts: EngineParts): Promise<Omit<RunningEngine, 'stop'>> {
  const { config, undo } = parts;
  // Loading takes longest: the database is a stranger to it and answers meanwhile.
  const loading = import('./parts.ts');
  const books = await openTheBooks(parts, loading);
  undo.push(async () => {
    const others = (await processesOf(parts.folders)).filter(({ pid }) => pid !== process.pid);
    await books.close({ stopServer: others.length === 0 });
  });
  undo.push(keepServerAlive(parts, books));
  const { callbackUrlsFor, openDoor } = await loading;
  const callbackUrl = callbackUrlsFor({ config, port: parts.held?.port ?? config.http.port });
  const receiving = await openDoor(parts, { books, callbackUrl });
  const loadingRest = import('./rest.ts');
  // Told by whoever waits for it.
  loadingRest.catch(() => undefined);
  const sandbox = await openSandbox(parts, callbackUrl);
  if (sandbox !== undefined) {
    undo.push(sandbox.stop);
    await receiving.providers.stand(sandbox);
  }
  const { startRest } = await loadingRest;
  return startRest(parts, { ...receiving, sandbox, callbackUrl });
}

async function openTheBooks(
  parts: EngineParts,
  loading: Promise<Pick<typeof Inside, 'openBooksOn'>>,
): Promise<OpenBooks> {
  const onNote = (sentence: string): void => parts.onProgress(sentence.replace(/\.$/, ''));
  const deps = { ...parts, onNote, sharesServer: parts.role !== 'all' };
  const reached = await reachServer(deps);
  const { openBooksOn } = await loading.catch(async (error: unknown) => {
    await letGo(reached);
    throw error;
  });
  const books = await openBooksOn(reached, deps);
  parts.onProgress('database ready');
  return books;
}

const serverLookMs = { usual: 1_000, afterFailure: 10_000 };

/** The embedded server has nobody but us to start it again when it dies. Answers how to let go. */
function keepServerAlive({ config, clock, log }: EngineParts, books: OpenBooks): Undo {
  if (config.database.kind !== 'embedded') return () => Promise.resolve();
  const stopping = new AbortController();
  const look = async (): Promise<number> => {
    try {
      await books.database.ping();
    } catch {
      try {
        if (await books.reviveServer()) log.warn({}, 'the embedded PostgreSQL was started again');
      } catch (error) {
        log.error({ err: error }, 'the embedded PostgreSQL could not be started again');
        return serverLookMs.afterFailure;
      }
    }
    return serverLookMs.usual;
  };
  const run = async (): Promise<void> => {
    let pauseMs = serverLookMs.usual;
    while (!stopping.signal.aborted) {
      await clock.sleep(pauseMs, stopping.signal);
      if (!stopping.signal.aborted) pauseMs = await look();
    }
  };
  const running = run();
  return () => {
    stopping.abort();
    return running;
  };
}

async function openSandbox(
  parts: EngineParts,
  callbackUrl: CallbackUrlOf,
): Promise<Sandbox | undefined> {
  const { config, clock, log, folders } = parts;
  if (config.simulators === undefined || parts.role === 'worker') return undefined;
  await mkdir(folders.simulators, { recursive: true, mode: 0o700 });
  const sandbox = await startSandbox({
    config,
    clock,
    log: log.child({ module: 'sandbox' }),
    stateFolder: folders.simulators,
    airtelCallbackUrl: callbackUrl('airtel-result', 0n),
  });
  parts.onProgress('provider simulators ready');
  return sandbox;
}
