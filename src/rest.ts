import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';

import { Secret } from '#kernel';
import { createApi, type Api, type ApiDeps, type Front } from '#api';
import { startWorker, type Worker } from '#engine';
import { keepNotifying } from '#notify';
import type { Config } from '#platform/config';
import type { Log } from '#platform/log';
import { createRelay, type Relay } from '#platform/outbox';
import {
  createLocalAccess,
  createSessions,
  hashMasterKey,
  type LocalAccess,
  type Sessions,
} from '#security';

import type { Foundation } from './foundation.ts';
import type { Receiving } from './parts.ts';
import type { EngineParts, RunningEngine } from './run.ts';
import type { Sandbox } from './sandbox.ts';
import { buildScreenWhereDue, screenFolder } from './screen.ts';
import { surroundingsOf } from './surroundings.ts';
import { version } from './version.ts';
import type { Business, CallbackUrlOf } from './wiring.ts';

/** Starts all that callbacks can wait for, and the API unless this process only works. */
export async function startRest(
  parts: EngineParts,
  receiving: Receiving & {
    readonly sandbox: Sandbox | undefined;
    readonly callbackUrl: CallbackUrlOf;
  },
): Promise<Omit<RunningEngine, 'stop'>> {
  const { log, undo, role, onProgress } = parts;
  const { business, sandbox, front, url } = receiving;
  await business.transfers.payees.noteConfigured();
  const relay = startRelay(business, { log, startAfter: receiving.newsAfter });
  undo.push(relay.stop);
  const worker = runWorker(business, relay, parts);
  undo.push(worker.stop);
  if (role !== 'api') {
    const notifyLog = log.child({ module: 'notify' });
    undo.push(keepNotifying({ ...business, relay, log: notifyLog }));
  }
  if (front === undefined || url === undefined) return { url, localToken: new Secret('') };
  const access = await grantAccess(parts, business);
  const api = await openApi(parts, { business, relay, worker, sandbox, front, ...access });
  undo.push(async () => {
    await api.close();
    await business.intake.drain();
  });
  onProgress('API ready');
  undo.push(buildScreenWhereDue(log.child({ module: 'screen' })));
  await listenToPayers(business, { log, callbackUrl: receiving.callbackUrl });
  if (sandbox !== undefined) {
    await sandbox.openTown(url);
    onProgress('simulated customers arrived');
  }
  return { url, localToken: access.localAccess.token };
}

const startRelay = (
  foundation: Foundation,
  { log, startAfter }: { readonly log: Log; readonly startAfter: Receiving['newsAfter'] },
): Relay => createRelay({ ...foundation, log: log.child({ module: 'relay' }), startAfter });

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
    readonly front: Front;
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
