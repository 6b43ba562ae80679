import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { firstBusinessId, type RailId, Secret } from '#kernel';
import { createDatabase, type Database, sql } from '#platform/db';

import { createSeededRandom, createTestBed, keysFor, type TestBed } from './test-kit.ts';
import { createTokenKeeper, type SharedTokenKeeper } from './token-keeper.ts';
import { createVault } from './vault.ts';

const hourMs = 3_600_000;
let bed: TestBed;
let minted: number;

beforeAll(async () => {
  bed = await createTestBed();
});

afterAll(() => bed.close());

beforeEach(async () => {
  minted = 0;
  await sql`delete from provider_token`.execute(bed.database.executor);
});

async function keeperOn(database: Database, seed: string): Promise<SharedTokenKeeper> {
  const { clock } = bed;
  const businessId = firstBusinessId;
  const random = createSeededRandom(seed);
  const keys = keysFor('tokens');
  const vault = createVault({ database: bed.database, businessId, keys, clock, random });
  await vault.open();
  return createTokenKeeper({ database, vault, businessId, clock });
}

const minting = (lifeMs: number) => async () => {
  minted += 1;
  const token = new Secret(`token-${minted}`);
  await Promise.resolve();
  return { token, expiresAt: bed.clock.now() + lifeMs };
};

async function get(
  keeper: SharedTokenKeeper,
  { rail = 'mpesa', lifeMs = hourMs }: { rail?: RailId; lifeMs?: number } = {},
): Promise<string> {
  const answer = await keeper.get(rail, minting(lifeMs));
  return 'token' in answer ? answer.token.reveal() : answer.kind;
}

async function tokenOf(keeper: SharedTokenKeeper) {
  const answer = await keeper.get('mpesa', minting(hourMs));
  if (!('token' in answer)) throw new Error(answer.kind);
  return answer;
}

const asksMax = 2_000;

/** Asks the database until somebody waits for a lock, or somebody has minted without waiting. */
async function untilOneWaits(): Promise<void> {
  for (let asked = 0; asked < asksMax; asked += 1) {
    const { rows } = await sql`
      select from pg_locks join pg_database d on d.oid = database and datname = current_database()
      where locktype = 'advisory' and not granted`.execute(bed.neighbour.executor);
    if (rows.length > 0 || minted > 0) return;
  }
}

