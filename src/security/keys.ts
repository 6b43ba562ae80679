import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

import { err, ok, type Result, type Secret } from '#kernel';

/** One key a purpose, so that none can be used, or broken, for another. */
export interface Keys {
  /** Wraps the data keys kept in the database. */
  readonly keyEncryption: KeyObject;
  readonly blindIndex: KeyObject;
  readonly callbackToken: KeyObject;
  readonly cli: KeyObject;
}

export interface MasterSecretRefusal {
  readonly kind: 'weak-master-secret';
  readonly cause: string;
  readonly fix: string;
}

const lengthMinBytes = 32;
const differentCharactersMin = 8;
const salt = 'qmoi-revenue/v1';

/** Derives every key from `QMOI_MASTER_SECRET`: HKDF with SHA-256, RFC 5869. */
export function deriveKeys(masterSecret: Secret<string>): Result<Keys, MasterSecretRefusal> {
  const secret = masterSecret.reveal();
  const cause = weaknessOf(secret);
  if (cause !== undefined) {
    const fix = 'Set QMOI_MASTER_SECRET to 32 random bytes, as `openssl rand -hex 32` prints them.';
    return err({ kind: 'weak-master-secret', cause, fix });
  }
  const derive = (purpose: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, salt, purpose, 32)));
  return ok({
    keyEncryption: derive('key-encryption'),
    blindIndex: derive('blind-index'),
    callbackToken: derive('callback-token'),
    cli: derive('cli'),
  });
}

// Chance cannot be told from its outcome, but typed words, repeats and placeholders can.
function weaknessOf(secret: string): string | undefined {
  if (Buffer.byteLength(secret) < lengthMinBytes)
    return `QMOI_MASTER_SECRET is shorter than ${lengthMinBytes} bytes.`;
  if (new Set(secret).size < differentCharactersMin)
    return 'QMOI_MASTER_SECRET uses too few different characters to be random.';
  // A text that lies inside its own double, ends cut off, is a repeat of a shorter one.
  return `${secret}${secret}`.slice(1, -1).includes(secret)
    ? 'QMOI_MASTER_SECRET repeats a shorter text.'
    : undefined;
}
