import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

import { shillings } from '#kernel';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Config, secretsOf } from './config.ts';
import { type Environment, settingNames } from './flat.ts';
import type { ConfigProblem } from './problem.ts';
import { readConfig } from './read.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'qmoi-config-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const hash = '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g';
const sandbox: Environment = {
  QMOI_MASTER_KEY_HASH: hash,
  QMOI_MASTER_SECRET: 'm4ster-secret-of-at-least-32-characters',
  MPESA_CONSUMER_KEY: 'mpesa-key-k3y',
  MPESA_CONSUMER_SECRET: 'mpesa-secret-s3cret',
  MPESA_BUSINESS_SHORTCODE: '174379',
  MPESA_PASSKEY: 'mpesa-passkey-p4ss',
  MPESA_PHONE_NUMBER: '0712345678',
  MPESA_INITIATOR_NAME: 'testapi',
  MPESA_INITIATOR_PASSWORD: 'initiator-p4ss',
  AIRTEL_CLIENT_ID: 'airtel-id-1d',
  AIRTEL_CLIENT_SECRET: 'airtel-secret-s3cret',
  AIRTEL_PHONE_NUMBER: '0733123456',
  AIRTEL_PIN: '2468',
};
const live: Environment = {
  ...sandbox,
  QMOI_MODE: 'live',
  QMOI_PUBLIC_URL: 'https://pay.example.co.ke/',
  QMOI_TRUSTED_PROXIES: '127.0.0.1',
  MPESA_BUSINESS_SHORTCODE: '600123',
  MPESA_CERTIFICATE_FILE: 'production.pem',
  AIRTEL_CALLBACK_HASH_KEY: 'airtel-hash-h4sh',
};

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' });

const read = (env: Environment) => {
  writeFileSync(path.join(home, 'production.pem'), pem);
  return readConfig({ home, env });
};
function configOf(env: Environment): Config {
  const result = read(env);
  if (!result.ok) throw new Error(inspect(result.error));
  return result.value;
}
function errorsOf(env: Environment): readonly ConfigProblem[] {
  const result = read(env);
  return result.ok ? [] : result.error.filter(({ severity }) => severity === 'error');
}
const errorNames = (env: Environment): readonly string[] =>
  errorsOf(env)
    .map(({ name }) => name)
    .toSorted();
function warningNames(env: Environment): readonly string[] {
  const result = read(env);
  const problems = result.ok ? result.value.warnings : result.error;
  return problems.filter(({ severity }) => severity === 'warning').map(({ name }) => name);
}

it('the fees agreed with Airtel are kept as terms, and are none where none are named', () => {
  const fees = '2026-01-01 payment 1.5% payout 10';
  expect(configOf(sandbox).airtel?.contract).toBeUndefined();
  expect(configOf({ ...sandbox, AIRTEL_FEES: fees }).airtel?.contract).toMatchObject([
    {
      effectiveFrom: '2026-01-01',
      collection: { basisPoints: 150n },
      payout: { fixedMinor: 1000n },
    },
  ]);
});

