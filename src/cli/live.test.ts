import { expect, it } from 'vitest';

import { createVirtualClock, type VirtualClock } from '#kernel';

import type { Snapshot } from './deps.ts';
import { startLive, type LiveOptions } from './live.ts';
import { testSnapshot } from './status-test-kit.ts';
import { testNow } from './test-kit.ts';

const erase = '\r\u001B[2K';

/** Lets everything that waits for a settled promise run. */
async function settle(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await Promise.resolve();
}

async function pass(clock: VirtualClock, seconds: number): Promise<void> {
  for (let n = 0; n < seconds * 2; n += 1) {
    await clock.advance(500);
    await settle();
  }
}

async function begin(options: Partial<LiveOptions>) {
  const clock = createVirtualClock(testNow);
  const written: string[] = [];
  const live = startLive({
    clock,
    mode: 'sandbox',
    write: (text) => written.push(text),
    isTty: true,
    color: false,
    columns: () => 120,
    snapshot: () => Promise.resolve(testSnapshot),
    ...options,
  });
  await settle();
  return { clock, written, live };
}

it('rewrites one line each second on a screen', async () => {
  const { clock, written } = await begin({});
  await pass(clock, 3);
  expect(written.length).toBe(4);
  expect(written.every((text) => text.startsWith(erase) && !text.includes('\n'))).toBe(true);
  expect(written[0]).toContain('14:05:09  M-Pesa');
  expect(written[3]).toContain('14:05:12  M-Pesa');
});

it('writes a line every 30 seconds elsewhere', async () => {
  const { clock, written } = await begin({ isTty: false });
  await pass(clock, 29);
  expect(written.length).toBe(1);
  await pass(clock, 31);
  expect(written.length).toBe(3);
  for (const text of written) expect(text).toMatch(/^SANDBOX [^\r]* 14:04.*\n$/);
});

it('asks for figures every five seconds, not with every drawing', async () => {
  let questions = 0;
  const { clock } = await begin({
    snapshot: () => {
      questions += 1;
      return Promise.resolve(testSnapshot);
    },
  });
  await pass(clock, 10);
  expect(questions).toBe(3);
});

it('keeps the last figures and says since when there are none', async () => {
  let answer: () => Promise<Snapshot | undefined> = () => Promise.resolve(testSnapshot);
  const { clock, written } = await begin({ snapshot: () => answer() });
  answer = () => Promise.reject(new Error('the connection broke'));
  await pass(clock, 8);
  expect(written.at(-1)).toContain('4,320');
  expect(written.at(-1)).toContain('no figures for 3.0 s');
  answer = () => Promise.resolve(testSnapshot);
  await pass(clock, 5);
  expect(written.at(-1)).not.toContain('no figures');
});

it('goes on telling the time while an answer takes long, and asks no second time', async () => {
  let questions = 0;
  const { clock, written } = await begin({
    snapshot: () => {
      questions += 1;
      return new Promise(() => undefined);
    },
  });
  await pass(clock, 20);
  expect(questions).toBe(1);
  expect(written.at(-1)).toContain('waiting for the first figures');
  expect(written.at(-1)).toContain('14:05:2');
});

it('writes whole lines where none is rewritten, however narrow', async () => {
  const { written } = await begin({ isTty: false, columns: () => 40 });
  expect(written).toEqual([expect.stringContaining('last KES 450 14:04')]);
});

it('follows the width of the window', async () => {
  let columns = 120;
  const { clock, written } = await begin({ columns: () => columns });
  columns = 40;
  await pass(clock, 1);
  expect(written.at(-1)).toBe(`${erase}SANDBOX 14:05 M 4,320 43% A 10,240 102%`);
});

it.each([
  ['leaves a clean line on a screen', true, erase],
  ['leaves what it wrote elsewhere', false, undefined],
])('stops: %s', async (_, isTty, last) => {
  const { clock, written, live } = await begin({ isTty });
  const before = written.length;
  live.stop();
  live.stop();
  await pass(clock, 60);
  expect(written.slice(before)).toEqual(last === undefined ? [] : [last]);
});
