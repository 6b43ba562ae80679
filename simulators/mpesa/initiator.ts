import { constants, createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { generateKeyPairSync, type KeyObject, privateDecrypt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, dayMs } from '#kernel';
import type { SimulatorConfig } from './config.ts';
import type { KnobBoard, Product } from './knobs.ts';
import type { Store } from './store.ts';

/** `2001` name, password or key wrong, or password expired; `8006` locked; `21` no role. */
export type InitiatorRefusal = '2001' | '8006' | '21';

export interface InitiatorState {
  readonly failures: number;
  readonly isLocked: boolean;
  readonly passwordExpiresAt: number;
}

export interface Initiator {
  readonly certificatePath: string;
  refusalOf(call: {
    name: string;
    credential: string;
    operation: Product;
  }): InitiatorRefusal | undefined;
  state(): InitiatorState;
  /** What a business administrator does in the portal. */
  unlock(): void;
  renewPassword(): void;
}

interface InitiatorDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly knobs: KnobBoard;
  readonly config: SimulatorConfig;
}

/** An API operator's password is valid for this long (documented). */
const passwordAgeMsMax = 90 * dayMs;
const keyBytes = 256;

export function createInitiator({ clock, store, knobs, config }: InitiatorDeps): Initiator {
  const certificatePath = join(store.folder, 'certificate.pem');
  const key = keyIn(store.folder, certificatePath);
  notePassword(store, config.initiatorPassword, clock.now());
  const failures = (): number => Number(store.fact('initiator-failures') ?? '0');
  const expiresAt = (): number => Number(store.fact('password-set-at')) + passwordAgeMsMax;
  const isLocked = (): boolean => failures() >= knobs.current().lockOutAfter;
  return {
    certificatePath,
    refusalOf: ({ name, credential, operation }) => {
      // An unknown operator has no counter to lock (assumed).
      if (name !== config.initiatorName) return '2001';
      if (isLocked()) return '8006';
      if (passwordIn(credential, key) !== config.initiatorPassword) {
        store.setFact('initiator-failures', String(failures() + 1));
        return '2001';
      }
      // That an expired password reads as a wrong one is assumed; it does not count as one.
      if (clock.now() >= expiresAt()) return '2001';
      store.setFact('initiator-failures', '0');
      return knobs.current().missingRoles.includes(operation) ? '21' : undefined;
    },
    state: () => ({
      failures: failures(),
      isLocked: isLocked(),
      passwordExpiresAt: expiresAt(),
    }),
    unlock: () => store.setFact('initiator-failures', '0'),
    renewPassword: () => store.setFact('password-set-at', String(clock.now())),
  };
}

/** A new password in the configuration starts a new ninety days. */
function notePassword(store: Store, password: string, now: number): void {
  const fingerprint = createHash('sha256').update(password).digest('hex');
  if (store.fact('password-fingerprint') === fingerprint) return;
  store.setFact('password-fingerprint', fingerprint);
  store.setFact('password-set-at', String(now));
}

/** Made once; the engine gets the public half in the place of Safaricom's certificate. */
function keyIn(folder: string, certificatePath: string): KeyObject {
  const path = join(folder, 'private-key.pem');
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: keyBytes * 8 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(path, pem, { mode: 0o600 });
  }
  const key = createPrivateKey(readFileSync(path));
  writeFileSync(certificatePath, createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  return key;
}

/**
 * PKCS#1 v1.5 by hand, `00 02 padding 00 password`: Node refuses that padding when decrypting
 * (CVE-2023-46809). The timing leak it guards against does not matter to a simulator.
 */
export function passwordIn(credential: string, key: KeyObject): string | undefined {
  const sealed = Buffer.from(credential, 'base64');
  if (sealed.length !== keyBytes || sealed.toString('base64') !== credential) return undefined;
  let block: Buffer;
  try {
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, sealed);
  } catch {
    // A number as large as the modulus: sealed with another key.
    return undefined;
  }
  const end = block.indexOf(0, 2);
  const isSealed = block[0] === 0 && block[1] === 2 && end >= 10;
  return isSealed ? block.subarray(end + 1).toString('utf8') : undefined;
}
