import { spawn } from 'node:child_process';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';

import { type Clock, err, ok, type Result } from '#kernel';

import { programOf } from './binaries.ts';
import { type Cluster, type ClusterTools, withFreeBytes } from './cluster.ts';
import { type Account, cleanEnvironment } from './command.ts';
import { ask } from './connection.ts';
import { diagnose, loudestLineOf } from './diagnosis.ts';
import { type ServerRefusal, systemCodeOf } from './errors.ts';
import { makePrivateFolder, readIfThere } from './files.ts';
import { type Home, removeSocket } from './home.ts';
import { occupantOf, type PidFile, pidFilePath, readPidFile } from './pid-file.ts';
import { poll } from './waiting.ts';

export interface Running {
  readonly pid: number;
  readonly socketFolder: string;
}

const pollEveryMs = 20;
const fastStopTimeoutMs = 60_000;
const immediateStopTimeoutMs = 20_000;
const leftoverTimeoutMs = 15_000;
/** A server that says it is ready and stays silent this long hangs. */
const silenceMs = 15_000;

export interface Meeting {
  readonly clock: Clock;
  readonly home: Home;
  readonly cluster: Cluster;
  readonly password: string | undefined;
  readonly timeoutMs: number;
  readonly tell: (text: string) => void;
}

export type Met = Result<Running | undefined, ServerRefusal>;

/** Finds the server that an engine before us left running; `undefined`: the way is free. */
export async function meetRunning(meeting: Meeting): Promise<Met> {
  const { clock, home, timeoutMs } = meeting;
  const met = await poll(clock, { everyMs: pollEveryMs, timeoutMs }, async (waitedMs) => {
    const pidFile = await readPidFile(home.cluster);
    if (pidFile === undefined) return clearTraces(meeting);
    const occupant = await occupantOf(clock, pidFile.pid, home.cluster);
    if (occupant === 'ours') return meetOurs(meeting, pidFile, waitedMs);
    return occupant === 'unknown' ? ok(undefined) : clearTraces(meeting, pidFile);
  });
  return met ?? err({ kind: 'start-timed-out', path: home.logFolder, waitedMs: timeoutMs });
}

async function meetOurs(
  { clock, home, cluster, password, tell }: Meeting,
  { pid, socketFolder, status }: PidFile,
  waitedMs: number,
): Promise<Met | undefined> {
  const stopInstead = async (why: string): Promise<Met> => {
    tell(`The running database server (process ${pid}) ${why}; stopping it first.`);
    await shutDown(clock, home);
    return ok(undefined);
  };
  if (password === undefined) return stopInstead('has a password that is lost');
  const answer = await ask({ socketFolder, password });
  if (answer.kind === 'password-refused')
    return err({ kind: 'password-refused', path: home.passwordFile });
  if (answer.kind === 'answers') {
    const same =
      answer.systemIdentifier === cluster.systemIdentifier && answer.dataFolder === home.cluster;
    // Another folder was put in this one's place while the server went on with the old.
    return same ? ok({ pid, socketFolder }) : stopInstead('serves other data');
  }
  const hangs = answer.kind === 'silent' && status === 'ready' && waitedMs > silenceMs;
  return hangs ? stopInstead('hangs') : undefined;
}

/**
 * Removes the files of a dead server: the pid in them may have gone to another program, which
 * would block the start. If a process of the dead server lingers, PostgreSQL still refuses to
 * start: it knows its shared memory by the data folder's inode as well.
 */
async function clearTraces({ home, password, tell }: Meeting, pidFile?: PidFile): Promise<Met> {
  // In another container on the same folder, a living server's number means nothing here.
  const answer = await ask({ socketFolder: home.socketFolder, password: password ?? '' });
  if (answer.kind !== 'silent') return err({ kind: 'in-use', path: home.cluster });
  if (pidFile !== undefined) {
    tell(`The last database server (process ${pidFile.pid}) is gone without a farewell.`);
    await rm(pidFilePath(home.cluster), { force: true });
  }
  await removeSocket(home);
  return ok(undefined);
}

export interface Launch {
  readonly tools: ClusterTools;
  readonly home: Home;
  readonly password: string;
  readonly timeoutMs: number;
  readonly onEnd: (pid: number) => void;
}

/** Starts the server; what a killed one left behind may take a moment to go. */
export async function launch(wishes: Launch): Promise<Result<Running, ServerRefusal>> {
  const pace = { everyMs: 200, timeoutMs: leftoverTimeoutMs };
  let last: Result<Running, ServerRefusal> | undefined;
  const settled = await poll(wishes.tools.clock, pace, async () => {
    last = await launchOnce(wishes);
    return last.ok || last.error.kind !== 'in-use' ? last : undefined;
  });
  return settled ?? last ?? err({ kind: 'in-use', path: wishes.home.cluster });
}

/**
 * The server gets a session of its own, so that Ctrl-C on the engine and the engine's death do not
 * reach it. It is started directly rather than by pg_ctl: that needs a shell, which trips over
 * folders with $ or quotes in their names, and leaves a server nobody reaps when the engine is a
 * container's first process.
 */
