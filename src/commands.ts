import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { err, ok, type Clock, type Result } from '#kernel';
import {
  exitCodes,
  notRunning,
  type CliDeps,
  type Refused,
  type Started,
  type StartOptions,
  type Terminal,
} from '#cli';
import {
  autoconfigure,
  gatherFacts,
  readConfig,
  runChecks,
  type Autoconfigured,
  type Check,
  type Config,
  type ConfigProblem,
  type MasterKey,
} from '#platform/config';
import { createDatabaseServer } from '#platform/database-server';
import { readPidFile, type RunningProcess } from '#platform/process';

import { refusalIn, spawnDetached } from './detached.ts';
import { createEngineClient, type EngineClient } from './engine-client.ts';
import { foldersOf, processesOf } from './home.ts';
import { alreadyRunning, refusalOf } from './refusal.ts';

export interface CommandDeps {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly version: string;
  readonly onStopSignal: CliDeps['onStopSignal'];
  readonly ask: CliDeps['ask'];
}

const detachedReadyMs = 60_000;
const stopWithinMs = 60_000;
const lookEveryMs = 100;

const refusal = (message: string, fix?: string): Refused => ({
  message,
  ...(fix === undefined ? {} : { fix }),
  exitCode: exitCodes.refused,
});

/** Warnings would only hide among themselves what keeps the engine from starting. */
const describeProblems = (all: readonly ConfigProblem[]): Refused => {
  const problems = all.filter(({ severity }) => severity === 'error');
  return refusal(
    `Problems in the configuration: ${problems.length}\n` +
      problems.map(({ name, cause, fix }) => `  ${name}: ${cause} ${fix}`).join('\n'),
  );
};

const describeError = (error: unknown): Refused => {
  const { message, fix } = refusalOf(error);
  return refusal(message, fix);
};

/**
 * What the command line can have done, over configuration, processes and the running engine. What a
 * command needs beyond that is loaded when it is given: most only ask the engine that runs.
 */
