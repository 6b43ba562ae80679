import { err, ok } from '#kernel';
import { describe, expect, it } from 'vitest';

import type { Check } from './check.ts';
import { runChecks } from './checks.ts';
import { whyUndeliverable } from './checks-callback.ts';
import { combine } from './combine.ts';
import type { Config } from './config.ts';
import type { DatabaseFacts, Facts } from './facts.ts';
import { type Environment, readFlat } from './flat.ts';
import { problem } from './problem.ts';

const liveEnv: Environment = {
  QMOI_MODE: 'live',
  QMOI_PUBLIC_URL: 'https://pay.example.co.ke',
  QMOI_TRUSTED_PROXIES: '127.0.0.1',
  QMOI_MASTER_KEY_HASH: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA',
  QMOI_MASTER_SECRET: 'a-master-secret-of-at-least-32-characters',
  MPESA_CONSUMER_KEY: 'key',
  MPESA_CONSUMER_SECRET: 'secret',
  MPESA_BUSINESS_SHORTCODE: '600123',
  MPESA_PASSKEY: 'passkey',
  MPESA_PHONE_NUMBER: '254712345678',
  MPESA_INITIATOR_NAME: 'operator',
  MPESA_INITIATOR_PASSWORD: 'password',
  MPESA_INITIATOR_PASSWORD_SET_ON: '2026-11-01',
  MPESA_CERTIFICATE_FILE: 'production.pem',
  AIRTEL_CLIENT_ID: 'id',
  AIRTEL_CLIENT_SECRET: 'secret',
  AIRTEL_PHONE_NUMBER: '254733123456',
  AIRTEL_PIN: '2468',
  AIRTEL_CALLBACK_HASH_KEY: 'hash key',
};
const sandboxEnv: Environment = { ...liveEnv, QMOI_MODE: 'sandbox', QMOI_PUBLIC_URL: undefined };

function configOf(env: Environment): Config {
  const { flat } = readFlat(env);
  const combined = combine({
    home: '/srv/qmoi',
    flat,
    targetsFile: { daily: { combined: { growthTarget: 0 }, mpesa: { growthTarget: 0 } } },
    securityKeyPem: 'pem',
    given: [],
    earlier: [],
  });
  if (!combined.ok) throw new Error(JSON.stringify(combined.error));
  return { ...combined.value, warnings: [] };
}

const database: DatabaseFacts = {
  kind: 'reached',
  serverVersion: 180_004,
  fsync: true,
  clockAheadMs: -40,
  mode: undefined,
};
const soundFacts: Facts = {
  checkedAt: Date.parse('2026-11-23T09:00:00Z'),
  nodeVersion: '26.10.0',
  envFileMode: 0o600,
  folders: [{ path: '/srv/qmoi', isWritable: true }],
  diskFreeBytes: 20_000_000_000,
  port: 'free',
  database,
  providers: { mpesa: { kind: 'token' }, airtel: { kind: 'token' } },
  payoutConfirmed: { mpesa: true, airtel: true },
};

const run = (facts: Partial<Facts> = {}, env: Environment = liveEnv): readonly Check[] =>
  runChecks({ config: ok(configOf(env)), facts: { ...soundFacts, ...facts } });
const troubleIn = (checks: readonly Check[]): readonly string[] =>
  checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict }) => `${verdict} ${name}`);

describe('a sound installation', () => {
  it.each([
    ['live', liveEnv],
    ['sandbox', sandboxEnv],
  ])('in %s mode passes every check', (_mode, env) => {
    expect(troubleIn(run({}, env))).toEqual([]);
  });
});

const reached = (facts: Partial<Extract<DatabaseFacts, { kind: 'reached' }>>): Partial<Facts> => ({
  database: { ...database, ...facts },
});

