import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createVirtualClock, parseMsisdn, Secret } from '#kernel';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLog, type LogFields, type LogOptions, silentLog } from './log.ts';

const clock = createVirtualClock(Date.parse('2026-11-23T04:49:00Z'));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'qmoi-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const fileIn = (): string => path.join(folder, 'logs', 'revenue_engine.log');
const open = (options: Partial<LogOptions> = {}) =>
  createLog({ file: fileIn(), level: 'info', clock, ...options });
const linesOf = (file: string): readonly Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the file', () => {
  it('is found under its one name, with a JSON object a line', () => {
    const log = open();
    log.child({ module: 'intake' }).info({ amountMinor: 150_000n, receipt: 'UJ22T8IYOU' }, 'paid');
    log.close();
    expect(linesOf(fileIn())).toEqual([
      {
        level: 'info',
        time: '2026-11-23T04:49:00.000Z',
        pid: process.pid,
        module: 'intake',
        amountMinor: '150000',
        receipt: 'UJ22T8IYOU',
        msg: 'paid',
      },
    ]);
  });

  it('has each line when the call returns, so that a crash cannot take it', () => {
    const log = open();
    log.error({}, 'about to die');
    expect(linesOf(fileIn())).toHaveLength(1);
    log.close();
  });

  it('is only for its owner', () => {
    const log = open();
    log.info({}, 'a line');
    log.close();
    const [rolled = ''] = readdirSync(path.join(folder, 'logs')).filter((name) =>
      /\d\.log$/.test(name),
    );
    expect(lstatSync(path.join(folder, 'logs', rolled)).mode & 0o777).toBe(0o600);
  });

  it('goes on where the last run stopped', () => {
    for (const message of ['first run', 'second run']) {
      const log = open();
      log.info({}, message);
      log.close();
    }
    expect(linesOf(fileIn()).map(({ msg }) => msg)).toEqual(['first run', 'second run']);
  });

  it('keeps a log that was written without rolling', () => {
    mkdirSync(path.join(folder, 'logs'));
    writeFileSync(fileIn(), 'old line\n');
    const log = open();
    log.info({}, 'new line');
    log.close();
    expect(linesOf(fileIn()).map(({ msg }) => msg)).toEqual(['new line']);
    expect(readFileSync(path.join(folder, 'logs', 'revenue_engine.0.log'), 'utf8')).toBe(
      'old line\n',
    );
  });

  it('rolls by size, keeps a limited number, and its name always leads to the newest', () => {
    const log = open({ fileBytesMax: 500, filesMax: 3 });
    const rollsWanted = 6;
    for (let n = 0; n < rollsWanted * 10; n += 1) {
      log.info({ n }, 'a line that makes the file grow');
    }
    log.info({ n: 'last' }, 'the newest line');
    const newest = linesOf(fileIn()).at(-1);
    log.close();
    expect(newest).toMatchObject({ n: 'last' });
    const rolled = readdirSync(path.join(folder, 'logs')).filter((name) =>
      /\.\d+\.log$/.test(name),
    );
    expect(rolled).toHaveLength(3);
    expect(rolled).not.toContain('revenue_engine.1.log');
  });

  it('leaves out no line and tells none twice while it rolls', () => {
    const log = open({ fileBytesMax: 300, filesMax: 100 });
    for (let n = 0; n < 40; n += 1) log.info({ n }, 'counted');
    log.close();
    const files = readdirSync(path.join(folder, 'logs'))
      .filter((name) => /\.\d+\.log$/.test(name))
      .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
    const told = files.flatMap((name) => linesOf(path.join(folder, 'logs', name)));
    expect(files.length).toBeGreaterThan(5);
    expect(told.map(({ n }) => n)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });

  it('shares its file with another process, and none writes over the other', () => {
    const [one, other] = [open(), open()];
    for (let n = 0; n < 10; n += 1) (n % 2 === 0 ? one : other).info({ n }, 'in turn');
    one.close();
    other.close();
    expect(linesOf(fileIn()).map(({ n }) => n)).toEqual(Array.from({ length: 10 }, (_, n) => n));
  });

  it('leaves files alone that only look like its own', () => {
    mkdirSync(path.join(folder, 'logs'));
    for (const name of ['revenue_engine.1.log.gz', 'revenue_engine.old.log', 'other.1.log']) {
      writeFileSync(path.join(folder, 'logs', name), 'kept');
    }
    const log = open({ fileBytesMax: 100, filesMax: 1 });
    for (let n = 0; n < 10; n += 1) log.info({ n }, 'rolls each time');
    log.close();
    expect(readdirSync(path.join(folder, 'logs'))).toEqual(
      expect.arrayContaining(['other.1.log', 'revenue_engine.1.log.gz', 'revenue_engine.old.log']),
    );
  });
});

describe('levels', () => {
  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('at %s keep %j', (level, expected) => {
    const lines: string[] = [];
    const log = open({ level, mirror: (line) => lines.push(line) });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each]({}, each);
    log.close();
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(expected);
  });
});