export function createCommands(deps: CommandDeps): CliDeps {
  const { home, env, clock } = deps;

  const readSettled = (): Result<Config, Refused> => {
    const config = readConfig({ home, env });
    if (config.ok) return config;
    if (!existsSync(join(home, '.env'))) {
      return err(refusal('There is no configuration yet.', 'Run `npm run revenue:start`.'));
    }
    return err(describeProblems(config.error));
  };

  const configure = async (newMasterKey: boolean): Promise<Result<Autoconfigured, Refused>> => {
    try {
      await mkdir(home, { recursive: true });
      const written = await autoconfigure({
        home,
        env,
        random: randomBytes,
        makeMasterKey,
        rotateMasterKey: newMasterKey,
      });
      return written.ok ? written : err(describeProblems([written.error]));
    } catch (error) {
      return err(describeError(error));
    }
  };

  const everyProcess = (): Promise<readonly RunningProcess[]> =>
    processesOf(foldersOf(home, 'any'));
  const running = async (): Promise<RunningProcess | undefined> => (await everyProcess())[0];

  const withEngine = async <Value>(
    ask: (client: EngineClient) => Promise<Result<Value, Refused>>,
  ): Promise<Result<Value, Refused>> => {
    const engine = await running();
    if (engine === undefined) return err(notRunning);
    const client = await clientOf(engine);
    if (client === undefined) {
      return err(refusal('The engine is still starting.', 'Try again in a few seconds.'));
    }
    return ask(client);
  };

  const clientOf = async (engine: RunningProcess): Promise<EngineClient | undefined> => {
    const path = foldersOf(home, 'any').localToken;
    const token = await readFile(path, 'utf8').catch(() => undefined);
    if (engine.url === undefined || token === undefined) return undefined;
    return createEngineClient({ url: engine.url, token });
  };

  const startHere = async (
    config: Config,
    options: StartOptions,
    first: Autoconfigured | undefined,
  ): Promise<Result<Started, Refused>> => {
    try {
      const { runEngine } = await import('./run.ts');
      const engine = await runEngine({ ...options, config, clock });
      const { url } = engine;
      const client =
        url === undefined
          ? undefined
          : createEngineClient({ url, token: engine.localToken.reveal() });
      const ended = Promise.withResolvers<'stopped'>();
      return ok({
        url,
        mode: config.mode,
        pid: process.pid,
        logFile: config.log.file,
        ...(first === undefined ? {} : { firstStart: first }),
        untilStopped: ended.promise,
        snapshot: () => client?.snapshot() ?? Promise.resolve(undefined),
        stop: async () => {
          await engine.stop();
          ended.resolve('stopped');
        },
      });
    } catch (error) {
      return err(describeError(error));
    }
  };

  const startDetached = async (
    config: Config,
    options: StartOptions,
    first: Autoconfigured | undefined,
  ): Promise<Result<Started, Refused>> => {
    const folders = foldersOf(home, config.mode);
    const other = await readPidFile(folders.pidFiles[options.role]);
    if (other !== undefined) return err(describeError(alreadyRunning(other)));
    const spawned = await spawnDetached({ ...options, ...folders, env }).catch(describeError);
    if ('message' in spawned) return err(spawned);
    const child = spawned;
    const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
    const ready = await waitForReady(child.pid, hasEnded);
    if (ready === undefined && !hasEnded()) return err(stillStarting(child.pid, config));
    if (ready === undefined) {
      const said = await refusalIn(folders.detachedOutput);
      return err(said ?? refusal('The engine did not start.', `See ${config.log.file}.`));
    }
    const client = await clientOf(ready);
    return ok({
      url: ready.url,
      mode: config.mode,
      pid: ready.pid,
      logFile: config.log.file,
      ...(first === undefined ? {} : { firstStart: first }),
      untilStopped: untilGone(ready.pid),
      snapshot: () => client?.snapshot() ?? Promise.resolve(undefined),
      stop: async () => void (await stopEngine()),
    });
  };

  const waitForReady = async (
    pid: number | undefined,
    hasEnded: () => boolean,
  ): Promise<RunningProcess | undefined> => {
    const until = clock.now() + detachedReadyMs;
    while (clock.now() < until && !hasEnded()) {
      const engine = (await everyProcess()).find((one) => one.pid === pid);
      if (engine?.isReady === true) return engine;
      await clock.sleep(lookEveryMs);
    }
    return undefined;
  };

  const untilGone = async (pid: number): Promise<'stopped'> => {
    const lives = async (): Promise<boolean> =>
      (await everyProcess()).some((one) => one.pid === pid);
    while (await lives()) await clock.sleep(lookEveryMs);
    return 'stopped';
  };

  /** Asks one process to end; answers a refusal when it does not. */
  const stopProcess = async (pid: number): Promise<Refused | undefined> => {
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      return refusal(
        `The engine (process ${pid}) belongs to another user.`,
        'Stop it as the user who started it.',
      );
    }
    const gone = await Promise.race([untilGone(pid), clock.sleep(stopWithinMs)]);
    return gone === 'stopped'
      ? undefined
      : refusal(`The engine (process ${pid}) is still draining after a minute.`, 'See its log.');
  };

  const stopEngine: CliDeps['stop'] = async () => {
    const from = clock.now();
    const processes = await everyProcess();
    // The API first: what it still takes in, a worker may finish.
    for (const { pid } of processes) {
      const refused = await stopProcess(pid);
      if (refused !== undefined) return err(refused);
    }
    const [first] = processes;
    if (first !== undefined) {
      return ok({ wasRunning: true, pid: first.pid, tookMs: clock.now() - from });
    }
    const config = readConfig({ home, env });
    const wasRunning = config.ok && (await stopLeftDatabase(config.value, clock));
    return ok({ wasRunning, tookMs: clock.now() - from });
  };

  return {
    terminal: deps.terminal,
    clock,
    version: deps.version,
    onStopSignal: deps.onStopSignal,

    start: async (options) => {
      let first: Autoconfigured | undefined;
      if (!existsSync(join(home, '.env')) && !readConfig({ home, env }).ok) {
        const configured = await configure(false);
        if (!configured.ok) return configured;
        first = configured.value;
        options.onConfigured(first);
        options.onProgress('configuration written');
      }
      const config = readSettled();
      if (!config.ok) return config;
      return options.detach
        ? startDetached(config.value, options, first)
        : startHere(config.value, options, first);
    },

    stop: stopEngine,
    status: () => withEngine((client) => client.status()),
    autoconfigure: ({ newMasterKey }) => configure(newMasterKey),

    validate: () => validate(deps, running),

    addresses: async () => {
      const config = readSettled();
      if (!config.ok) return config;
      const { addressesOf } = await import('./addresses.ts');
      return ok(addressesOf(config.value));
    },

    proof: async () => {
      if ((await running()) !== undefined) return withEngine((client) => client.proof());
      const config = readSettled();
      if (!config.ok) return config;
      try {
        const { proveAtRest } = await import('./proof-at-rest.ts');
        return ok(await proveAtRest(config.value, clock));
      } catch (error) {
        return err(describeError(error));
      }
    },

    trace: (reference) => withEngine((client) => client.trace(reference)),
    exceptions: (options) => withEngine((client) => client.exceptions(options)),
    exception: (id) => withEngine((client) => client.exception(id)),
    fixException: (id, order) => withEngine((client) => client.fixException(id, order)),
    undoFix: (id, order) => withEngine((client) => client.undoFix(id, order)),
    transfers: (options) => withEngine((client) => client.transfers(options)),
    weather: (options) => withEngine((client) => client.weather(options)),
    closeBreaker: (order) => withEngine((client) => client.closeBreaker(order)),
    payouts: {
      preview: (question) => withEngine(({ payouts }) => payouts.preview(question)),
      topUp: (order) => withEngine(({ payouts }) => payouts.topUp(order)),
      cancel: (order) => withEngine(({ payouts }) => payouts.cancel(order)),
      settle: (word) => withEngine(({ payouts }) => payouts.settle(word)),
      payees: () => withEngine(({ payouts }) => payouts.payees()),
      addPayee: (order) => withEngine(({ payouts }) => payouts.addPayee(order)),
      testPayee: (payee) => withEngine(({ payouts }) => payouts.testPayee(payee)),
      confirmPayee: (word) => withEngine(({ payouts }) => payouts.confirmPayee(word)),
    },
    previewStatement: async ({ path, ...order }) => {
      const file = await readStatementFile(path);
      if (!file.ok) return file;
      const name = basename(path);
      return withEngine((client) => client.previewStatement({ ...order, name, file: file.value }));
    },
    commitStatement: (id, onProgress) =>
      withEngine((client) => watched({ client, clock, id, onProgress })),
    statements: (options) => withEngine((client) => client.statements(options)),
    reconcile: (options) => withEngine((client) => client.reconcile(options)),
    ask: deps.ask,
    readVariable: (name) => env[name],
  };
}

