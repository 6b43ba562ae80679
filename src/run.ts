import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { Secret, type Clock } from '#kernel';
import type { Role } from '#cli';
import { createApi, type Api, type ApiDeps } from '#api';
import { startWorker, type Worker } from '#engine';
import { secretsOf, type Config } from '#platform/config';
import { createLog, type Log, type RootLog } from '#platform/log';
import { createRelay, type Relay } from '#platform/outbox';
import { claimPidFile, type PidFile, type RunningProcess } from '#platform/process';
import { createHttpLine } from '#rails';
import {
  createLocalAccess,
  createSessions,
  createTokenKeeper,
  hashMasterKey,
  type LocalAccess,
  type Sessions,
} from '#security';
import { keepWeather } from '#weather';

import { callbackUrlsFor } from './addresses.ts';
import { openBooks, type OpenBooks } from './books.ts';
import { foldersOf, makeFolder, processesOf, type HomeFolders } from './home.ts';
import { choosePort, unheard } from './port.ts';
import { createRails, settingsOf } from './providers.ts';
import { refusalOf, StartRefused } from './refusal.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';
import { version } from './version.ts';
import type { Foundation } from './foundation.ts';
import { assemble, type Business, type CallbackUrlOf } from './wiring.ts';

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
    const port = options.role === 'worker' ? config.http.port : await choosePort(config.http);
    const opened = await openLog(config, clock);
    log = opened;
    undo.push(opened.close);
    const engine = await startParts({ ...options, folders, log: opened, port, undo });
    await pidFile.markReady({ url: engine.url });
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

export const alreadyRunning = ({ pid, url }: RunningProcess): StartRefused =>
  new StartRefused(
    `The engine is already running${url === undefined ? '' : ` at ${url}`} (process ${pid}).`,
    'See it with `npm run revenue:status`, or stop it with `npm run revenue:stop`.',
  );

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

interface Parts extends EngineOptions {
  readonly folders: HomeFolders;
  readonly log: Log;
  readonly port: number;
  readonly undo: Undo[];
}

async function startParts(parts: Parts): Promise<Omit<RunningEngine, 'stop'>> {
  const { config, log, undo, role, onProgress } = parts;
  const callbackUrl = callbackUrlsFor(parts);
  // Simulators and database are strangers to each other: they start side by side.
  const [books, sandbox] = await allOrNone([openTheBooks(parts), openSandbox(parts, callbackUrl)]);
  undo.push(async () => {
    const others = (await processesOf(parts.folders)).filter(({ pid }) => pid !== process.pid);
    await books.close({ stopServer: others.length === 0 });
  });
  if (sandbox !== undefined) undo.push(sandbox.stop);
  undo.push(keepServerAlive(parts, books));
  const business = await openBusiness(parts, { books, sandbox, callbackUrl });
  undo.push(business.spool.close);
  undo.push(keepWeather(business));
  await business.transfers.payees.noteConfigured();
  const relay = startRelay(books.foundation, log);
  undo.push(relay.stop);
  const worker = runWorker(business, relay, parts);
  undo.push(worker.stop);
  if (role === 'worker') return { url: undefined, localToken: new Secret('') };
  const access = await grantAccess(parts, books.foundation);
  const api = await openApi(parts, { business, relay, worker, sandbox, ...access });
  const { url } = await api
    .listen({ host: config.http.host, port: parts.port })
    .catch((error: unknown) => {
      // The port was free a moment ago.
      throw unheard(error, config.http) ?? error;
    });
  undo.push(async () => {
    await api.close();
    await business.intake.drain();
  });
  onProgress('API ready');
  await listenToPayers(business, { log, callbackUrl });
  if (sandbox !== undefined) {
    await sandbox.openTown(url);
    onProgress('simulated customers arrived');
  }
  return { url, localToken: access.localAccess.token };
}

/** Waits for both, so that nothing is left starting when one of them fails. */
async function allOrNone<First, Second>(
  both: readonly [Promise<First & Closable>, Promise<Second & StoppableOrNone>],
): Promise<readonly [First, Second]> {
  const [first, second] = await Promise.allSettled(both);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    return [first.value, second.value];
  }
  if (first.status === 'fulfilled') {
    await first.value.close({ stopServer: !first.value.wasRunning });
  }
  if (second.status === 'fulfilled') await second.value?.stop();
  const reasons = [first, second].flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  throw reasons[0];
}

interface Closable {
  readonly wasRunning: boolean;
  close(options: { readonly stopServer: boolean }): Promise<void>;
}
type StoppableOrNone = { stop(): Promise<void> } | undefined;

async function openTheBooks(parts: Parts): Promise<OpenBooks> {
  const onNote = (sentence: string): void => parts.onProgress(sentence.replace(/\.$/, ''));
  const sharesServer = parts.role !== 'all';
  const books = await openBooks({ ...parts, onNote, sharesServer });
  parts.onProgress('database ready');
  return books;
}

const serverLookMs = { usual: 1_000, afterFailure: 10_000 };

