import { type BusinessId, type Clock, dayMs, err, ok, type Result, type Secret } from '#kernel';
import type { Database } from '#platform/db';

import type { LoginBrake } from './login-brake.ts';
import { verifyMasterKey } from './master-key.ts';
import type { RecordAudit } from './record-audit.ts';
import type { SessionStore } from './session-store.ts';
import type { LoginRefusal } from './session.ts';

const sourceKnownMs = 30 * dayMs;
/** Keys being stretched or waiting for it: each costs a tenth of a second of two cores. */
const proofsMax = 8;
const busyRetryAfterMs = 2_000;

/** Asks whether a key is the master key, slowly for those who guess. */
export type ProveKey = (key: Secret<string>, source: string) => Promise<Result<void, LoginRefusal>>;

export function createKeyProof(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly masterKeyHash: string;
  readonly recordAudit: RecordAudit;
  readonly store: SessionStore;
  readonly brake: LoginBrake;
}): ProveKey {
  const { database, clock, store, brake } = deps;
  let proofs = 0;

  const refuse = (source: string, failures: number): Promise<unknown> =>
    database.transaction((tx) =>
      deps.recordAudit(tx, {
        actor: { kind: 'engine', part: 'security' },
        action: 'login.refused',
        subject: `source:${source}`,
        detail: { failures },
      }),
    );

  const prove: ProveKey = async (key, source) => {
    const since = clock.now() - sourceKnownMs;
    const isKnownSource = await store.isKnownSource(database.executor, { source, since });
    const attempt = await brake.attempt({ source, isKnownSource });
    if (!attempt.ok) return err({ kind: 'slowed-down', ...attempt.error });
    if (await verifyMasterKey(key, deps.masterKeyHash)) return ok(undefined);
    await refuse(source, attempt.value.failures);
    return err({ kind: 'wrong-key' });
  };

  return async (key, source) => {
    if (proofs >= proofsMax) return err({ kind: 'slowed-down', retryAfterMs: busyRetryAfterMs });
    proofs += 1;
    try {
      return await prove(key, source);
    } finally {
      proofs -= 1;
    }
  };
}