async function validate(
  { home, env, clock }: CommandDeps,
  isRunning: () => Promise<unknown>,
): Promise<readonly Check[]> {
  const { createProbes } = await import('./probes.ts');
  const config = readConfig({ home, env });
  const settled = config.ok ? config.value : undefined;
  const probes = createProbes({ config: settled, clock, isRunning });
  const facts = await gatherFacts({ home, config: settled, clock, probes });
  return runChecks({ config, facts });
}

async function makeMasterKey(): Promise<MasterKey> {
  const { generateMasterKey, hashMasterKey } = await import('#security');
  const key = generateMasterKey(randomBytes);
  return { key, hash: await hashMasterKey(key, randomBytes) };
}

async function readStatementFile(path: string): Promise<Result<Buffer, Refused>> {
  try {
    const { sheetLimits } = await import('#platform/sheets');
    const { size } = await stat(path);
    // More is not worth carrying to the engine.
    if (size <= sheetLimits.bytesMax) return ok(await readFile(path));
    return err(
      refusal(
        `${path} has more than 32 MiB.`,
        'Download the statement for a shorter period, and the rest after it.',
      ),
    );
  } catch {
    return err(refusal(`${path} cannot be read.`, 'See whether it is there and yours to read.'));
  }
}

/** Commits, and looks now and then how far the engine has come with it. */
async function watched(watch: {
  readonly client: EngineClient;
  readonly clock: Clock;
  readonly id: string;
  readonly onProgress: (done: number, total: number) => void;
}): ReturnType<EngineClient['commitStatement']> {
  const { client, clock, id, onProgress } = watch;
  const done = new AbortController();
  const committed = client.commitStatement(id).finally(() => done.abort());
  while (!done.signal.aborted) {
    await clock.sleep(progressEveryMs, done.signal);
    if (done.signal.aborted) break;
    const list = await client.statements({ limit: 20 });
    const mine = list.ok ? list.value.find((statement) => statement.id === id) : undefined;
    if (mine !== undefined) onProgress(mine.linesDone, mine.lineCount);
  }
  return committed;
}

const progressEveryMs = 500;

/** An engine that was killed could not stop its database. Answers whether there was one. */
async function stopLeftDatabase({ database }: Config, clock: Clock): Promise<boolean> {
  if (database.kind !== 'embedded') return false;
  const server = createDatabaseServer({ dataDir: database.dataFolder, clock });
  if ((await server.status()).state !== 'running') return false;
  await server.stop();
  return true;
}

const stillStarting = (pid: number | undefined, { log }: Config): Refused =>
  refusal(
    `The engine (process ${pid}) is still starting after a minute.`,
    `Look again with \`npm run revenue:status\`; ${log.file} says what it is doing.`,
  );