describe('defaults', () => {
  it('are those of the specification', () => {
    const config = configOf(sandbox);
    expect(config).toMatchObject({
      mode: 'sandbox',
      http: { host: '127.0.0.1', port: 8750, publicUrl: 'http://127.0.0.1:8750' },
      log: { file: path.join(home, 'logs', 'revenue_engine.log'), level: 'info' },
      database: { kind: 'embedded', dataFolder: path.join(home, 'data', 'sandbox', 'postgres') },
      targets: {
        mpesa: { targetMinor: 1_000_000n, minimumMinor: 800_000n, growthBasisPoints: 2_000 },
        airtel: { targetMinor: 1_000_000n, minimumMinor: 800_000n, growthBasisPoints: 2_000 },
        combined: { targetMinor: 2_000_000n, minimumMinor: 1_600_000n, growthBasisPoints: 2_500 },
      },
      transfers: {
        combinedDailyCapMinor: 400_000n,
        rails: {
          mpesa: {
            dailyCapMinor: 200_000n,
            triggerMinor: 800_000n,
            reserveMinor: 0n,
            checkEveryMs: 3_600_000,
            payoutNumber: '254712345678',
          },
        },
      },
      simulators: { mpesa: { port: 0 }, airtel: { port: 0 }, seed: 1, demandFactor: 1 },
      mpesa: { environment: 'sandbox', baseUrl: undefined, enforceSourceAddresses: false },
      airtel: { baseUrl: undefined, firstEnquiryDelayMs: 5_000, transactionMaxMinor: 25_000_000n },
    });
  });

  it('in live mode lead to the providers themselves', () => {
    const config = configOf(live);
    expect(config).toMatchObject({
      http: { publicUrl: 'https://pay.example.co.ke' },
      database: { dataFolder: path.join(home, 'data', 'live', 'postgres') },
      simulators: undefined,
      mpesa: {
        environment: 'production',
        baseUrl: 'https://api.safaricom.co.ke',
        enforceSourceAddresses: true,
        initiatorName: 'testapi',
        securityKeyPem: pem,
      },
      airtel: { baseUrl: 'https://openapi.airtelkenya.com', firstEnquiryDelayMs: 180_000 },
    });
  });

  it('without simulators lead to the providers’ sandboxes', () => {
    const config = configOf({
      ...sandbox,
      QMOI_SIMULATORS: 'off',
      MPESA_CERTIFICATE_FILE: 'production.pem',
    });
    expect(config.simulators).toBeUndefined();
    expect(config.mpesa?.baseUrl).toBe('https://sandbox.safaricom.co.ke');
    expect(config.airtel?.baseUrl).toBe('https://openapiuat.airtelkenya.com');
  });
});

describe('sources', () => {
  it('the environment overrules .env, and .env the defaults; empty texts count as absent', () => {
    writeFileSync(
      path.join(home, '.env'),
      'QMOI_PORT=9001\r\nQMOI_HOST=127.0.0.2\nQMOI_LOG_LEVEL=\n',
    );
    const config = configOf({ ...sandbox, QMOI_PORT: '9002', QMOI_HOST: '  ' });
    expect(config.http).toMatchObject({ port: 9002, host: '127.0.0.2' });
    expect(config.log.level).toBe('info');
  });

  it('the environment overrules the targets file, and the file the defaults', () => {
    const targets = { daily: { mpesa: { target: 5_000, autoTransfer: 500, growthTarget: 0 } } };
    writeFileSync(path.join(home, 'targets.json'), JSON.stringify(targets));
    const config = configOf({
      ...sandbox,
      QMOI_DAILY_TARGET_AIRTEL: '7000',
      QMOI_AUTO_TRANSFER_MPESA: '600',
    });
    expect(config.targets).toMatchObject({
      mpesa: { targetMinor: 500_000n, minimumMinor: 400_000n, growthBasisPoints: 0 },
      airtel: { targetMinor: 700_000n, minimumMinor: 560_000n },
      combined: { targetMinor: 1_200_000n, minimumMinor: 960_000n },
    });
    expect(config.transfers).toMatchObject({
      combinedDailyCapMinor: 260_000n,
      rails: { mpesa: { dailyCapMinor: 60_000n, triggerMinor: 400_000n } },
    });
  });

  it.each([
    ['not JSON', '{', 'targets file'],
    ['without daily', '{}', 'daily'],
    ['a fraction of a shilling', '{"daily":{"mpesa":{"target":1.5}}}', 'daily.mpesa.target'],
    ['a text', '{"daily":{"airtel":{"minimum":"8"}}}', 'daily.airtel.minimum'],
    ['fine growth', '{"daily":{"mpesa":{"growthTarget":0.12345}}}', 'daily.mpesa.growthTarget'],
    ['negative growth', '{"daily":{"mpesa":{"growthTarget":-0.1}}}', 'daily.mpesa.growthTarget'],
    ['a list', '[]', 'targets file'],
  ])('a targets file that is %s is refused by the path', (_what, text, name) => {
    writeFileSync(path.join(home, 'targets.json'), text);
    expect(errorNames(sandbox)).toEqual([name]);
  });

  it('names it does not know are warned of, in the targets file and in the environment', () => {
    writeFileSync(path.join(home, 'targets.json'), '{"daily":{"mpesa":{"traget":5}},"weekly":{}}');
    expect(warningNames({ ...sandbox, MPESA_CONSUMERKEY: 'x', PATH: '/bin' })).toEqual(
      expect.arrayContaining(['MPESA_CONSUMERKEY', 'daily.mpesa.traget', 'weekly']),
    );
  });

  it('a targets file that was named must exist', () => {
    expect(errorNames({ ...sandbox, QMOI_TARGETS_FILE: 'other.json' })).toEqual([
      'QMOI_TARGETS_FILE',
    ]);
  });

  it('an .env that cannot be read is told, not taken for an empty one', () => {
    mkdirSync(path.join(home, '.env'));
    expect(errorNames(sandbox)).toEqual(['.env']);
  });

  it.each([
    ['is missing', 'nowhere.pem'],
    ['is no certificate', 'garbage.pem'],
  ])('a certificate that %s is refused', (_what, file) => {
    writeFileSync(path.join(home, 'garbage.pem'), 'garbage');
    expect(errorNames({ ...live, MPESA_CERTIFICATE_FILE: file })).toEqual([
      'MPESA_CERTIFICATE_FILE',
    ]);
  });
});

