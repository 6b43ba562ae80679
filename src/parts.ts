import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';

import { Secret } from '#kernel';
import { createApi, type Api, type ApiDeps } from '#api';
import { startWorker, type Worker } from '#engine';
import { keepNotifying } from '#notify';
import type { Config } from '#platform/config';
import type { Log } from '#platform/log';
import { createRelay, type Relay } from '#platform/outbox';
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

import type { OpenBooks } from './books.ts';
import type { Foundation } from './foundation.ts';
import { unheard } from './port.ts';
import { createRails, settingsOf } from './providers.ts';
import type { EngineParts, RunningEngine } from './run.ts';
import type { Sandbox } from './sandbox.ts';
import { buildScreenWhereDue, screenFolder } from './screen.ts';
import { surroundingsOf } from './surroundings.ts';
import { version } from './version.ts';
import { assemble, type Business, type CallbackUrlOf } from './wiring.ts';

// What the engine does once its database answers: everything that takes long to load.
export { callbackUrlsFor } from './addresses.ts';
export { openBooksOn } from './books.ts';

interface Opened {
  readonly books: OpenBooks;
  readonly sandbox: Sandbox | undefined;
  readonly callbackUrl: CallbackUrlOf;
}

/** Starts the business on open books, and the API unless this process only works. */
export async function startBusiness(
  parts: EngineParts,
  opened: Opened,
): Promise<Omit<RunningEngine, 'stop'>> {
  const { config, log, undo, role, onProgress } = parts;
  const { books, sandbox, callbackUrl } = opened;
  const business = await openBusiness(parts, opened);
  undo.push(business.spool.close);
  undo.push(keepWeather(business));
  await business.transfers.payees.noteConfigured();
  const relay = startRelay(books.foundation, log);
  undo.push(relay.stop);
  const worker = runWorker(business, relay, parts);
  undo.push(worker.stop);
  if (role !== 'api') {
    const notifyLog = log.child({ module: 'notify' });
    undo.push(keepNotifying({ ...business, relay, log: notifyLog }));
  }
  if (role === 'worker') return { url: undefined, localToken: new Secret('') };
  const access = await grantAccess(parts, books.foundation);
  const api = await openApi(parts, { business, relay, worker, sandbox, ...access });
  const { url } = await api
    .listen({
      host: config.http.host,
      port: parts.held?.port ?? config.http.port,
      takeOver: parts.held?.handOver,
    })
    .catch((error: unknown) => {
      // The port was free a moment ago.
      throw unheard(error, config.http) ?? error;
    });
  undo.push(async () => {
    await api.close();
    await business.intake.drain();
  });
  onProgress('API ready');
  undo.push(buildScreenWhereDue(log.child({ module: 'screen' })));
  await listenToPayers(business, { log, callbackUrl });
  if (sandbox !== undefined) {
    await sandbox.openTown(url);
    onProgress('simulated customers arrived');
  }
  return { url, localToken: access.localAccess.token };
}

async function openBusiness(
  parts: EngineParts,
  { books, sandbox, callbackUrl }: Opened,
): Promise<Business> {
  const { config, clock, folders } = parts;
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
function runWorker(business: Business, relay: Relay, { config, role }: EngineParts): Worker {
  const { mpesa, airtel } = config.transfers.rails;
  const worker = startWorker({
    ...business,
    log: business.log.child({ module: 'engine' }),
    transferCheckEveryMs: Math.min(mpesa.checkEveryMs, airtel.checkEveryMs),
    // Each process that takes callbacks in has a spool of its own to empty.
    spoolOnly: role === 'api',
  });
  // A process that died may have been asked for a check and not have come to it.
  worker.nudge('transfer-check');
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

async function grantAccess(parts: EngineParts, foundation: Foundation): Promise<Access> {
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
  parts: EngineParts,
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
    screenFolder,
    surroundings: surroundingsOf(config),
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
