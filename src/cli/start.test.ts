import { expect, it } from 'vitest';

import { err, ok } from '#kernel';

import { createCli } from './cli.ts';
import { exitCodes, type CliDeps, type Started } from './deps.ts';
import { testStatus } from './status-test-kit.ts';
import { createDesk, createTestEngine } from './test-kit.ts';

const erase = '\r\u001B[2K';

/** Lets everything that waits for a settled promise run. */
async function settle(): Promise<void> {
  for (let n = 0; n < 40; n += 1) await Promise.resolve();
}

const startOf =
  (engine: Started): CliDeps['start'] =>
  () =>
    Promise.resolve(ok(engine));

it('tells each step when it is done, and stays until the engine has stopped', async () => {
  const engine = createTestEngine();
  const desk = createDesk({
    start: async ({ onProgress }) => {
      onProgress('provider simulators ready');
      await desk.clock.advance(900);
      onProgress('database ready');
      return ok(engine);
    },
  });
  const running = createCli(desk.deps).run(['start']);
  await settle();
  expect(desk.out()).toMatch(
    /^✓ provider simulators ready \(0\.0 s\)\n✓ database ready \(0\.9 s\)\n\n✓ ready in 0\.9 s\n/,
  );
  expect(desk.out()).toMatch(/\nSANDBOX {2}14:05:0\d {2}M-Pesa .*\n$/);
  await engine.stop();
  expect(await running).toBe(0);
  expect(desk.out()).toMatch(/\nstopped\n$/);
});

it('asks the engine to stop at Ctrl-C, on a clean line', async () => {
  const desk = createDesk({ start: startOf(createTestEngine()) }, { isTty: true });
  const running = createCli(desk.deps).run(['start']);
  await settle();
  const before = desk.out().length;
  desk.pressCtrlC();
  expect(await running).toBe(0);
  expect(desk.out().slice(before)).toBe(`${erase}stopping…\nstopped\n`);
});

it('says nothing more once it has stopped', async () => {
  const desk = createDesk({ start: startOf(createTestEngine()) }, { isTty: true });
  const running = createCli(desk.deps).run(['start']);
  await settle();
  desk.pressCtrlC();
  await running;
  const before = desk.out();
  await desk.clock.advance(60_000);
  desk.pressCtrlC();
  await settle();
  expect(desk.out()).toBe(before);
});

it('leaves at once at the second Ctrl-C', async () => {
  const stuck = createTestEngine({ stop: () => Promise.resolve() });
  const desk = createDesk({ start: startOf(stuck) });
  const running = createCli(desk.deps).run(['start']);
  await settle();
  desk.pressCtrlC();
  desk.pressCtrlC();
  expect(await running).toBe(exitCodes.refused);
  expect(desk.out()).toContain('the next start recovers what was under way');
});

it('gives up a start that is interrupted', async () => {
  const desk = createDesk({
    start: ({ signal }) =>
      new Promise((resolve) => {
        const refused = { message: 'Stopped before it was ready.', exitCode: exitCodes.refused };
        signal.addEventListener('abort', () => resolve(err(refused)));
      }),
  });
  const running = createCli(desk.deps).run(['start']);
  await settle();
  desk.pressCtrlC();
  expect(await running).toBe(exitCodes.refused);
  expect(desk.out()).toBe('stopping…\n');
  expect(desk.errors()).toBe('✗ Stopped before it was ready.\n');
});

it('stops an engine that came up while it was being interrupted', async () => {
  const engine = createTestEngine();
  const desk = createDesk({
    start: () => {
      desk.pressCtrlC();
      return Promise.resolve(ok(engine));
    },
  });
  expect(await createCli(desk.deps).run(['start'])).toBe(0);
  expect(desk.out()).toBe('stopping…\nstopped\n');
});

it('comes back at once from the background', async () => {
  const desk = createDesk({ start: startOf(createTestEngine()) }, { isTty: true });
  expect(await createCli(desk.deps).run(['start', '--detach'])).toBe(0);
  expect(desk.out()).toContain('in the background, process 4711');
  expect(desk.out()).not.toContain(erase);
});

it('keeps the live line beside the document', async () => {
  const engine = createTestEngine();
  const desk = createDesk({ start: startOf(engine) }, { isTty: true });
  const running = createCli(desk.deps).run(['start', '--json']);
  await settle();
  await engine.stop();
  await running;
  expect(JSON.parse(desk.out())).toMatchObject({ ok: true });
  expect(desk.errors()).toMatch(/^SANDBOX .*\nstopped\n$/);
});

it('watches until Ctrl-C', async () => {
  const desk = createDesk({}, { isTty: true });
  const running = createCli(desk.deps).run(['status', '--watch']);
  await settle();
  await desk.clock.advance(5_000);
  await settle();
  desk.pressCtrlC();
  expect(await running).toBe(0);
  expect(desk.asked).toHaveLength(2);
  expect(desk.out().split('\u001B[H')).toHaveLength(3);
});

it('stops watching when the engine is gone', async () => {
  let looks = 0;
  const desk = createDesk({
    status: () => {
      looks += 1;
      const gone = { message: 'The engine is not running.', exitCode: exitCodes.notRunning };
      return Promise.resolve(looks === 1 ? ok(testStatus) : err(gone));
    },
  });
  const running = createCli(desk.deps).run(['status', '--watch']);
  await settle();
  await desk.clock.advance(30_000);
  expect(await running).toBe(exitCodes.notRunning);
});