async function launchOnce(wishes: Launch): Promise<Result<Running, ServerRefusal>> {
  const { tools, home, timeoutMs } = wishes;
  const log = await freshStartLog(home, tools.account);
  const child = spawn(programOf(tools.binaries, 'postgres'), ['-D', home.cluster], {
    cwd: '/',
    env: cleanEnvironment,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    ...tools.account.ids,
  });
  let ended: { readonly detail: string } | undefined;
  child.on('error', (error) => {
    ended = { detail: error.message };
  });
  child.on('exit', (code, signal) => {
    ended = { detail: `it ended with ${signal ?? `code ${code}`}` };
    if (child.pid !== undefined) wishes.onEnd(child.pid);
  });
  const pace = { everyMs: pollEveryMs, timeoutMs };
  const outcome = await poll(tools.clock, pace, async () =>
    ended === undefined
      ? await readiness(wishes, child.pid)
      : err(await explain(home, ended.detail)),
  );
  child.unref();
  await log.close();
  // A server nobody can use is not left running; one that still recovers is.
  if (outcome?.ok === false && ended === undefined) await shutDown(tools.clock, home);
  return outcome ?? err({ kind: 'start-timed-out', path: home.logFolder, waitedMs: timeoutMs });
}

async function readiness(
  { home, password }: Launch,
  pid: number | undefined,
): Promise<Result<Running, ServerRefusal> | undefined> {
  const pidFile = await readPidFile(home.cluster);
  if (pid === undefined || pidFile?.pid !== pid || pidFile.status !== 'ready') return undefined;
  const answer = await ask({ socketFolder: home.socketFolder, password });
  if (answer.kind === 'answers') return ok({ pid, socketFolder: home.socketFolder });
  return answer.kind === 'password-refused'
    ? err({ kind: 'password-refused', path: home.passwordFile })
    : undefined;
}

/** Made anew, so that it tells of this start only, and not through a link somebody laid. */
async function freshStartLog(
  home: Home,
  account: Account,
): Promise<Awaited<ReturnType<typeof open>>> {
  await makePrivateFolder(home.logFolder, account);
  await rm(home.startLog, { force: true });
  const log = await open(home.startLog, 'wx', 0o600);
  if (account.ids !== undefined) await log.chown(account.ids.uid, account.ids.gid);
  return log;
}

async function explain(home: Home, detail: string): Promise<ServerRefusal> {
  const early = (await readIfThere(home.startLog)) ?? '';
  const newest = (await serverLogs(home)).at(-1);
  const later = newest === undefined ? '' : ((await readIfThere(newest)) ?? '').slice(-8192);
  // Once the log collector runs, the early file says only where to look.
  const account = /redirecting log output/.test(early) ? later : early;
  const known = diagnose(account, home.cluster);
  if (known !== undefined) return withFreeBytes(known, home);
  const words = account.trim() === '' ? detail : loudestLineOf(account);
  return { kind: 'start-failed', path: home.logFolder, detail: words };
}

const serverLogName = /^server-\d{8}-\d{6}\.log$/;
const serverLogsMax = 10;

async function serverLogs(home: Home): Promise<readonly string[]> {
  const names = await readdir(home.logFolder);
  return names
    .filter((name) => serverLogName.test(name))
    .toSorted()
    .map((name) => join(home.logFolder, name));
}

/** Each file is at most 10 MB; without this their number would grow for ever. */
export async function pruneLogs(home: Home): Promise<void> {
  const old = (await serverLogs(home)).slice(0, -serverLogsMax);
  await Promise.all(old.map((path) => rm(path, { force: true })));
}

/**
 * Stops the server: connections are cut and everything is written (SIGINT, "fast"); if that takes
 * too long, it stops at once and recovers at the next start (SIGQUIT, "immediate"). These are the
 * signals pg_ctl sends; here nobody gets one who is not our server.
 */
export async function shutDown(clock: Clock, home: Home): Promise<void> {
  const steps = [
    { signal: 'SIGINT', timeoutMs: fastStopTimeoutMs },
    { signal: 'SIGQUIT', timeoutMs: immediateStopTimeoutMs },
  ] as const;
  for (const { signal, timeoutMs } of steps) {
    const pid = await livingPid(clock, home);
    if (pid === undefined) return;
    signalTo(pid, signal);
    const gone = await poll(clock, { everyMs: pollEveryMs, timeoutMs }, async () =>
      (await occupantOf(clock, pid, home.cluster)) === 'ours' ? undefined : true,
    );
    if (gone === true) return;
  }
  throw new Error('The database server does not stop');
}

export async function livingPid(clock: Clock, home: Home): Promise<number | undefined> {
  const pidFile = await readPidFile(home.cluster);
  if (pidFile === undefined) return undefined;
  const occupant = await occupantOf(clock, pidFile.pid, home.cluster);
  return occupant === 'ours' ? pidFile.pid : undefined;
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    kill(pid, signal);
  } catch (error) {
    if (systemCodeOf(error) !== 'ESRCH') throw error;
  }
}
