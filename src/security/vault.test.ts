import { createSecretKey } from 'node:crypto';

import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { type BusinessId, firstBusinessId, isoOf } from '#kernel';
import { type Database, sql } from '#platform/db';

import { forms, headOf, SealBroken, sealWith, unsealWith } from './envelope.ts';
import { deriveKey } from './place-keys.ts';
import { createSeededRandom, createTestBed, keysFor, startAt, type TestBed } from './test-kit.ts';
import { createVault, type Vault } from './vault.ts';

let bed: TestBed;

beforeAll(async () => {
  bed = await createTestBed();
});

afterAll(() => bed.close());

beforeEach(async () => {
  await sql`delete from data_key`.execute(bed.database.executor);
});

interface Choice {
  readonly database?: Database;
  readonly businessId?: BusinessId;
  readonly secret?: string;
  readonly seed?: string;
}

const vaultOf = ({ database, businessId, secret, seed }: Choice = {}): Vault =>
  createVault({
    database: database ?? bed.database,
    businessId: businessId ?? firstBusinessId,
    keys: keysFor(secret ?? 'the secret'),
    clock: bed.clock,
    random: createSeededRandom(seed ?? 'one'),
  });

async function opened(choice: Choice = {}): Promise<Vault> {
  const vault = vaultOf(choice);
  expect(await vault.open()).toEqual({ ok: true, value: undefined });
  return vault;
}

const cell = { table: 'callback', column: 'body', row: 77n } as const;