describe('forms', () => {
  it('of quiet hours and top-ups, which are off unless asked for', () => {
    expect(configOf(sandbox).transfers).toMatchObject({ quietHours: undefined, autoTopUps: [] });
    const env = { QMOI_TRANSFER_QUIET_HOURS: ' 22:00 - 06:30', QMOI_AUTO_TOP_UP_MPESA: 'on' };
    expect(configOf({ ...sandbox, ...env }).transfers).toMatchObject({
      quietHours: { fromMinute: 22 * 60, toMinute: 6 * 60 + 30 },
      autoTopUps: ['mpesa'],
    });
  });

  it.each([
    ['QMOI_PORT', '0'],
    ['QMOI_PORT', '70000'],
    ['QMOI_PORT', '87.5'],
    ['QMOI_MODE', 'Live'],
    ['QMOI_PUBLIC_URL', 'pay.example.co.ke'],
    ['QMOI_PUBLIC_URL', 'https://user:pass@pay.example.co.ke'],
    ['QMOI_PUBLIC_URL', 'https://pay.example.co.ke/?a=1'],
    ['QMOI_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['QMOI_TRUSTED_PROXIES', 'proxy.local'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['QMOI_DATABASE_OS_USER', 'a b'],
    ['QMOI_MASTER_PHONE', '12345'],
    ['QMOI_MASTER_EMAIL', 'owner'],
    ['QMOI_DAILY_TARGET_MPESA', '10000.50'],
    ['QMOI_DAILY_TARGET_MPESA', '-1'],
    ['QMOI_AUTO_TRANSFER_AIRTEL', '1e9'],
    ['QMOI_TRANSFER_QUIET_HOURS', '22-6'],
    ['QMOI_TRANSFER_QUIET_HOURS', '24:00-06:00'],
    ['QMOI_TRANSFER_QUIET_HOURS', '06:00-06:00'],
    ['QMOI_AUTO_TOP_UP_MPESA', 'yes'],
    ['QMOI_TRANSFER_CHECK_MINUTES_MPESA', '1'],
    ['QMOI_SIMULATORS', 'yes'],
    ['QMOI_SIMULATOR_DEMAND', '1,5'],
    ['QMOI_SIMULATOR_SEED', '4294967296'],
    ['MPESA_BUSINESS_SHORTCODE', '1743'],
    ['MPESA_PHONE_NUMBER', '+1 202 555 0100'],
    ['MPESA_INITIATOR_PASSWORD_SET_ON', '2026-02-31'],
    ['MPESA_INITIATOR_PASSWORD', 'with(parenthesis)'],
    ['MPESA_PAYOUT_VERSION', 'v2'],
    ['MPESA_PAYBILL_PLAN', 'bouquet'],
    ['MPESA_BASE_URL', 'https://127.0.0.1:8751/oauth'],
    ['AIRTEL_PIN', '12345'],
    ['AIRTEL_COUNTRY', 'UG'],
    ['AIRTEL_CALLBACK_HASH_RENDERING', 'any'],
    ['AIRTEL_FEES', '1.5%'],
    ['QMOI_MASTER_KEY_HASH', 'plain'],
  ])('%s=%s is refused, once, with a remedy', (name, value) => {
    const errors = errorsOf({ ...sandbox, [name]: value });
    expect(errors.map((error) => error.name)).toEqual([name]);
    expect(errors[0]?.cause).toContain(name);
    expect(errors[0]?.fix).toMatch(/\S/);
  });

  it('all problems come back at once, from both steps', () => {
    const { MPESA_PASSKEY: _passkey, ...rest } = live;
    expect(
      errorNames({
        ...rest,
        QMOI_PORT: 'x',
        AIRTEL_PIN: 'abcd',
        QMOI_PUBLIC_URL: 'http://pay.example.co.ke',
        QMOI_SIMULATORS: 'on',
      }),
    ).toEqual(['AIRTEL_PIN', 'MPESA_PASSKEY', 'QMOI_PORT', 'QMOI_PUBLIC_URL', 'QMOI_SIMULATORS']);
  });
});

describe('combinations that cannot be', () => {
  const without = (env: Environment, ...names: readonly string[]): Environment =>
    Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));

  it.each<[string, Environment, readonly string[]]>([
    ['no master key', without(sandbox, 'QMOI_MASTER_KEY_HASH'), ['QMOI_MASTER_KEY_HASH']],
    ['two', { ...sandbox, QMOI_MASTER_API_KEY: 'a'.repeat(20) }, ['QMOI_MASTER_API_KEY']],
    [
      'a short plain one',
      { ...without(sandbox, 'QMOI_MASTER_KEY_HASH'), QMOI_MASTER_API_KEY: 'short' },
      ['QMOI_MASTER_API_KEY'],
    ],
    ['no master secret', without(sandbox, 'QMOI_MASTER_SECRET'), ['QMOI_MASTER_SECRET']],
    ['a short one', { ...sandbox, QMOI_MASTER_SECRET: 'short' }, ['QMOI_MASTER_SECRET']],
    ['half a rail', without(sandbox, 'AIRTEL_CLIENT_ID'), ['AIRTEL_CLIENT_ID']],
    [
      'no rail',
      Object.fromEntries(Object.entries(sandbox).filter(([name]) => name.startsWith('QMOI'))),
      ['MPESA_CONSUMER_KEY'],
    ],
    ['half an operator', without(sandbox, 'MPESA_INITIATOR_NAME'), ['MPESA_INITIATOR_NAME']],
    ['no certificate', without(live, 'MPESA_CERTIFICATE_FILE'), ['MPESA_CERTIFICATE_FILE']],
    [
      'buy goods without a till',
      { ...sandbox, MPESA_TRANSACTION_TYPE: 'CustomerBuyGoodsOnline' },
      ['MPESA_TILL_NUMBER'],
    ],
    ['PIN twice', { ...sandbox, AIRTEL_PIN_ENCRYPTED: 'A'.repeat(64) }, ['AIRTEL_PIN_ENCRYPTED']],
    [
      'a rendering of no hash',
      { ...sandbox, AIRTEL_CALLBACK_HASH_RENDERING: 'pretty-whole' },
      ['AIRTEL_CALLBACK_HASH_RENDERING'],
    ],
    ['no amount fits', { ...sandbox, AIRTEL_AMOUNT_MAX: '0' }, ['AIRTEL_AMOUNT_MIN']],
    ['live without address', without(live, 'QMOI_PUBLIC_URL'), ['QMOI_PUBLIC_URL']],
    ['live on loopback', { ...live, QMOI_PUBLIC_URL: 'https://127.0.0.1' }, ['QMOI_PUBLIC_URL']],
    ['live simulators', { ...live, QMOI_SIMULATORS: 'on' }, ['QMOI_SIMULATORS']],
    [
      'the public sandbox live',
      { ...live, MPESA_BUSINESS_SHORTCODE: '174379' },
      ['MPESA_BUSINESS_SHORTCODE'],
    ],
    [
      'its passkey live',
      {
        ...live,
        MPESA_PASSKEY: 'bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919',
      },
      ['MPESA_PASSKEY'],
    ],
    ['a sandbox rail live', { ...live, MPESA_ENVIRONMENT: 'sandbox' }, ['MPESA_ENVIRONMENT']],
    [
      'a live rail in sandbox',
      { ...sandbox, MPESA_ENVIRONMENT: 'production' },
      ['MPESA_ENVIRONMENT'],
    ],
    [
      'real money in sandbox',
      { ...sandbox, AIRTEL_BASE_URL: 'https://openapi.airtelkenya.com' },
      ['AIRTEL_BASE_URL'],
    ],
    [
      'pretended money live',
      { ...live, MPESA_BASE_URL: 'https://sandbox.safaricom.co.ke' },
      ['MPESA_BASE_URL'],
    ],
    ['a simulator live', { ...live, MPESA_BASE_URL: 'http://127.0.0.1:8751' }, ['MPESA_BASE_URL']],
    [
      'credentials in the clear',
      { ...live, AIRTEL_BASE_URL: 'http://x.example.com' },
      ['AIRTEL_BASE_URL'],
    ],
    [
      'a cap no phone can take',
      { ...sandbox, QMOI_AUTO_TRANSFER_MPESA: '500001' },
      ['daily.mpesa.autoTransfer'],
    ],
    [
      'a cap under the least payout',
      { ...sandbox, QMOI_AUTO_TRANSFER_MPESA: '9' },
      ['daily.mpesa.autoTransfer'],
    ],
  ])('%s', (_what, env, names) => {
    expect(errorNames(env)).toEqual(names);
  });

  it.each<[string, Environment, string]>([
    ['a proxy nobody trusts', without(live, 'QMOI_TRUSTED_PROXIES'), 'QMOI_TRUSTED_PROXIES'],
    [
      'callbacks without a hash',
      without(live, 'AIRTEL_CALLBACK_HASH_KEY'),
      'AIRTEL_CALLBACK_HASH_KEY',
    ],
    ['impatience', { ...live, AIRTEL_FIRST_ENQUIRY_SECONDS: '30' }, 'AIRTEL_FIRST_ENQUIRY_SECONDS'],
    ['payouts that could repeat', { ...live, MPESA_PAYOUT_VERSION: 'v1' }, 'MPESA_PAYOUT_VERSION'],
    ['no payout PIN', without(sandbox, 'AIRTEL_PIN'), 'AIRTEL_PIN'],
    ['nowhere to pay out', without(sandbox, 'MPESA_PHONE_NUMBER'), 'MPESA_PHONE_NUMBER'],
    [
      'a paybill’s plan for a till',
      {
        ...sandbox,
        MPESA_TRANSACTION_TYPE: 'CustomerBuyGoodsOnline',
        MPESA_TILL_NUMBER: '5123456',
        MPESA_PAYBILL_PLAN: 'mgao',
      },
      'MPESA_PAYBILL_PLAN',
    ],
    ['a till never used', { ...sandbox, MPESA_TILL_NUMBER: '5123456' }, 'MPESA_TILL_NUMBER'],
    [
      'a plain address',
      { ...sandbox, QMOI_PUBLIC_URL: 'http://shop.example.com' },
      'QMOI_PUBLIC_URL',
    ],
  ])('%s is only warned of', (_what, env, name) => {
    expect(errorNames(env)).toEqual([]);
    expect(warningNames(env)).toContain(name);
  });

  it.each([[undefined], ['business-bouquet'], ['customer-bouquet'], ['mgao']])(
    'the paybill’s plan may be %s',
    (plan) => {
      const env = plan === undefined ? sandbox : { ...sandbox, MPESA_PAYBILL_PLAN: plan };
      expect(configOf(env).mpesa?.paybillPlan).toBe(plan);
    },
  );

  it('a till is paid only where customers buy goods', () => {
    const till = { ...sandbox, MPESA_TILL_NUMBER: '5123456' };
    expect(configOf(till).mpesa?.partyB).toBeUndefined();
    const buyGoods = { ...till, MPESA_TRANSACTION_TYPE: 'CustomerBuyGoodsOnline' };
    expect(configOf(buyGoods).mpesa?.partyB).toBe('5123456');
  });

  it('one rail is enough', () => {
    const onlyAirtel = Object.entries(sandbox).filter(([name]) => !name.startsWith('MPESA'));
    const config = configOf(Object.fromEntries(onlyAirtel));
    expect(config.mpesa).toBeUndefined();
    expect(config.simulators).toMatchObject({ mpesa: undefined, airtel: { port: 0 } });
  });
});

