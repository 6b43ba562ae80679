import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect, parseEnv } from 'node:util';

import { Secret } from '#kernel';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { autoconfigure, type AutoconfigureOptions } from './autoconfigure.ts';
import { readConfig } from './read.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'qmoi-autoconfig-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** Counts up, so that no two secrets are alike and every run is. */
function countingRandom(): AutoconfigureOptions['random'] {
  let next = 0;
  return (byteCount) => Uint8Array.from({ length: byteCount }, () => (next += 7) % 256);
}
let keysMade = 0;
const makeMasterKey: AutoconfigureOptions['makeMasterKey'] = () => {
  keysMade += 1;
  const hash = `$argon2id$v=19$m=32768,t=4,p=4$c2FsdA$aGFzaA${keysMade}`;
  return Promise.resolve({ key: new Secret(`qmoi-key-${keysMade}`), hash });
};

async function run(options: Partial<AutoconfigureOptions> = {}) {
  const given = { home, env: {}, random: countingRandom(), makeMasterKey, ...options };
  const result = await autoconfigure(given);
  if (!result.ok) throw new Error(inspect(result.error));
  return result.value;
}
const envPath = (): string => path.join(home, '.env');
const envText = (): string => readFileSync(envPath(), 'utf8');
const written = () => parseEnv(envText());

describe('on a machine without configuration', () => {
  it('writes one that the engine accepts, with only the known warnings', async () => {
    const done = await run();
    expect(done).toMatchObject({
      envFile: { path: envPath(), created: true },
      targetsFile: { path: path.join(home, 'targets.json'), created: true },
      kept: [],
    });
    const config = readConfig({ home, env: {} });
    if (!config.ok) throw new Error(inspect(config.error));
    expect(config.value.mode).toBe('sandbox');
    expect(config.value.mpesa?.shortCode).toBe('174379');
    expect(config.value.airtel?.pin?.kind).toBe('plain');
    expect(config.value.transfers.rails.airtel.payoutNumber).toMatch(/^2547/);
    expect(config.value.warnings.map(({ name }) => name).toSorted()).toEqual([
      'daily.airtel.growthTarget',
      'daily.combined.growthTarget',
      'daily.mpesa.growthTarget',
    ]);
  });

  it('shows the master key once and keeps only its hash', async () => {
    const { masterKey } = await run();
    const key = masterKey?.reveal() ?? '';
    expect(key).toBe(`qmoi-key-${keysMade}`);
    expect(envText()).not.toContain(key);
    expect(written()['QMOI_MASTER_KEY_HASH']).toMatch(/^\$argon2id\$v=19\$m=32768,t=4,p=4\$/);
  });

  it('makes files for their owner only, and a secret of 32 bytes', async () => {
    await run();
    expect(statSync(envPath()).mode & 0o777).toBe(0o600);
    expect(Buffer.from(written()['QMOI_MASTER_SECRET'] ?? '', 'base64url')).toHaveLength(32);
  });

  it('quotes what shells would read otherwise', async () => {
    await run();
    expect(envText()).toMatch(/^QMOI_MASTER_KEY_HASH='\$argon2id\$[^']*'$/m);
    expect(envText()).toMatch(/^MPESA_INITIATOR_PASSWORD='Safaricom999!\*!'$/m);
  });

  it('makes no two secrets alike', async () => {
    await run();
    const { QMOI_MASTER_SECRET, MPESA_CONSUMER_KEY, AIRTEL_CLIENT_SECRET } = written();
    expect(new Set([QMOI_MASTER_SECRET, MPESA_CONSUMER_KEY, AIRTEL_CLIENT_SECRET]).size).toBe(3);
  });
});

