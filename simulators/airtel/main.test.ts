import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, it } from 'vitest';

import { phone, stopKits, temporaryDir, testConfig } from './test-kit.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const children: Started[] = [];
const servers: Server[] = [];

afterEach(async () => {
  for (const { child, exited } of children.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
  for (const server of servers.splice(0)) server.close();
  await stopKits();
});

interface Started {
  readonly child: ChildProcess;
  readonly said: Promise<ReturnType<typeof JSON.parse>>;
  readonly exited: Promise<number | string | null>;
}

function start(line: string): Started {
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  const said = new Promise<ReturnType<typeof JSON.parse>>((resolve) => {
    createInterface({ input: child.stdout }).once('line', (text) => resolve(JSON.parse(text)));
  });
  child.stdin.write(`${line}\n`);
  const started = { child, said, exited };
  children.push(started);
  return started;
}

/** Timings of a few milliseconds: this is a real process on the wall clock. */
const quick = {
  promptDelayMs: { min: 0, max: 0 },
  callbackDelayMs: { min: 5, max: 5 },
};

const configLine = (stateDir: string, change: object = {}): string =>
  JSON.stringify({ ...testConfig(stateDir), timings: quick, ...change });

const send = async (
  url: string,
  { method = 'POST', headers = {}, body }: { method?: string; headers?: object; body?: object },
): Promise<ReturnType<typeof JSON.parse>> => {
  const reply = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return reply.json();
};

/** Collects what is posted to it; `next` waits for one more. */
async function receiver(): Promise<{ url: string; bodies: string[]; next: () => Promise<void> }> {
  const bodies: string[] = [];
  let wake = Promise.withResolvers<void>();
  const server = createServer({}, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('utf8'));
      response.end();
      wake.resolve();
      wake = Promise.withResolvers<void>();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/callback`, bodies, next: () => wake.promise };
}

async function collect(url: string, id: string, onPrompt: string): Promise<void> {
  const token = await send(`${url}/auth/oauth2/token`, {
    body: {
      client_id: 'client',
      client_secret: 'client-secret',
      grant_type: 'client_credentials',
    },
  });
  await send(`${url}/sim/phones`, {
    body: { msisdn: phone, name: 'Jane', balance: 500, script: { onPrompt, afterMs: 0 } },
  });
  await send(`${url}/merchant/v1/payments/`, {
    headers: {
      authorization: `Bearer ${token.access_token}`,
      'x-country': 'KE',
      'x-currency': 'KES',
    },
    body: {
      reference: 'INV001',
      subscriber: { msisdn: phone },
      transaction: { amount: 10, id },
    },
  });
}

describe('the process', { timeout: 60_000 }, () => {
  it('survives SIGKILL: what was pending still happens, each callback once', async () => {
    const stateDir = temporaryDir();
    const inbox = await receiver();
    const line = configLine(stateDir, { callbackUrl: inbox.url });
    const first = start(line);
    const { url } = await first.said;
    const called = inbox.next();
    await collect(url, 'TXN0001', 'approve');
    await called;
    // This one's prompt waits for an hour; the kill finds it pending.
    await collect(url, 'TXN0002', 'ask');
    first.child.kill('SIGKILL');
    expect(await first.exited).toBe('SIGKILL');

    const second = start(line);
    const { url: secondUrl } = await second.said;
    let prompts: { id: string }[] = [];
    for (let look = 0; look < 1000 && prompts.length === 0; look += 1) {
      prompts = (await send(`${secondUrl}/sim/prompts?state=open`, { method: 'GET' })).prompts;
    }
    const calledAgain = inbox.next();
    await send(`${secondUrl}/sim/prompts/${prompts[0]?.id}`, { body: { action: 'approve' } });
    await calledAgain;
    const ids = inbox.bodies.map((body) => JSON.parse(body).transaction.id);
    expect(ids).toEqual(['TXN0001', 'TXN0002']);
    const books = await send(`${secondUrl}/sim/conservation`, { method: 'GET' });
    expect(books).toEqual({ ok: true, sum: '0.00' });
    const org = await send(`${secondUrl}/sim/org`, { method: 'GET' });
    expect(org.balance).toBe('20.00');
  });

  it.each([
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['SIGINT', (child: ChildProcess) => child.kill('SIGINT')],
    ['the end of standard input', (child: ChildProcess) => child.stdin?.end()],
  ])('stops cleanly on %s', async (_what, end) => {
    const started = start(configLine(temporaryDir()));
    expect(await started.said).toMatchObject({ ready: true });
    end(started.child);
    expect(await started.exited).toBe(0);
  });

  it.each([
    ['{"port":0}', 'stateDir: is missing'],
    ['{', 'JSON'],
  ])('says why it cannot start with %s', async (line, words) => {
    const started = start(line);
    expect(await started.said).toEqual({ ready: false, error: expect.stringContaining(words) });
    expect(await started.exited).toBe(1);
  });

  it('refuses a port that is taken, and a state that is in use', async () => {
    const stateDir = temporaryDir();
    const { url } = await start(configLine(stateDir)).said;
    const port = Number(new URL(url).port);
    const samePort = start(configLine(temporaryDir(), { port }));
    expect(await samePort.said).toMatchObject({
      ready: false,
      error: expect.stringContaining('EADDRINUSE'),
    });
    expect(await samePort.exited).toBe(1);
    const sameState = start(configLine(stateDir));
    expect(await sameState.said).toMatchObject({
      ready: false,
      error: expect.stringContaining('in use'),
    });
    expect(await sameState.exited).toBe(1);
  });
});