describe('the token keeper', () => {
  it('mints once for all callers of all processes', async () => {
    const one = await keeperOn(bed.database, 'one');
    const two = await keeperOn(bed.neighbour, 'two');
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, n) => get(n % 2 === 0 ? one : two)),
    );
    expect(new Set(tokens)).toEqual(new Set(['token-1']));
    expect(minted).toBe(1);
  });

  it('lets another process wait for the one that is minting', async () => {
    const one = await keeperOn(bed.database, 'one');
    const two = await keeperOn(bed.neighbour, 'two');
    const entered = Promise.withResolvers<void>();
    const provider = Promise.withResolvers<void>();
    const first = one.get('mpesa', async () => {
      entered.resolve();
      await provider.promise;
      return await minting(hourMs)();
    });
    await entered.promise;
    const second = get(two);
    await untilOneWaits();
    expect(minted).toBe(0);
    provider.resolve();
    const answer = await first;
    expect('token' in answer && answer.token.reveal()).toBe('token-1');
    expect(await second).toBe('token-1');
  });

  it('hands a token on to a process that starts later', async () => {
    await get(await keeperOn(bed.database, 'one'));
    expect(await get(await keeperOn(bed.neighbour, 'two'))).toBe('token-1');
  });

  it.each([
    [hourMs, 60_000],
    [180_000, 60_000],
    [90_000, 30_000],
    [3_000, 1_000],
  ])('renews a token of %d ms when %d ms are left', async (lifeMs, marginMs) => {
    const one = await keeperOn(bed.database, 'one');
    await get(one, { lifeMs });
    const two = await keeperOn(bed.neighbour, 'two');
    await bed.clock.advance(lifeMs - marginMs - 1);
    expect([await get(one), await get(two)]).toEqual(['token-1', 'token-1']);
    await bed.clock.advance(1);
    expect([await get(one), await get(two)]).toEqual(['token-2', 'token-2']);
  });

  it('keeps rails apart', async () => {
    const keeper = await keeperOn(bed.database, 'one');
    expect(await get(keeper)).toBe('token-1');
    expect(await get(keeper, { rail: 'airtel' })).toBe('token-2');
    expect(await get(keeper)).toBe('token-1');
  });

  it('drops a refused token everywhere, and never a newer one', async () => {
    const one = await keeperOn(bed.database, 'one');
    const two = await keeperOn(bed.neighbour, 'two');
    const refused = await tokenOf(one);
    expect(await get(two)).toBe('token-1');
    await one.drop('mpesa', refused);
    expect(await get(one)).toBe('token-2');
    await two.drop('mpesa', refused);
    expect(await get(two)).toBe('token-2');
    await one.drop('mpesa', refused);
    expect(await get(await keeperOn(bed.database, 'three'))).toBe('token-2');
    expect(minted).toBe(2);
  });

  it('does not hand out what was refused while it was being fetched', async () => {
    const refused = await tokenOf(await keeperOn(bed.database, 'one'));
    const read = Promise.withResolvers<void>();
    const hold = Promise.withResolvers<void>();
    const slow: Database = {
      ...bed.neighbour,
      transaction: async (work) => {
        const value = await bed.neighbour.transaction(work);
        read.resolve();
        await hold.promise;
        return value;
      },
    };
    const two = await keeperOn(slow, 'two');
    const early = get(two);
    await read.promise;
    const late = two.drop('mpesa', refused).then(() => get(two));
    hold.resolve();
    expect(await Promise.all([early, late])).toEqual(['token-2', 'token-2']);
    expect(minted).toBe(2);
  });

  it('takes a token again that its provider hands out again', async () => {
    const keeper = await keeperOn(bed.database, 'one');
    const same = { token: new Secret('the same'), expiresAt: bed.clock.now() + hourMs };
    let asked = 0;
    const mint = () => {
      asked += 1;
      return Promise.resolve(same);
    };
    await keeper.get('mpesa', mint);
    await keeper.drop('mpesa', same);
    for (let n = 0; n < 3; n += 1) expect(await keeper.get('mpesa', mint)).toMatchObject(same);
    expect(asked).toBe(2);
  });

  it('passes a refusal on and keeps nothing of it', async () => {
    const keeper = await keeperOn(bed.database, 'one');
    const refusal = { kind: 'refused', code: '401', description: 'wrong key' } as const;
    expect(await keeper.get('mpesa', () => Promise.resolve(refusal))).toEqual(refusal);
    expect(await get(keeper)).toBe('token-1');
  });

  it('tries again after minting failed', async () => {
    const keeper = await keeperOn(bed.database, 'one');
    const failing = keeper.get('mpesa', () => Promise.reject(new Error('a defect')));
    await expect(failing).rejects.toThrow('a defect');
    expect(await get(keeper)).toBe('token-1');
  });

  it('keeps no token readable in the database', async () => {
    await get(await keeperOn(bed.database, 'one'));
    const { rows } = await sql<{ sealed: Buffer }>`select sealed from provider_token`.execute(
      bed.database.executor,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.sealed.includes('token-1')).toBe(false);
  });

  it('replaces a kept token that does not open', async () => {
    await get(await keeperOn(bed.database, 'one'));
    await sql`update provider_token set sealed = ${Buffer.alloc(50)}`.execute(
      bed.database.executor,
    );
    expect(await get(await keeperOn(bed.neighbour, 'two'))).toBe('token-2');
    expect(await get(await keeperOn(bed.neighbour, 'three'))).toBe('token-2');
  });

  it('works on while the database is away', async () => {
    const nowhere = createDatabase({ connectionString: 'postgres://x@127.0.0.1:1/x' });
    const keeper = await keeperOn(nowhere, 'one');
    const [token, same] = await Promise.all([tokenOf(keeper), get(keeper)]);
    expect([token.token.reveal(), same, await get(keeper)]).toEqual(
      Array.from({ length: 3 }, () => 'token-1'),
    );
    await keeper.drop('mpesa', token);
    expect(await get(keeper)).toBe('token-2');
    await nowhere.close();
  });

  it('uses the token it was given though the database went away at the commit', async () => {
    const failing: Database = {
      ...bed.database,
      transaction: async (work) => {
        await bed.database.transaction(work);
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      },
    };
    const keeper = await keeperOn(failing, 'one');
    expect([await get(keeper), await get(keeper)]).toEqual(['token-1', 'token-1']);
    expect(minted).toBe(1);
  });

  it('does not take a defect for an absence', async () => {
    const failing: Database = {
      ...bed.database,
      transaction: () => Promise.reject(new Error('a defect')),
    };
    await expect(get(await keeperOn(failing, 'one'))).rejects.toThrow('a defect');
    expect(minted).toBe(0);
  });
});