describe('facts', () => {
  it.each<[string, Partial<Facts>, readonly string[]]>([
    ['an old Node.js', { nodeVersion: '24.1.0' }, ['fail Node.js version']],
    ['an .env for the group', { envFileMode: 0o640 }, ['fail Privacy of .env']],
    ['an .env for all', { envFileMode: 0o604 }, ['fail Privacy of .env']],
    ['no .env', { envFileMode: undefined }, []],
    ['a closed folder', { folders: [{ path: '/x', isWritable: false }] }, ['fail Folders']],
    ['little space', { diskFreeBytes: 1_000_000_000 }, ['warn Disk space']],
    ['no space', { diskFreeBytes: 1_000_000 }, ['fail Disk space']],
    ['unknown space', { diskFreeBytes: undefined }, []],
    ['its own engine on the port', { port: 'own-engine' }, []],
    ['another program on the port', { port: 'taken' }, ['fail Port']],
    ['a port for root only', { port: 'forbidden' }, ['fail Port']],
    ['a foreign address', { port: 'no-such-address' }, ['fail Port']],
    ['no database', { database: { kind: 'away', cause: 'ECONNREFUSED' } }, ['fail Database']],
    ['a database not asked', { database: { kind: 'not-asked' } }, []],
    ['PostgreSQL 15', reached({ serverVersion: 150_000 }), []],
    ['PostgreSQL 14', reached({ serverVersion: 149_999 }), ['fail Database server']],
    ['fsync off', reached({ fsync: false }), ['fail Database server']],
    ['a clock behind', reached({ clockAheadMs: -2_001 }), ['warn Clock of the database']],
    ['a clock far ahead', reached({ clockAheadMs: 30_001 }), ['fail Clock of the database']],
    ['live data', reached({ mode: 'live' }), []],
    ['sandbox data', reached({ mode: 'sandbox' }), ['fail Database']],
    [
      'refused credentials',
      { providers: { mpesa: { kind: 'refused', cause: '400.008.01' }, airtel: { kind: 'token' } } },
      ['fail M-Pesa credentials'],
    ],
    [
      'a provider away',
      { providers: { mpesa: { kind: 'token' }, airtel: { kind: 'away', cause: 'timeout' } } },
      ['fail Airtel Money credentials'],
    ],
    [
      'payout numbers never tried',
      { payoutConfirmed: { mpesa: false, airtel: false } },
      ['warn M-Pesa payout number', 'warn Airtel Money payout number'],
    ],
    ['a password of 75 days', { checkedAt: Date.parse('2027-01-15T09:00:00Z') }, []],
    [
      'a password of 76 days',
      { checkedAt: Date.parse('2027-01-16T09:00:00Z') },
      ['warn M-Pesa operator password'],
    ],
    [
      'a password of 90 days',
      { checkedAt: Date.parse('2027-01-29T21:00:00Z') },
      ['fail M-Pesa operator password'],
    ],
  ])('%s', (_what, facts, expected) => {
    expect(troubleIn(run(facts))).toEqual(expected);
  });
});

describe('settings', () => {
  const unconfirmed = { payoutConfirmed: { mpesa: false, airtel: false } };

  it('warn of 254786322855, an Airtel number given for M-Pesa, and ask for a test', () => {
    const checks = run(unconfirmed, { ...sandboxEnv, MPESA_PHONE_NUMBER: '254786322855' });
    const check = checks.find(({ name }) => name === 'M-Pesa payout number');
    expect(check?.verdict).toBe('warn');
    expect(check?.cause).toContain('the range of Airtel Money');
    expect(check?.cause).not.toContain('254786322855');
    expect(check?.fix).toContain('KES 10');
  });

  it('take a confirmed test over the range, as numbers can be ported', () => {
    const env = { ...liveEnv, MPESA_PHONE_NUMBER: '254786322855' };
    expect(troubleIn(run({}, env))).toEqual([]);
  });

  it('warn of a master key in the clear', () => {
    const { QMOI_MASTER_KEY_HASH: _hash, ...rest } = liveEnv;
    const env = { ...rest, QMOI_MASTER_API_KEY: 'a-master-key-in-the-clear' };
    expect(troubleIn(run({}, env))).toEqual(['warn Master key']);
  });

  it('warn of a password of unknown age', () => {
    const { MPESA_INITIATOR_PASSWORD_SET_ON: _setOn, ...env } = liveEnv;
    expect(troubleIn(run({}, env))).toEqual(['warn M-Pesa operator password']);
  });

  it('warn of an open port', () => {
    expect(troubleIn(run({}, { ...liveEnv, QMOI_HOST: '0.0.0.0' }))).toEqual([
      'warn Listening address',
    ]);
  });

  it('fail on a callback address live, warn in a sandbox, and pass for simulators', () => {
    const verdictOf = (env: Environment) =>
      run({}, env).find(({ name }) => name === 'Callback address')?.verdict;
    const simulated = { ...sandboxEnv, QMOI_PUBLIC_URL: 'http://127.0.0.1:8750' };
    expect(verdictOf({ ...liveEnv, QMOI_PUBLIC_URL: 'https://mpesa.example.co.ke' })).toBe('fail');
    expect(verdictOf({ ...simulated, QMOI_SIMULATORS: 'off' })).toBe('warn');
    expect(verdictOf(simulated)).toBe('pass');
  });
});