/** The embedded server has nobody but us to start it again when it dies. Answers how to let go. */
function keepServerAlive({ config, clock, log }: Parts, books: OpenBooks): Undo {
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

async function openSandbox(parts: Parts, callbackUrl: CallbackUrlOf): Promise<Sandbox | undefined> {
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

async function openBusiness(
  parts: Parts,
  opened: {
    readonly books: OpenBooks;
    readonly sandbox: Sandbox | undefined;
    readonly callbackUrl: CallbackUrlOf;
  },
): Promise<Business> {
  const { config, clock, folders } = parts;
  const { books, sandbox, callbackUrl } = opened;
  const rails = createRails({
    config,
    addresses: {
      mpesa: addressOf(config.mpesa?.baseUrl ?? sandbox?.mpesa?.ready.url, {
        securityKeyPem: await sandbox?.securityKeyPem(),
      }),
      airtel: addressOf(config.airtel?.baseUrl ?? sandbox?.airtel?.ready.url, {}),
    },
    line: createHttpLine(),
    tokens: createTokenKeeper(books.foundation),
    clock,
    random: randomBytes,
    pullCallbackUrl: callbackUrl('paybill-confirmation', 0n),
  });
  const spoolFolder = folders.spool;
  return assemble(books.foundation, rails, settingsOf(config, { clock, callbackUrl, spoolFolder }));
}

const addressOf = <More>(baseUrl: string | undefined, more: More) =>
  baseUrl === undefined ? undefined : { baseUrl, ...more };

const startRelay = (foundation: Foundation, log: Log): Relay =>
  createRelay({
    ...foundation,
    log: log.child({ module: 'relay' }),
    startAfter: foundation.ids.next('event'),
  });

/** A worker that is woken by what it works on, besides looking at the clock. */
function runWorker(business: Business, relay: Relay, { config, role }: Parts): Worker {
  const { mpesa, airtel } = config.transfers.rails;
  const worker = startWorker({
    ...business,
    log: business.log.child({ module: 'engine' }),
    transferCheckEveryMs: Math.min(mpesa.checkEveryMs, airtel.checkEveryMs),
    // Each process that takes callbacks in has a spool of its own to empty.
    spoolOnly: role === 'api',
  });
  relay.subscribe((events) => {
    const topics = new Set(events.map(({ topic }) => topic));
    if (topics.has('charge.created')) worker.nudge('prompts');
    if (topics.has('transfer.approved')) worker.nudge('transfers');
    if (topics.has('payment.confirmed')) worker.nudge('transfer-check');
  });
  return worker;
}

interface Access {
  readonly sessions: Sessions;
  readonly localAccess: LocalAccess;
}

async function grantAccess(parts: Parts, foundation: Foundation): Promise<Access> {
  const { config, folders } = parts;
  const { key } = config.master;
  const masterKeyHash =
    key.kind === 'hash' ? key.hash : await hashMasterKey(key.plain, randomBytes);
  const sessions = createSessions({
    ...foundation,
    masterKeyHash,
    recordAudit: foundation.audit.record,
  });
  const localAccess = createLocalAccess({ keys: foundation.keys, random: randomBytes });
  await rm(folders.localToken, { force: true });
  await writeFile(folders.localToken, localAccess.token.reveal(), { mode: 0o600, flag: 'wx' });
  parts.undo.push(() => rm(folders.localToken, { force: true }));
  return { sessions, localAccess };
}

function openApi(
  parts: Parts,
  services: Access & {
    readonly business: Business;
    readonly relay: Relay;
    readonly worker: Worker;
    readonly sandbox: Sandbox | undefined;
  },
): Promise<Api> {
  const { config, clock, log } = parts;
  const { business, worker, sandbox, ...rest } = services;
  return createApi({
    ...business,
    ...rest,
    log,
    clock,
    mode: config.mode,
    businessName: config.businessName,
    trustedProxies: config.http.trustedProxies,
    version,
    startedAt: clock.now(),
    callbackTokens: business.tokens,
    payTo: payToOf(config),
    ping: business.database.ping,
    nudge: worker.nudge,
    simulators: simulatorsOf(sandbox),
  });
}

function simulatorsOf(sandbox: Sandbox | undefined): NonNullable<ApiDeps['simulators']> {
  const { mpesa, airtel } = sandbox ?? {};
  return {
    ...(mpesa === undefined ? {} : { mpesa: { url: mpesa.ready.url } }),
    ...(airtel === undefined ? {} : { airtel: { url: airtel.ready.url } }),
  };
}

/** Where a payer can pay without being prompted. */
function payToOf({ mpesa }: Config): NonNullable<ApiDeps['payTo']> {
  if (mpesa === undefined) return new Map();
  const { partyB, shortCode, transactionType } = mpesa;
  return transactionType === 'CustomerBuyGoodsOnline'
    ? new Map([['mpesa', { kind: 'till', number: partyB ?? shortCode }]])
    : new Map([['mpesa', { kind: 'paybill', number: shortCode }]]);
}

/** Tells the provider where to report payments nobody was prompted for. */
async function listenToPayers(
  business: Business,
  deps: { readonly log: Log; readonly callbackUrl: CallbackUrlOf },
): Promise<void> {
  for (const rail of business.rails.values()) {
    const answer = await rail.payerNotifications?.register({
      confirmationUrl: deps.callbackUrl('paybill-confirmation', 0n),
      validationUrl: deps.callbackUrl('paybill-validation', 0n),
    });
    if (answer === undefined) continue;
    if (answer.ok) deps.log.info({ rail: rail.id, answer: answer.value }, 'paybill addresses');
    else deps.log.warn({ rail: rail.id, answer: answer.error }, 'paybill addresses not registered');
  }
}