describe('a log that cannot be written', () => {
  it('goes on elsewhere, after one sentence of why', () => {
    writeFileSync(path.join(folder, 'logs'), 'a file where the folder should be');
    const complaints: string[] = [];
    const log = open({ complain: (line) => complaints.push(line) });
    log.info({}, 'still told');
    log.info({}, 'and again');
    log.close();
    expect(complaints[0]).toMatch(/revenue_engine\.log cannot be written/);
    expect(complaints.slice(1).map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'still told',
      'and again',
    ]);
  });

  it.skipIf(!existsSync('/dev/full'))('loses no line when the disk fills up', () => {
    mkdirSync(path.join(folder, 'logs'));
    symlinkSync('/dev/full', path.join(folder, 'logs', 'revenue_engine.1.log'));
    const complaints: string[] = [];
    const log = open({ complain: (line) => complaints.push(line) });
    log.info({}, 'no space for this');
    log.info({}, 'nor for this');
    log.close();
    expect(complaints).toHaveLength(3);
    expect(complaints[0]).toMatch(/cannot be written \(ENOSPC/);
    expect(complaints[1]).toContain('no space for this');
    expect(complaints[2]).toContain('nor for this');
  });
});

describe('nothing secret in it', () => {
  const secretText = fc
    .array(fc.constantFrom(...'abcXYZ0189-_+/!$"\\ é'), { minLength: 12, maxLength: 40 })
    .map((letters) => letters.join(''));
  const phone = fc
    .tuple(fc.constantFrom('71', '73', '10', '11'), fc.integer({ min: 0, max: 9_999_999 }))
    .map(([start, rest]) => `${start}${String(rest).padStart(7, '0')}`)
    .filter((national) => parseMsisdn(national).ok);
  /** Puts a value somewhere inside an object, as a value, in a text, in a key or in an error. */
  const place = fc.constantFrom(
    (value: string): LogFields => ({ value }),
    (value: string): LogFields => ({ deep: [{ list: new Set([value]) }] }),
    (value: string): LogFields => ({ [value]: true }),
    (value: string): LogFields => ({ map: new Map([[value, value]]) }),
    (value: string): LogFields => ({ error: new Error(`refused ${value}`, { cause: { value } }) }),
    (value: string): LogFields => ({
      url: new URL(`https://x.example/?q=${encodeURIComponent(value)}`),
    }),
    (value: string): LogFields => ({ body: JSON.stringify({ PhoneNumber: value }) }),
    (value: string): LogFields => ({ own: { toJSON: () => ({ value }) } }),
  );

  it('whatever is logged, and wherever it stands', () => {
    const known = new Secret('Kn0wn-s3cret!"\\ é');
    const lines: string[] = [];
    const log = open({ mirror: (line) => lines.push(line), secrets: [known] });
    fc.assert(
      fc.property(place, phone, fc.boolean(), (put, national, asNumber) => {
        lines.length = 0;
        log.info(put(known.reveal()), `with ${known.reveal()}`);
        log.info(put(`254${national}`), `from 0${national}`);
        if (asNumber) log.child({ module: `m ${national}` }).warn({ payer: Number(national) }, '');
        const told = lines.join('');
        expect(told).not.toContain(national);
        expect(told).not.toContain('Kn0wn-s3cret');
      }),
      { numRuns: 300 },
    );
    log.close();
    expect(readFileSync(fileIn(), 'utf8')).not.toContain('Kn0wn-s3cret');
  });

  it('under a secret name or in a Secret, whatever it looks like', () => {
    const lines: string[] = [];
    const log = open({ mirror: (line) => lines.push(line) });
    const names = fc.constantFrom('pin', 'password', 'accessToken', 'headers.authorization');
    fc.assert(
      fc.property(names, secretText, (name, value) => {
        lines.length = 0;
        log.info({ [name]: value, kept: new Secret(value), nested: { [name]: { value } } }, '');
        const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
        expect(line).toMatchObject({ [name]: '[secret]', kept: '[secret]' });
        expect(line['nested']).toEqual({ [name]: '[secret]' });
      }),
    );
    log.close();
  });
});

describe('odd values', () => {
  const cycle: Record<string, unknown> = { name: 'cycle' };
  cycle['self'] = cycle;
  const hostile = {
    get broken(): never {
      throw new Error('a getter that throws');
    },
  };

  it.each([
    ['a cycle', cycle, /"name":"cycle"/],
    ['a getter that throws', hostile, /"unreadable":true/],
    ['bytes', { body: new Uint8Array(3) }, /"body":"\[3 bytes\]"/],
    ['a function', { call: () => 1 }, /"call":"\[function\]"/],
    ['a date', { at: new Date(0) }, /"at":"1970-01-01T00:00:00.000Z"/],
    ['no date', { at: new Date(Number.NaN) }, /"at":null/],
    ['a large amount under a unit', { amountMinor: 712_345_678 }, /"amountMinor":712345678/],
    ['a long list', { list: Array.from({ length: 100 }, () => 1) }, /"list":\[(?:1,){63}1\]/],
    [
      'many names',
      Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`k${n}`, n])),
      /16 more/,
    ],
  ])('%s is told within limits', (_name, fields, expected) => {
    const lines: string[] = [];
    const log = open({ mirror: (line) => lines.push(line) });
    log.info(fields, 'odd');
    log.close();
    expect(lines[0]).toMatch(expected);
    expect(lines[0]?.length).toBeLessThan(10_000);
  });
});

it('the silent log takes everything and says nothing', () => {
  expect(silentLog.child({ module: 'x' })).toBe(silentLog);
  expect(silentLog.error({}, 'unheard')).toBeUndefined();
});
