import { createSecretKey, type KeyObject } from 'node:crypto';

import { type BusinessId, type Clock, err, invariant, ok, type Result } from '#kernel';
import type { Database } from '#platform/db';

import { createDataKeyStore, type WrappedKey } from './data-key-store.ts';
import {
  forms,
  headOf,
  nonceBytes,
  type Opening,
  type SealContext,
  SealBroken,
  sealWith,
  unsealWith,
} from './envelope.ts';
import type { Keys } from './keys.ts';
import { createPlaceKeys, type DataKey, deriveKey, formOf, placeOf } from './place-keys.ts';
import type { RandomBytes } from './random.ts';

export interface VaultRefusal {
  readonly kind: 'wrong-master-secret';
  readonly cause: string;
  readonly fix: string;
}

/** Seals what strangers must not read even with the database in hand. */
export interface Vault {
  /** Loads the business's data keys, making the first one; once, before anything is sealed. */
  open(): Promise<Result<void, VaultRefusal>>;
  seal(plaintext: Buffer | string, context: SealContext): Buffer;
  /** Throws `SealBroken` for anything but what was sealed for this very cell. */
  unseal(sealed: Buffer, context: SealContext): Buffer;
}

const firstKeyId = 1;
const keyBytes = 32;
const nonceStock = 256;

const wrongSecret: VaultRefusal = {
  kind: 'wrong-master-secret',
  cause: 'QMOI_MASTER_SECRET is not the one this database was made with.',
  fix:
    'Put back the QMOI_MASTER_SECRET that belongs to this database (see the .env it was made ' +
    'with, or its backup). Without it the sealed values cannot be read by anyone.',
};

interface VaultDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

// A wrapped key is a sealed value itself; its key id names the key that it holds.
const wrappingOf =
  ({ businessId, keys }: Pick<VaultDeps, 'businessId' | 'keys'>) =>
  (keyId: number): Opening => {
    const place = placeOf(businessId, { table: 'data_key', column: 'wrapped', row: `${keyId}` });
    return { place, key: deriveKey(keys.keyEncryption, place) };
  };

export function createVault(deps: VaultDeps): Vault {
  const { database, businessId, random } = deps;
  const store = createDataKeyStore(businessId);
  const nextNonce = createNonceSource(random);
  let dataKeys: ReadonlyMap<number, KeyObject> = new Map();
  let sealing: DataKey | undefined;
  const placeKeys = createPlaceKeys(businessId);
  const wrapping = wrappingOf(deps);

  const tryUnseal = (sealed: Buffer, context: SealContext): Buffer | undefined => {
    const head = headOf(sealed);
    const key = dataKeys.get(head?.keyId ?? -1);
    if (head === undefined || key === undefined) return undefined;
    const { form, keyId } = head;
    return unsealWith(placeKeys.openingOf({ keyId, key }, { form, context }), sealed);
  };

  const loadOrCreate = async (): Promise<readonly WrappedKey[]> => {
    const kept = await store.all(database.executor);
    if (kept.length > 0) return kept;
    const keyId = firstKeyId;
    const nonce = nextNonce();
    const wrapped = sealWith(
      { ...wrapping(keyId), form: forms.cell, keyId, nonce },
      random(keyBytes),
    );
    await store.insert(database.executor, { keyId, wrapped, createdAt: deps.clock.now() });
    // Read again: another process may have kept its own key first, and then that one counts.
    return await store.all(database.executor);
  };

  return {
    open: async () => {
      const opened = new Map<number, KeyObject>();
      const rows = await loadOrCreate();
      for (const { keyId, wrapped } of rows) {
        const raw = unsealWith(wrapping(keyId), wrapped);
        if (raw === undefined) return err(wrongSecret);
        opened.set(keyId, createSecretKey(raw));
      }
      // Retired keys open what they sealed; the newest other one seals.
      const keyId = rows.find((row) => row.retiredAt === null)?.keyId;
      const key = keyId === undefined ? undefined : opened.get(keyId);
      invariant(keyId !== undefined && key !== undefined, 'one data key is not retired');
      dataKeys = opened;
      sealing = { keyId, key };
      return ok(undefined);
    },

    seal: (plaintext, context) => {
      invariant(sealing !== undefined, 'the vault is open');
      const form = formOf(context);
      const opening = placeKeys.openingOf(sealing, { form, context });
      return sealWith({ ...opening, form, keyId: sealing.keyId, nonce: nextNonce() }, plaintext);
    },

    unseal: (sealed, context) => {
      invariant(sealing !== undefined, 'the vault is open');
      const plaintext = tryUnseal(sealed, context);
      if (plaintext === undefined)
        throw new SealBroken(`${context.table}.${context.column} of row ${context.row}`);
      return plaintext;
    },
  };
}

/** One call to the operating system costs twenty times a slice of a larger answer. */
function createNonceSource(random: RandomBytes): () => Buffer {
  let stock: Buffer = Buffer.alloc(0);
  return () => {
    if (stock.length < nonceBytes) stock = random(nonceBytes * nonceStock);
    const nonce = stock.subarray(0, nonceBytes);
    stock = stock.subarray(nonceBytes);
    return nonce;
  };
}
