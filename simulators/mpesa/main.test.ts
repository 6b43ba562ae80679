import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const mainPath = fileURLToPath(new URL('./main.ts', import.meta.url));
const quick = { min: 0, max: 0 };
const timeoutMs = 60_000;

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mpesa-main-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await killed(child);
  rmSync(folder, { recursive: true, force: true });
});

const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', resolve))
    : Promise.resolve(child.exitCode);

async function killed(child: ChildProcess): Promise<void> {
  const gone = exitOf(child);
  child.kill('SIGKILL');
  await gone;
}

interface Started {
  readonly child: ChildProcess;
  readonly line: Record<string, unknown>;
}

async function start(change: object = {}): Promise<Started> {
  const config = {
    port: 0,
    stateDir: folder,
    seed: 3,
    consumerKey: 'key',
    consumerSecret: 'secret',
    shortCode: '600100',
    passkey: 'passkey',
    initiatorName: 'apiuser',
    initiatorPassword: 'password',
    timings: { confirmationLagMs: quick },
    ...change,
  };
  return startWith(`${JSON.stringify(config)}\n`);
}

async function startWith(input: string): Promise<Started> {
  const child = spawn(process.execPath, [mainPath], { stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  child.stdin.write(input);
  const line = await new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).once('line', resolve),
  );
  return { child, line: JSON.parse(line) as Record<string, unknown> };
}

const call = async (url: unknown, path: string, init: RequestInit = {}): Promise<unknown> => {
  const headers = { 'content-type': 'application/json', ...init.headers };
  return (await fetch(`${String(url)}${path}`, { ...init, headers })).json();
};
type Posted = Readonly<Record<string, unknown>> & { headers?: Record<string, string> };
const post = (url: unknown, path: string, { headers = {}, ...body }: Posted): Promise<unknown> =>
  call(url, path, { method: 'POST', body: JSON.stringify(body), headers });

it(
  'says where it is and ends with its standard input',
  async () => {
    const { child, line } = await start();
    expect(line).toEqual({
      ready: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      certificatePath: join(folder, 'certificate.pem'),
    });
    expect(await call(line['url'], '/sim/health')).toMatchObject({ ok: true });
    child.stdin?.end();
    expect(await exitOf(child)).toBe(0);
  },
  timeoutMs,
);

it.each(['SIGTERM', 'SIGINT'] as const)(
  'stops cleanly on %s',
  async (signal) => {
    const { child } = await start();
    child.kill(signal);
    expect(await exitOf(child)).toBe(0);
  },
  timeoutMs,
);

it.each([
  ['{"port":0}\n', 'stateDir'],
  ['nonsense\n', 'JSON'],
])(
  'refuses to start with %j',
  async (input, word) => {
    const { child, line } = await startWith(input);
    expect(line).toEqual({ ready: false, error: expect.stringContaining(word) });
    expect(await exitOf(child)).toBe(1);
  },
  timeoutMs,
);

it(
  'refuses a port that is taken and a folder that is in use',
  async () => {
    const { line } = await start();
    const port = Number(new URL(String(line['url'])).port);
    const second = await start({ port, stateDir: join(folder, 'second') });
    expect(second.line).toEqual({ ready: false, error: expect.stringContaining('EADDRINUSE') });
    expect(await exitOf(second.child)).toBe(1);
    const third = await start();
    expect(third.line).toEqual({ ready: false, error: expect.stringContaining('locked') });
    expect(await exitOf(third.child)).toBe(1);
  },
  timeoutMs,
);

it(
  'delivers after a kill -9 what it owed before, once',
  async () => {
    const receipts: string[] = [];
    let arrived: (() => void) | undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        receipts.push((JSON.parse(text) as { TransID: string }).TransID);
        response.end('{}');
        arrived?.();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const far = { min: 604_800_000, max: 604_800_000 };
      const first = await start({ timings: { confirmationLagMs: far } });
      const { url } = first.line;
      const basic = `Basic ${Buffer.from('key:secret').toString('base64')}`;
      const token = (await call(url, '/oauth/v1/generate?grant_type=client_credentials', {
        headers: { authorization: basic },
      })) as { access_token: string };
      const urls = { ConfirmationURL: `${here}/c`, ValidationURL: `${here}/v` };
      const registration = { ShortCode: '600100', ResponseType: 'Completed', ...urls };
      const authorization = `Bearer ${token.access_token}`;
      await post(url, '/mpesa/c2b/v2/registerurl', { ...registration, headers: { authorization } });
      await post(url, '/sim/phones', { msisdn: '254712345678', name: 'Jane', balance: 100 });
      const payment = { shortCode: '600100', accountReference: 'x', amount: 40 };
      const paid = (await post(url, '/sim/phones/254712345678/pay', payment)) as {
        receipt: string;
      };
      await killed(first.child);
      expect(receipts).toEqual([]);
      // A week later: the waiting callback is made overdue by hand, the clock being the wall's.
      const { DatabaseSync } = await import('node:sqlite');
      const db = new DatabaseSync(join(folder, 'state.sqlite'));
      expect(db.prepare(`update callbacks set due_at = 0`).run().changes).toBe(1);
      db.close();
      const second = await start();
      await arrival;
      expect(receipts).toEqual([paid.receipt]);
      const wallet = await call(second.line['url'], '/sim/phones/254712345678');
      expect(wallet).toMatchObject({ balance: '60' });
      await killed(second.child);
      const third = await start();
      expect(await call(third.line['url'], '/sim/conservation')).toMatchObject({ ok: true });
      expect(receipts).toEqual([paid.receipt]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  },
  timeoutMs,
);
