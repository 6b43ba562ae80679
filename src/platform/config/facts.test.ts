import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createVirtualClock } from '#kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { combine } from './combine.ts';
import type { Config } from './config.ts';
import { gatherFacts, type Probes } from './facts.ts';
import { readFlat } from './flat.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'qmoi-facts-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const clock = createVirtualClock(1_000);
const quiet: Probes = {
  database: () => Promise.resolve({ kind: 'not-asked' }),
  provider: () => Promise.resolve({ kind: 'token' }),
  isOwnEngine: () => Promise.resolve(false),
  isPayoutConfirmed: (rail) => Promise.resolve(rail === 'airtel'),
};

function configOf(env: Readonly<Record<string, string>> = {}): Config {
  const { flat } = readFlat({
    QMOI_MASTER_KEY_HASH: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA',
    QMOI_MASTER_SECRET: 'a-master-secret-of-at-least-32-characters',
    AIRTEL_CLIENT_ID: 'id',
    AIRTEL_CLIENT_SECRET: 'secret',
    // 192.0.2.0/24 is reserved for documents: no machine has it, so no port of ours is touched.
    QMOI_HOST: '192.0.2.1',
    ...env,
  });
  const nothing = { targetsFile: undefined, securityKeyPem: undefined, given: [], earlier: [] };
  const combined = combine({ home, flat, ...nothing });
  if (!combined.ok) throw new Error(JSON.stringify(combined.error));
  return combined.value;
}

/** Runs `work` while a server of this test holds a port on loopback. */
async function withTakenPort<Value>(work: (port: number) => Promise<Value>): Promise<Value> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    return await work(address.port);
  } finally {
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
}

const gather = (config: Config | undefined, probes: Partial<Probes> = {}) =>
  gatherFacts({ home, config, clock, probes: { ...quiet, ...probes } });
const onPort = (port: number): Config =>
  configOf({ QMOI_HOST: '127.0.0.1', QMOI_PORT: String(port) });

describe('local facts', () => {
  it('are gathered even without a configuration, and nobody is asked', async () => {
    const asked: string[] = [];
    const facts = await gather(undefined, {
      provider: (rail) => {
        asked.push(rail);
        return Promise.resolve({ kind: 'token' });
      },
    });
    expect(facts).toMatchObject({
      checkedAt: 1_000,
      nodeVersion: process.versions.node,
      envFileMode: undefined,
      port: undefined,
      database: { kind: 'not-asked' },
    });
    expect(facts.folders).toHaveLength(3);
    expect(facts.folders.every(({ isWritable }) => isWritable)).toBe(true);
    expect(facts.diskFreeBytes).toBeGreaterThan(0);
    expect(asked).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('tell who may read .env', async () => {
    writeFileSync(path.join(home, '.env'), '');
    chmodSync(path.join(home, '.env'), 0o640);
    expect((await gather(undefined)).envFileMode).toBe(0o640);
  });

  it('tell of a folder whose place is taken by a file', async () => {
    writeFileSync(path.join(home, 'logs'), '');
    const { folders } = await gather(undefined);
    expect(folders.find((folder) => folder.path.endsWith('logs'))?.isWritable).toBe(false);
  });
});

describe('the port', () => {
  it('is taken, or held by this engine, or free again', async () => {
    const used = await withTakenPort(async (port) => {
      expect((await gather(onPort(port))).port).toBe('taken');
      const own = await gather(onPort(port), { isOwnEngine: () => Promise.resolve(true) });
      expect(own.port).toBe('own-engine');
      return port;
    });
    expect((await gather(onPort(used))).port).toBe('free');
  });

  it('cannot be on an address of another machine', async () => {
    expect((await gather(configOf())).port).toBe('no-such-address');
  });
});

describe('probes', () => {
  it('ask a provider but not a simulator, and only for rails in use', async () => {
    const asked: string[] = [];
    const provider: Probes['provider'] = (rail) => {
      asked.push(rail);
      return Promise.resolve({ kind: 'token' });
    };
    const simulated = await gather(configOf(), { provider });
    expect(simulated.providers.airtel).toEqual({ kind: 'not-asked' });
    const real = await gather(configOf({ QMOI_SIMULATORS: 'off' }), { provider });
    expect(real.providers).toEqual({ mpesa: { kind: 'not-asked' }, airtel: { kind: 'token' } });
    expect(asked).toEqual(['airtel']);
    expect(real.payoutConfirmed).toEqual({ mpesa: false, airtel: true });
  });

  it('that break are told as such, without what they were about', async () => {
    const { database, providers, payoutConfirmed } = await gather(
      configOf({ QMOI_SIMULATORS: 'off' }),
      {
        database: () => Promise.reject(new TypeError('postgres://user:password@host')),
        provider: () => Promise.reject(new TypeError('client_secret=x')),
        isPayoutConfirmed: () => Promise.reject(new TypeError('no such table')),
      },
    );
    expect(payoutConfirmed).toEqual({ mpesa: false, airtel: false });
    expect(database).toEqual({ kind: 'away', cause: 'TypeError' });
    expect(providers.airtel).toEqual({ kind: 'away', cause: 'TypeError' });
  });
});