describe('secrets', () => {
  it('are all wrapped, and all found for the log', () => {
    const config = configOf({ ...live, DATABASE_URL: 'postgres://shop:p4ss@localhost/shop' });
    const revealed = secretsOf(config).map((secret) => secret.reveal());
    for (const name of [
      'QMOI_MASTER_SECRET',
      'MPESA_CONSUMER_SECRET',
      'MPESA_PASSKEY',
      'MPESA_INITIATOR_PASSWORD',
      'AIRTEL_CLIENT_SECRET',
      'AIRTEL_PIN',
      'AIRTEL_CALLBACK_HASH_KEY',
    ]) {
      expect(revealed).toContain(live[name]);
      expect(inspect(config, { depth: 10 })).not.toContain(`'${live[name]}'`);
    }
    expect(revealed).toContain('postgres://shop:p4ss@localhost/shop');
  });

  it('are in no problem, nor is any other value', () => {
    expect.hasAssertions();
    const value = fc
      .string({ minLength: 5, maxLength: 40 })
      .map((text) => `§${text.replaceAll('\0', '')}§`);
    // The name of a file that cannot be read is told: it is no secret and the way to the mistake.
    const names = settingNames.filter((name) => !name.endsWith('_FILE'));
    fc.assert(
      fc.property(fc.constantFrom(...names), value, (name, text) => {
        const result = readConfig({ home, env: { ...sandbox, [name]: text } });
        const problems = result.ok ? result.value.warnings : result.error;
        expect(JSON.stringify(problems)).not.toContain('§');
      }),
      { numRuns: 300 },
    );
  });

  it('whatever the environment holds, reading answers and does not throw', () => {
    const anything = fc.dictionary(fc.constantFrom(...settingNames), fc.string(), { maxKeys: 12 });
    fc.assert(
      fc.property(anything, (env) => {
        const noNul = Object.entries(env).map(([name, text]) => [name, text.replaceAll('\0', '')]);
        const result = readConfig({ home, env: Object.fromEntries(noNul) as Environment });
        expect(typeof result.ok).toBe('boolean');
      }),
      { numRuns: 300 },
    );
  });
});

it('amounts keep every shilling, however large', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 1_000_000_000 }), (whole) => {
      const config = configOf({ ...sandbox, QMOI_DAILY_TARGET_MPESA: String(whole) });
      const { targetMinor, minimumMinor } = config.targets.mpesa;
      expect(targetMinor).toBe(shillings(whole));
      expect(minimumMinor % 100n).toBe(0n);
      expect(minimumMinor).toBeLessThanOrEqual(targetMinor);
    }),
    { numRuns: 50 },
  );
});
