import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

import { type Clock, type EpochMs, type RailId } from '#kernel';

import type { Config, Mode } from './config.ts';
import { envFileOf } from './read.ts';

export type DatabaseFacts =
  | {
      readonly kind: 'reached';
      /** PostgreSQL's `server_version_num`: 180004 is 18.4. */
      readonly serverVersion: number;
      readonly fsync: boolean;
      /** How far the database's clock is ahead of ours; negative when behind. */
      readonly clockAheadMs: number;
      /** The mode the data in it belongs to; undefined while it is empty. */
      readonly mode: Mode | undefined;
    }
  | { readonly kind: 'away'; readonly cause: string }
  | { readonly kind: 'not-asked' };

export type ProviderAnswer =
  | { readonly kind: 'token' }
  /** The provider answered and said no. */
  | { readonly kind: 'refused'; readonly cause: string }
  | { readonly kind: 'away'; readonly cause: string }
  | { readonly kind: 'not-asked' };

/** The network's and the database's side of the facts; each call has a time limit of its own. */
export interface Probes {
  database(): Promise<DatabaseFacts>;
  /** Asks for an access token, which moves no money. */
  provider(rail: RailId): Promise<ProviderAnswer>;
  /** Whether the engine that holds the port is this one, already running. */
  isOwnEngine(): Promise<boolean>;
  /** Whether a test payout to the owner's phone on this rail was confirmed by its owner. */
  isPayoutConfirmed(rail: RailId): Promise<boolean>;
}

export type PortState = 'free' | 'own-engine' | 'taken' | 'forbidden' | 'no-such-address';

export interface Facts {
  readonly checkedAt: EpochMs;
  readonly nodeVersion: string;
  /** Permission bits of `.env`; undefined where there is none or the system has none. */
  readonly envFileMode: number | undefined;
  readonly folders: readonly { readonly path: string; readonly isWritable: boolean }[];
  readonly diskFreeBytes: number | undefined;
  /** Undefined where the configuration could not be read; likewise the rest below. */
  readonly port: PortState | undefined;
  readonly database: DatabaseFacts;
  readonly providers: Readonly<Record<RailId, ProviderAnswer>>;
  readonly payoutConfirmed: Readonly<Record<RailId, boolean>>;
}

const permissionBits = 0o777;

function envFileModeOf(home: string): number | undefined {
  const file = envFileOf(home);
  if (process.platform === 'win32' || !existsSync(file)) return undefined;
  return statSync(file).mode & permissionBits;
}

/** A folder that does not exist yet is as writable as the nearest one above it. */
function isWritable(folder: string): boolean {
  if (!existsSync(folder)) {
    const parent = path.dirname(folder);
    return parent !== folder && isWritable(parent);
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function diskFreeBytesOf(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function tryPort({ host, port }: Config['http']): Promise<Exclude<PortState, 'own-engine'>> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve('taken');
      else resolve(error.code === 'EACCES' ? 'forbidden' : 'no-such-address');
    });
    server.listen({ host, port }, () => server.close(() => resolve('free')));
  });
}

async function portStateOf(http: Config['http'], probes: Probes): Promise<PortState> {
  const state = await tryPort(http);
  return state === 'taken' && (await isSure(() => probes.isOwnEngine())) ? 'own-engine' : state;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** A probe that breaks is a fact too: a check must be able to tell of it. */
async function asked<Answer>(
  ask: () => Promise<Answer>,
): Promise<Answer | { readonly kind: 'away'; readonly cause: string }> {
  try {
    return await ask();
  } catch (error) {
    return { kind: 'away', cause: reasonOf(error) };
  }
}

/** Where the answer cannot be had, the careful one stands in for it. */
async function isSure(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch {
    return false;
  }
}

const nobodyAsked = { kind: 'not-asked' } as const;

async function remoteFacts(config: Config | undefined, probes: Probes) {
  if (config === undefined) {
    return {
      port: undefined,
      database: nobodyAsked,
      providers: { mpesa: nobodyAsked, airtel: nobodyAsked },
      payoutConfirmed: { mpesa: false, airtel: false },
    };
  }
  const provider = (rail: RailId): Promise<ProviderAnswer> =>
    // A simulator is started by the engine, so before the start there is nobody to ask.
    config[rail]?.baseUrl === undefined
      ? Promise.resolve(nobodyAsked)
      : asked(() => probes.provider(rail));
  const [port, database, mpesa, airtel, mpesaConfirmed, airtelConfirmed] = await Promise.all([
    portStateOf(config.http, probes),
    asked(() => probes.database()),
    provider('mpesa'),
    provider('airtel'),
    isSure(() => probes.isPayoutConfirmed('mpesa')),
    isSure(() => probes.isPayoutConfirmed('airtel')),
  ]);
  return {
    port,
    database,
    providers: { mpesa, airtel },
    payoutConfirmed: { mpesa: mpesaConfirmed, airtel: airtelConfirmed },
  };
}

export interface GatherOptions {
  readonly home: string;
  /** Undefined where the configuration was refused; local facts are still gathered. */
  readonly config: Config | undefined;
  readonly clock: Clock;
  readonly probes: Probes;
}

/** Looks, and changes nothing. */
export async function gatherFacts({ home, config, clock, probes }: GatherOptions): Promise<Facts> {
  const folders = [home, path.join(home, 'data'), path.join(home, 'logs')];
  return {
    checkedAt: clock.now(),
    nodeVersion: process.versions.node,
    envFileMode: envFileModeOf(home),
    folders: folders.map((folder) => ({ path: folder, isWritable: isWritable(folder) })),
    diskFreeBytes: await diskFreeBytesOf(home),
    ...(await remoteFacts(config, probes)),
  };
}