describe('on a machine with configuration', () => {
  it('run twice changes nothing and shows no key', async () => {
    await run();
    const before = envText();
    const again = await run({ random: () => new Uint8Array(32) });
    expect(envText()).toBe(before);
    expect(again).toMatchObject({
      envFile: { created: false },
      targetsFile: { created: false },
      written: [],
      masterKey: undefined,
    });
    expect(again.kept).toContain('QMOI_MASTER_SECRET');
  });

  it('adds what is missing and keeps the rest byte for byte', async () => {
    const names = ['QMOI_PORT', 'QMOI_BUSINESS_NAME', 'QMOI_MASTER_EMAIL', 'PATH'];
    const line = fc.oneof(
      fc.constantFrom('# a comment é', '', '  ', '\t# indented', 'export X=1'),
      fc
        .tuple(fc.constantFrom(...names), fc.stringMatching(/^[\w .@'-]{0,20}$/))
        .map((pair) => pair.join('=')),
    );
    const end = fc.constantFrom('', '\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), end, async (lines, last) => {
        const before = `${lines.join('\n')}${last}`;
        writeFileSync(envPath(), before);
        await autoconfigure({ home, env: {}, random: countingRandom(), makeMasterKey });
        expect(envText().startsWith(before)).toBe(true);
        const isRefused = envText() === before;
        expect(isRefused || written()['QMOI_MODE'] === 'sandbox').toBe(true);
        const set = Object.entries(parseEnv(before)).filter(([, value]) => value?.trim() !== '');
        expect(written()).toMatchObject(Object.fromEntries(set));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses to add after a quote that is left open, where nothing would be read', async () => {
    writeFileSync(envPath(), "QMOI_BUSINESS_NAME='Mama Njeri\n");
    const options = { home, env: {}, random: countingRandom(), makeMasterKey };
    expect(await autoconfigure(options)).toMatchObject({ ok: false, error: { name: '.env' } });
    expect(envText()).toBe("QMOI_BUSINESS_NAME='Mama Njeri\n");
  });

  it('closes a file that others could read before it adds secrets', async () => {
    writeFileSync(envPath(), 'QMOI_PORT=9000\n');
    chmodSync(envPath(), 0o644);
    await run();
    expect(statSync(envPath()).mode & 0o777).toBe(0o600);
  });

  it('fills in a name whose value is empty', async () => {
    writeFileSync(envPath(), 'QMOI_MASTER_SECRET=\n');
    const { written: names } = await run();
    expect(names).toContain('QMOI_MASTER_SECRET');
    expect(written()['QMOI_MASTER_SECRET']).not.toBe('');
  });

  it.each([
    { line: 'MPESA_CONSUMER_KEY=mine', absent: 'MPESA_PASSKEY', present: 'AIRTEL_PIN' },
    { line: 'AIRTEL_BASE_URL=https://x.example', absent: 'AIRTEL_PIN', present: 'MPESA_PASSKEY' },
  ])('mixes nothing of the sandbox into a rail with $line', async ({ line, absent, present }) => {
    writeFileSync(envPath(), `${line}\n`);
    const { written: names } = await run();
    expect(names).not.toContain(absent);
    expect(names).toContain(present);
  });

  it('keeps a payout number that is set and still adds the sandbox around it', async () => {
    writeFileSync(envPath(), 'MPESA_PHONE_NUMBER=254786322855\n');
    const done = await run();
    expect(done.kept).toContain('MPESA_PHONE_NUMBER');
    expect(written()).toMatchObject({
      MPESA_PHONE_NUMBER: '254786322855',
      MPESA_BUSINESS_SHORTCODE: '174379',
    });
  });

  it('writes no sandbox credentials into a live configuration', async () => {
    writeFileSync(envPath(), 'QMOI_MODE=live\n');
    const { written: names } = await run();
    expect(names).toEqual(['QMOI_MASTER_SECRET', 'QMOI_MASTER_KEY_HASH']);
  });

  it('counts what the environment sets as set', async () => {
    const env = { QMOI_MASTER_API_KEY: 'a-key-from-the-environment', QMOI_MASTER_SECRET: ' ' };
    const { written: names, masterKey } = await run({ env });
    expect(masterKey).toBeUndefined();
    expect(names).not.toContain('QMOI_MASTER_KEY_HASH');
    expect(names).toContain('QMOI_MASTER_SECRET');
  });

  it('leaves a targets file alone', async () => {
    writeFileSync(path.join(home, 'targets.json'), '{"daily":{}}');
    await run();
    expect(readFileSync(path.join(home, 'targets.json'), 'utf8')).toBe('{"daily":{}}');
  });
});

describe('a new master key', () => {
  it('takes the place of the old one, of which nothing is kept', async () => {
    writeFileSync(
      envPath(),
      "# mine\nexport QMOI_MASTER_API_KEY='old-plain-key-of-mine'\nQMOI_PORT=9000",
    );
    const done = await run({ rotateMasterKey: true });
    expect(done.masterKey).toBeDefined();
    expect(done.written).toContain('QMOI_MASTER_KEY_HASH');
    expect(envText()).not.toContain('old-plain-key-of-mine');
    expect(envText().startsWith('# mine\nQMOI_PORT=9000\n')).toBe(true);
    expect(readConfig({ home, env: {} }).ok).toBe(true);
    expect(readdirSync(home).toSorted()).toEqual(['.env', 'targets.json']);
    expect(statSync(envPath()).mode & 0o777).toBe(0o600);
  });

  it('is made anew each time it is asked for', async () => {
    await run();
    const old = written();
    await run({ rotateMasterKey: true });
    const { QMOI_MASTER_KEY_HASH: hash, ...rest } = written();
    expect(hash).not.toBe(old['QMOI_MASTER_KEY_HASH']);
    expect(old).toMatchObject(rest);
    expect(envText().match(/QMOI_MASTER_KEY_HASH/g)).toHaveLength(1);
  });

  it('follows a link to where the file is', async () => {
    const real = path.join(home, 'real.env');
    writeFileSync(real, 'QMOI_PORT=9000\n');
    symlinkSync(real, envPath());
    await run();
    await run({ rotateMasterKey: true });
    expect(lstatSync(envPath()).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8').match(/QMOI_MASTER_KEY_HASH/g)).toHaveLength(1);
  });

  it.each(['QMOI_MASTER_API_KEY', 'QMOI_MASTER_KEY_HASH'])(
    'is refused while the environment sets %s',
    async (name) => {
      const result = await autoconfigure({
        home,
        env: { [name]: 'from outside' },
        random: countingRandom(),
        makeMasterKey,
        rotateMasterKey: true,
      });
      expect(result).toMatchObject({ ok: false, error: { name } });
      expect(existsSync(envPath())).toBe(false);
    },
  );
});

it('a home that cannot be made is a refusal with a remedy', async () => {
  writeFileSync(path.join(home, 'file'), '');
  const options = {
    home: path.join(home, 'file'),
    env: {},
    random: countingRandom(),
    makeMasterKey,
  };
  expect(await autoconfigure(options)).toMatchObject({ ok: false, error: { name: '.env' } });
});