describe('an address providers deliver to', () => {
  it.each([
    'https://pay.example.co.ke',
    'https://pay.example.co.ke/shop',
    'https://102.68.1.1',
    'https://[2c0f:fe38::1]/hooks',
  ])('%s', (address) => {
    expect(whyUndeliverable(address)).toBeUndefined();
  });

  it.each([
    ['http://pay.example.co.ke', /https/],
    ['https://Pay.example.co.ke', /lower case/],
    ['https://localhost', /internet/],
    ['https://shop.local', /internet/],
    ['https://10.1.2.3', /internet/],
    ['https://172.31.255.1', /internet/],
    ['https://192.168.1.5:8750', /internet/],
    ['https://100.64.0.1', /internet/],
    ['https://[::1]', /internet/],
    ['https://[fd00::1]', /internet/],
    ['https://mpesa.example.co.ke', /mpesa/],
    ['https://pay.example.co.ke/M-Pesa', /m-pesa/],
    ['https://mysql.example.com', /sql/],
    ['https://pay.example.co.ke/execute', /exec/],
    ['https://abc.ngrok.io', /ngrok/],
    ['nonsense', /not an address/],
  ])('is not %s', (address, reason) => {
    expect(whyUndeliverable(address)).toMatch(reason);
  });
});

describe('a refused configuration', () => {
  const problems = [
    problem('error', { name: 'A', cause: 'a cause', fix: 'a fix' }),
    problem('warning', { name: 'B', cause: 'b cause', fix: 'b fix' }),
  ];

  it('becomes a line a problem, beside what the machine shows', () => {
    const checks = runChecks({
      config: err(problems),
      facts: { ...soundFacts, envFileMode: 0o644 },
    });
    expect(troubleIn(checks)).toEqual(['fail Privacy of .env', 'fail A', 'warn B']);
    expect(checks.find(({ name }) => name === 'A')?.fix).toBe('a fix');
  });

  it('warnings of an accepted one are shown likewise', () => {
    const config = { ...configOf(liveEnv), warnings: problems.slice(1) };
    expect(troubleIn(runChecks({ config: ok(config), facts: soundFacts }))).toEqual(['warn B']);
  });
});

it('every finding names its remedy, and none a secret or a full number', () => {
  const facts: Partial<Facts> = {
    envFileMode: 0o777,
    port: 'taken',
    database: { kind: 'away', cause: 'x' },
    providers: { mpesa: { kind: 'away', cause: 'x' }, airtel: { kind: 'refused', cause: 'x' } },
    payoutConfirmed: { mpesa: false, airtel: false },
  };
  const checks = run(facts);
  const found = checks.filter(({ verdict }) => verdict !== 'pass');
  expect(found).toHaveLength(7);
  expect(found.every(({ fix }) => fix !== undefined && fix !== '')).toBe(true);
  for (const hidden of ['254712345678', '2468', 'passkey', 'a-master-secret'])
    expect(JSON.stringify(checks)).not.toContain(hidden);
});