describe('the vault', () => {
  it('opens what it sealed, also after a restart', async () => {
    const vault = await opened();
    const sealed = vault.seal('{"amount":2000}', cell);
    expect(vault.unseal(sealed, cell).toString()).toBe('{"amount":2000}');
    const next = await opened({ seed: 'two', database: bed.neighbour });
    expect(next.unseal(sealed, cell).toString()).toBe('{"amount":2000}');
  });

  it('ends up with one key when two processes make the first one', async () => {
    const seeds = ['a', 'b', 'c', 'd', 'e', 'f'];
    const vaults = await Promise.all(
      seeds.map((seed, n) =>
        opened({ seed, database: n % 2 === 1 ? bed.neighbour : bed.database }),
      ),
    );
    const { rows } = await sql`select from data_key`.execute(bed.database.executor);
    expect(rows).toHaveLength(1);
    for (const sealer of vaults) {
      const sealed = sealer.seal('Duka', cell);
      for (const other of vaults) expect(other.unseal(sealed, cell).toString()).toBe('Duka');
    }
  });

  it('opens what older versions sealed by a key of the cell alone', async () => {
    const vault = await opened();
    const { rows } = await sql<{ wrapped: Buffer }>`
      select wrapped from data_key`.execute(bed.database.executor);
    const wrapping = ['1', 'data_key', 'wrapped', '1'].join('\0');
    const dataKey = unsealWith(
      { place: wrapping, key: deriveKey(keysFor('the secret').keyEncryption, wrapping) },
      rows[0]?.wrapped ?? Buffer.alloc(0),
    );
    const place = ['1', 'callback', 'body', '77'].join('\0');
    const key = deriveKey(createSecretKey(dataKey ?? Buffer.alloc(0)), place);
    const nonce = createSeededRandom('old')(12);
    const old = sealWith({ form: forms.cell, key, place, keyId: 1, nonce }, 'Duka');
    expect(vault.unseal(old, cell).toString()).toBe('Duka');
    expect(() => vault.unseal(old, { ...cell, row: 78n })).toThrow(SealBroken);
  });

  it('gives the cells of one block a key, and those of another block another one', async () => {
    const vault = await opened();
    const block = 1n << 41n;
    const sealed = [0n, block - 1n, block, 5n * block].map((row) => ({
      row,
      value: vault.seal('Duka', { ...cell, row }),
    }));
    for (const { row, value } of sealed) {
      expect(headOf(value)?.form).toBe(forms.block);
      expect(vault.unseal(value, { ...cell, row }).toString()).toBe('Duka');
    }
    // Many blocks later the key is derived anew, and is the same.
    for (let n = 10n; n < 400n; n += 1n) vault.seal('', { ...cell, row: n * block });
    for (const { row, value } of sealed) {
      expect(vault.unseal(value, { ...cell, row }).toString()).toBe('Duka');
    }
    expect(headOf(vault.seal('', { ...cell, row: 'name' }))?.form).toBe(forms.cell);
  });

  it('does not open a value moved to another cell', async () => {
    const vault = await opened();
    const words = fc.stringMatching(/^[a-z_]{1,12}$/);
    const rows = fc.oneof(fc.bigInt({ min: 0n, max: 1n << 62n }), fc.string());
    const cells = fc.record({ table: words, column: words, row: rows });
    fc.assert(
      fc.property(cells, cells, fc.string(), (home, elsewhere, text) => {
        const sealed = vault.seal(text, home);
        expect(vault.unseal(sealed, home).toString()).toBe(text);
        fc.pre(['table', 'column', 'row'].some((k) => `${at(home, k)}` !== `${at(elsewhere, k)}`));
        expect(() => vault.unseal(sealed, elsewhere)).toThrow(SealBroken);
      }),
    );
  });

  it('does not open a value of another business under the same data key', async () => {
    const executor = bed.database.executor;
    await sql`
      insert into business (business_id, name, mode, created_at)
      values (2, 'Other', 'sandbox', ${isoOf(startAt)}) on conflict do nothing`.execute(executor);
    const vault = await opened();
    const sealed = vault.seal('Duka', cell);
    const stranger = await opened({ businessId: 2 as BusinessId });
    expect(() => stranger.unseal(sealed, cell)).toThrow(SealBroken);
    // Nor does the stolen key row open under the other business's name.
    await sql`
      update data_key set wrapped = (select wrapped from data_key where business_id = 1)
      where business_id = 2`.execute(executor);
    expect(await vaultOf({ businessId: 2 as BusinessId }).open()).toMatchObject({ ok: false });
  });

  it('does not open a changed value or one that was never sealed', async () => {
    const vault = await opened();
    const sealed = vault.seal('Duka', cell);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => vault.unseal(changed, cell)).toThrow(SealBroken);
    }
    for (const junk of [Buffer.alloc(0), Buffer.from('Duka'), sealed.subarray(0, 32)])
      expect(() => vault.unseal(junk, cell)).toThrow('callback.body of row 77');
  });

  it('never seals the same twice alike', async () => {
    const vault = await opened();
    const sealed = Array.from({ length: 600 }, () => vault.seal('', cell).toString('hex'));
    expect(new Set(sealed).size).toBe(600);
  });

  it('refuses a database made with another master secret, and leaves it alone', async () => {
    await opened();
    const before = await sql`select * from data_key`.execute(bed.database.executor);
    const refused = await vaultOf({ secret: 'another secret' }).open();
    expect(refused).toMatchObject({
      ok: false,
      error: {
        kind: 'wrong-master-secret',
        cause: 'QMOI_MASTER_SECRET is not the one this database was made with.',
        fix: expect.stringContaining('Put back'),
      },
    });
    const after = await sql`select * from data_key`.execute(bed.database.executor);
    expect(after.rows).toEqual(before.rows);
  });

  it('seals nothing before it is open, or after it was refused', async () => {
    expect(() => vaultOf().seal('Duka', cell)).toThrow('open');
    await opened();
    const refused = vaultOf({ secret: 'another secret' });
    await refused.open();
    expect(() => refused.seal('Duka', cell)).toThrow('open');
    expect(() => refused.unseal(Buffer.alloc(40), cell)).toThrow('open');
  });

  it('seals with the newest key and still opens what a retired one sealed', async () => {
    const executor = bed.database.executor;
    const sealed = (await opened()).seal('Duka', cell);
    await sql`update data_key set retired_at = ${isoOf(startAt)}`.execute(executor);
    await expect(vaultOf().open()).rejects.toThrow('one data key is not retired');
    const random = createSeededRandom('rotation');
    const place = ['1', 'data_key', 'wrapped', '2'].join('\0');
    const wrapped = sealWith(
      {
        form: forms.cell,
        key: deriveKey(keysFor('the secret').keyEncryption, place),
        place,
        keyId: 2,
        nonce: random(12),
      },
      random(32),
    );
    await sql`
      insert into data_key (business_id, key_id, wrapped, created_at)
      values (1, 2, ${wrapped}, ${isoOf(startAt)})`.execute(executor);
    const rotated = await opened();
    expect(rotated.unseal(sealed, cell).toString()).toBe('Duka');
    const fresh = rotated.seal('Duka', cell);
    expect([headOf(sealed)?.keyId, headOf(fresh)?.keyId]).toEqual([1, 2]);
    expect(rotated.unseal(fresh, cell).toString()).toBe('Duka');
  });
});

const at = (home: { table: string; column: string; row: string | bigint }, name: string) =>
  home[name as keyof typeof home];
