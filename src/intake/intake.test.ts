import { appendFile, readdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { numberFromId, shillings } from '#kernel';
import type { PayerPayment } from '#rails';

import { openBusiness, type TestBusiness } from '../../test/support/business.ts';
import { bodyOf } from '../../test/support/scripted-rail.ts';
import { openSpool, type Spool } from './index.ts';

let town: TestBusiness;

beforeEach(async () => {
  town = await openBusiness();
});
afterEach(() => town.closeProved());

const received = { statusCode: 200, body: 'received' };
const payment = (n: number, more: Partial<PayerPayment> = {}): PayerPayment => ({
  kind: 'payer-payment',
  receipt: `RCPT${n}`,
  amountMinor: shillings(100),
  shortCode: '600111',
  accountReference: 'AI',
  payer: '254712345678',
  payerName: 'WANJIKU',
  occurredAt: undefined,
  ...more,
});
const pay = (n: number, more: Partial<PayerPayment> = {}) =>
  town.deliver('paybill-confirmation', 0n, payment(n, more));
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
const files = (): Promise<readonly string[]> => readdir(town.spoolFolder);

describe('a group', () => {
  it('of hundreds is booked, each once', async () => {
    const twice = [...numbers(300), ...numbers(300)];
    const answers = await Promise.all(twice.map((n) => pay(n)));
    expect(answers.every((answer) => JSON.stringify(answer) === JSON.stringify(received))).toBe(
      true,
    );
    expect(await town.countOf('payment')).toBe(300);
    expect(await town.countOf('callback')).toBe(300);
    const [total] = await town.rows<{ sum: bigint }>(
      'select sum(amount_minor)::bigint as sum from daily_revenue',
    );
    expect(total?.sum).toBe(shillings(30_000));
  });

  it('with a poisoned callback books its neighbours, and keeps it for a person', async () => {
    const sick = payment(99, { amountMinor: 2n ** 80n });
    await Promise.all([
      ...numbers(20).map((n) => pay(n)),
      town.deliver('paybill-confirmation', 0n, sick),
      ...numbers(20).map((n) => pay(n + 20)),
    ]);
    expect(await town.countOf('payment')).toBe(40);
    expect(await town.countOf('callback')).toBe(41);
    expect(await town.exceptions()).toEqual(['unprocessed-callback']);
  });

  it('with a callback its rail fails over books its neighbours', async () => {
    const [, answer] = await Promise.all([
      pay(1),
      town.deliver('paybill-confirmation', 0n, Buffer.from('fault')),
      pay(2),
    ]);
    expect(answer).toEqual(received);
    expect(await town.countOf('payment')).toBe(2);
    expect(await town.exceptions()).toEqual(['unreadable-callback']);
  });

  it('is told apart by two engines that get the same callbacks', async () => {
    const other = await town.neighbour();
    const deliveries = numbers(50).flatMap((n) => [
      pay(n),
      other.deliver('paybill-confirmation', 0n, payment(49 - n)),
    ]);
    await Promise.all(deliveries);
    expect(await town.countOf('payment')).toBe(50);
  });
});

describe('strangers', () => {
  it('are kept, and limited per minute', async () => {
    const forge = (n: number) => town.deliver('paybill-confirmation', 'forged', payment(n));
    const answers = await Promise.all(numbers(130).map(forge));
    expect(answers.filter((answer) => answer === 'too-many-strangers')).toHaveLength(10);
    expect(await town.countOf('callback where not authentic')).toBe(120);
    expect(await town.countOf('payment')).toBe(0);
    expect(await pay(1)).toEqual(received);
    await town.clock.advance(60_000);
    expect(await forge(999)).toEqual(received);
  });

  it.each([
    { of: 'a provider', subject: 0n, text: 'not json', kind: 'unreadable-callback' },
    { of: 'a stranger', subject: 'forged', text: 'not json', kind: 'forged-callback' },
    { of: 'nobody', subject: 0n, text: '', kind: 'unreadable-callback' },
  ] as const)('an unreadable body of $of is kept', async ({ subject, text, kind }) => {
    const body = Buffer.from(text);
    expect(await town.deliver('paybill-confirmation', subject, body)).toEqual(received);
    expect(await town.countOf('callback')).toBe(1);
    expect(await town.exceptions()).toEqual([kind]);
  });

  it('an oversized body is not', async () => {
    const body = Buffer.alloc(256 * 1024 + 1, 'x');
    expect(await town.deliver('paybill-confirmation', 0n, body)).toBe('cannot-keep');
  });
});

describe('while the database is away', () => {
  it('callbacks are spooled in secret, and booked once when it is back', async () => {
    await pay(0);
    await town.takeDatabaseAway();
    const answers = await Promise.all(numbers(30).map((n) => pay(n)));
    expect(answers.filter((answer) => typeof answer === 'object')).toHaveLength(30);
    expect(town.business.intake.health.spooled).toBe(30);
    await expect(town.business.intake.replay()).rejects.toThrow(
      /connect|terminat|currently accepting/i,
    );
    const spooled = await files();
    expect(spooled).not.toEqual([]);
    for (const name of spooled) {
      const content = await readFile(join(town.spoolFolder, name), 'latin1');
      expect(content).not.toMatch(/RCPT|WANJIKU|254712|paybill/);
    }
    await town.bringDatabaseBack();
    expect(await town.business.intake.replay()).toBe(30);
    expect(await town.business.intake.replay()).toBe(0);
    expect(await files()).toEqual([]);
    expect(await town.countOf('payment')).toBe(30);
  });

  it.each(['commit', 'statement'])('a lost %s is booked once', async (what) => {
    if (what === 'commit') town.fault.loseNextCommit();
    else town.fault.breakAt(5);
    expect(await pay(1)).toEqual(received);
    town.fault.mend();
    expect(town.business.intake.health.spooled).toBe(1);
    await town.business.intake.replay();
    expect(await town.countOf('payment')).toBe(1);
  });

  it('any statement may be the last, and the money is booked once', async () => {
    let statement = 1;
    for (let broke = true; broke; statement += 1) {
      const receipt = `CUT${statement}`;
      town.fault.breakAt(statement);
      await pay(statement, { receipt });
      broke = town.fault.statements >= statement;
      town.fault.mend();
      await town.business.intake.replay();
      await pay(statement, { receipt });
      expect(await town.countOf('payment')).toBe(statement);
    }
    expect(statement).toBeGreaterThan(8);
  });

  it('an engine that is killed leaves its spool to the next, or to its neighbour', async () => {
    town.fault.breakAt(1);
    await pay(1);
    const other = await town.neighbour();
    expect(other.business.intake.health.spooled).toBe(1);
    await pay(2);
    expect(await other.business.intake.replay()).toBe(2);
    // Its file is gone from under it, and it writes another.
    await pay(3);
    expect(await other.business.intake.replay()).toBe(1);
    town.fault.mend();
    expect(await town.countOf('payment')).toBe(3);
  });

  it('a database that hangs does not keep providers waiting', async () => {
    const { database } = town.business;
    const { promise: locked, resolve: isLocked } = Promise.withResolvers<undefined>();
    const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
    const holding = database.transaction(async (tx) => {
      await tx.executeQuery(lockOf('callback'));
      isLocked(undefined);
      await released;
    });
    await locked;
    const answer = pay(1);
    for (let n = 0; n < 50; n += 1) await town.rows('select 1');
    await town.clock.advance(5_000);
    expect(await answer).toEqual(received);
    expect(town.business.intake.health.spooled).toBe(1);
    release(undefined);
    await holding;
    await town.business.intake.replay();
    expect(await town.countOf('payment')).toBe(1);
  });
});

const lockOf = (table: string) => ({
  sql: `lock table ${table} in exclusive mode`,
  parameters: [],
  query: { kind: 'RawNode' as const, sqlFragments: [], parameters: [] },
  queryId: { queryId: 'lock' },
});

describe('the spool', () => {
  const spooled = async (...receipts: readonly number[]): Promise<void> => {
    town.fault.breakAt(1);
    for (const n of receipts) await pay(n);
    await town.business.spool.close();
    town.fault.mend();
  };
  const only = async (): Promise<string> => join(town.spoolFolder, (await files())[0] ?? '');

  it.each([
    ['garbage at its end', (path: string) => appendFile(path, 'half a rec'), 2],
    ['a record cut short', (path: string) => truncate(path, 700), 1],
    [
      'a bit that flipped',
      async (path: string) => {
        const content = await readFile(path);
        content.writeUInt8(content.readUInt8(content.length - 1) ^ 1, content.length - 1);
        await writeFile(path, content);
      },
      1,
    ],
  ])('a file with %s gives what is sound, and is kept', async (_, damage, sound) => {
    await spooled(1, 2);
    await damage(await only());
    await town.business.intake.replay();
    expect(await town.countOf('payment')).toBe(sound);
    expect(await files()).toEqual(['0000000001.taken.torn']);
    expect(await town.business.intake.replay()).toBe(0);
  });

  it('a file taken by an engine that died is taken again', async () => {
    await spooled(1);
    const path = await only();
    await rename(path, path.replace('.spool', '.taken'));
    expect(await (await town.neighbour()).business.intake.replay()).toBe(1);
    expect(await files()).toEqual([]);
  });

  it('is not called empty before the last of it is handed over', async () => {
    await spooled(1, 2);
    const { spool } = town.business;
    const seen: string[] = [];
    const look = async (): Promise<void> => {
      while (seen.at(-1) !== 'over') {
        if (spool.pending === 0) seen.push('empty');
        await turn();
      }
    };
    const looking = look();
    const count = await spool.replay(() => Promise.resolve(void seen.push('handed over')));
    seen.push('over');
    await looking;
    expect(count).toBe(2);
    expect(seen[0]).toBe('handed over');
    expect(spool.pending).toBe(0);
  });

  it('that is full cannot keep more, and says so beforehand', async () => {
    const spool: Spool = await openSpool({
      folder: join(town.spoolFolder, 'small'),
      vault: town.business.vault,
      bytesMax: 3_000,
      onTorn: () => undefined,
    });
    const callback = (n: number) => ({
      id: town.business.ids.next('callback'),
      rail: 'mpesa' as const,
      channel: 'paybill-confirmation' as const,
      subject: 0n,
      source: 'x',
      receivedAt: town.clock.now(),
      digest: Buffer.from(`${n}`),
      body: bodyOf(payment(n)),
    });
    const append = (n: number) => spool.append([callback(n)]);
    const warnings: boolean[] = [];
    const fill = async (): Promise<void> => {
      for (let n = 0; n < 20; n += 1) {
        warnings.push(spool.nearlyFull);
        await append(n);
      }
    };
    await expect(fill()).rejects.toThrow('full');
    expect(warnings[0]).toBe(false);
    expect(warnings.at(-1)).toBe(true);
    const seen: bigint[] = [];
    await spool.replay(async (group) => {
      seen.push(...group.map(({ id }) => numberFromId(id)));
    });
    expect(seen).toEqual(seen.toSorted((a, b) => Number(a - b)));
    expect(spool.pending).toBe(0);
    await append(99);
    await spool.close();
  });
});
