import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  eventually,
  makeInstallation,
  type Installation,
  type Json,
  type RunningInstallation,
} from '../support/engine-process.ts';

/**
 * A fresh machine earns its first confirmed shilling: both rails, real HTTP, real PostgreSQL, the
 * one command, nothing configured beforehand.
 */
describe('a machine without configuration', () => {
  let installation: Installation;
  let engine: RunningInstallation;

  beforeAll(async () => {
    installation = await makeInstallation();
    engine = await installation.start();
  }, 60_000);

  afterAll(() => installation.remove(), 60_000);

  const status = (): Promise<Json> => engine.get('/api/qmoi/revenue/status');

  it('configures itself, shows the master key once, and keeps secrets to itself', async () => {
    // It answers a moment before it has told so.
    const key = await eventually('the start is told', () => {
      const told = engine.output();
      const shown = /qmoi-[0-9A-Z]{6}(?:-[0-9A-Z]{6}){4}/.exec(told)?.[0];
      return Promise.resolve(told.includes('SANDBOX') && shown);
    });
    expect(engine.output().split(key)).toHaveLength(2);
    const env = await readFile(join(installation.home, '.env'), 'utf8');
    expect(env).not.toContain(key);
    const answer = await fetch(`${engine.url}/api/qmoi/master/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    });
    expect(answer.status).toBe(200);
  });

  it('shows confirmed payments on both rails within a minute', async () => {
    const now = await eventually(
      'both rails have earned',
      async () => {
        const { today } = (await status()) as { today: Record<string, number> };
        return (today['mpesa'] ?? 0) > 0 && (today['airtel'] ?? 0) > 0 && today;
      },
      60_000,
    );
    expect(now['combined']).toBe((now['mpesa'] ?? 0) + (now['airtel'] ?? 0));
  }, 70_000);

  it.each(['mpesa', 'airtel'])(
    'traces a %s payment from charge to entries',
    async (rail) => {
      const trace = await eventually('a prompted payment is confirmed', async () => {
        const { items } = (await engine.get(
          `/api/qmoi/revenue/transactions?rail=${rail}&state=earned&limit=50`,
        )) as { items: { id: string; chargeId: string | null }[] };
        for (const { id, chargeId } of items) {
          if (chargeId === null) continue;
          const found = await engine.get(`/api/qmoi/revenue/transactions/${id}`);
          if ((found['prompts'] as unknown[]).length > 0) return found;
        }
        return undefined;
      });
      expect(trace).toMatchObject({ charge: { state: 'paid' }, payment: { rail } });
      const channel = rail === 'mpesa' ? 'stk-result' : 'airtel-result';
      expect(trace['evidence']).toContainEqual(
        expect.objectContaining({ kind: 'callback', channel }),
      );
      const entries = trace['entries'] as { amountMinor?: string; amount?: string }[];
      expect(entries.length).toBeGreaterThanOrEqual(2);
    },
    70_000,
  );

  it('proves its books, and says so on the command line', async () => {
    const { code, out } = await installation.command('proof', '--json');
    const proof = JSON.parse(out) as { ok: boolean; checks: { ok: boolean; name: string }[] };
    expect(proof.checks.filter((check) => !check.ok)).toEqual([]);
    expect(proof.ok).toBe(true);
    expect(code).toBe(0);
  });

  it('prints the status answer and nothing else', async () => {
    const { code, out } = await installation.command('status', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      status: 'running',
      mode: 'sandbox',
      targets: {
        daily: { mpesa: 10_000, airtel: 10_000, combined: 20_000 },
        autoTransfer: { mpesa: 2_000, airtel: 2_000 },
      },
    });
  });

  it('refuses to start twice, in one sentence with the fix', async () => {
    const { code, err } = await installation.command('start');
    expect(code).toBe(1);
    expect(err).toContain('already running');
    expect(err).toContain('revenue:stop');
  });

  it('stops everything, and proves its books at rest', async () => {
    const { code } = await installation.command('stop');
    expect(code).toBe(0);
    await eventually('the engine is gone', async () => {
      const { code: last } = await installation.command('status');
      return last === 3;
    });
    const { out } = await installation.command('proof', '--json');
    expect(JSON.parse(out)).toMatchObject({ ok: true });
    expect(await installation.processes()).toEqual([]);
  }, 60_000);

  it('has nothing secret in its log', async () => {
    const log = await readFile(join(installation.home, 'logs', 'revenue_engine.log'), 'utf8');
    const env = await readFile(join(installation.home, '.env'), 'utf8');
    const secrets = [...env.matchAll(/^\w*(?:SECRET|KEY|PASSKEY|PASSWORD|PIN)\w*='?([^'\n]+)/gm)];
    expect(secrets.length).toBeGreaterThan(5);
    for (const [, secret = ''] of secrets) expect(log).not.toContain(secret);
    expect(log).not.toMatch(/(?<!\d)254[17]\d{8}(?!\d)/);
  });

  it('goes on where it stopped', async () => {
    engine = await installation.start();
    const { total } = (await status()) as { total: { combined: number } };
    expect(total.combined).toBeGreaterThan(0);
    expect(await engine.stop()).toBe(0);
  }, 60_000);
});
