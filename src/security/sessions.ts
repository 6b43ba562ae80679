import { createHash } from 'node:crypto';

import {
  type BusinessId,
  type Clock,
  dayMs,
  err,
  type IdSource,
  invariant,
  ok,
  type Result,
  Secret,
  type SessionId,
} from '#kernel';
import type { Database } from '#platform/db';

import { createKeyProof, type ProveKey } from './key-proof.ts';
import { createLoginBrake, type LoginBrake } from './login-brake.ts';
import { isMasterKeyHash } from './master-key.ts';
import type { RandomBytes } from './random.ts';
import type { RecordAudit, SecurityActor } from './record-audit.ts';
import { createSessionStore, type SessionStore } from './session-store.ts';
import {
  type Authenticated,
  isOver,
  lifeMsMax,
  type LoginRefusal,
  type MasterActor,
  seenEveryMs,
  type Session,
  type SessionRefusal,
} from './session.ts';
import { sourceGroupOf } from './source.ts';

export interface LoginRequest {
  readonly key: Secret<string>;
  /** The address the request came from. */
  readonly source: string;
  readonly userAgent?: string;
}

export interface VerifyRequest {
  readonly token: string;
  readonly key: Secret<string>;
  readonly source: string;
}

export interface Sessions {
  login(
    request: LoginRequest,
  ): Promise<Result<{ readonly token: Secret<string>; readonly session: Session }, LoginRefusal>>;
  /** Who holds this token; being asked keeps the session from going idle. */
  authenticate(token: string): Promise<Result<Authenticated, SessionRefusal>>;
  /** The key once more within a session, for what needs a fresh proof. Sets `verifiedAt`. */
  verify(request: VerifyRequest): Promise<Result<Session, LoginRefusal | SessionRefusal>>;
  /** Ends the token's session; a token without one is no complaint. */
  logout(token: string): Promise<void>;
  /** Live sessions, newest first. */
  list(): Promise<readonly Session[]>;
  revoke(order: {
    readonly id: SessionId;
    readonly by: SecurityActor;
  }): Promise<Result<void, { readonly kind: 'unknown-session' }>>;
  /** Ends every session but `except`; answers how many. */
  revokeAll(order: { readonly by: SecurityActor; readonly except?: SessionId }): Promise<number>;
  /** Removes rows that no longer matter. */
  sweep(): Promise<void>;
}

export interface SessionsDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly random: RandomBytes;
  /** As `hashMasterKey` made it. */
  readonly masterKeyHash: string;
  readonly recordAudit: RecordAudit;
}

interface Parts extends SessionsDeps {
  readonly store: SessionStore;
  readonly brake: LoginBrake;
  readonly prove: ProveKey;
}

const tokenBytes = 32;
const listMax = 100;
const userAgentLengthMax = 200;
const endedKeptMs = 30 * dayMs;

export function createSessions(deps: SessionsDeps): Sessions {
  invariant(isMasterKeyHash(deps.masterKeyHash), 'the master key hash is an argon2id PHC string');
  const store = createSessionStore(deps.businessId);
  const brake = createLoginBrake(deps);
  const prove = createKeyProof({ ...deps, store, brake });
  const parts: Parts = { ...deps, store, brake, prove };
  const { database, clock } = deps;
  return {
    login: (request) => login(parts, request),
    authenticate: (token) => authenticate(parts, token),
    verify: (request) => verify(parts, request),

    logout: async (token) => {
      const found = await authenticate(parts, token);
      if (!found.ok) return;
      const { actor, session } = found.value;
      await end(parts, { by: actor, action: 'session.closed', only: session.id });
    },

    list: () => store.live(database.executor, { now: clock.now(), limit: listMax }),

    revoke: async ({ id, by }) => {
      const ended = await end(parts, { by, action: 'session.revoked', only: id });
      return ended === 0 ? err({ kind: 'unknown-session' }) : ok(undefined);
    },

    revokeAll: (order) => end(parts, { ...order, action: 'session.revoked' }),

    sweep: async () => {
      await store.removeEndedBefore(database.executor, clock.now() - endedKeptMs);
      await brake.sweep();
    },
  };
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const masterOf = (session: Session): MasterActor => ({ kind: 'master', sessionId: session.id });

async function authenticate(
  { database, store, clock }: Parts,
  token: string,
): Promise<Result<Authenticated, SessionRefusal>> {
  const kept = await store.byTokenHash(database.executor, hashOf(token));
  if (kept === undefined) return err({ kind: 'unknown-session' });
  const { revokedAt, ...session } = kept;
  const now = clock.now();
  if (revokedAt !== undefined) return err({ kind: 'session-revoked' });
  if (isOver(session, now)) return err({ kind: 'session-expired' });
  const actor = masterOf(session);
  if (now - session.lastSeenAt < seenEveryMs) return ok({ actor, session });
  await store.touch(database.executor, session.id, now);
  return ok({ actor, session: { ...session, lastSeenAt: now } });
}

async function login(
  parts: Parts,
  request: LoginRequest,
): Promise<Result<{ readonly token: Secret<string>; readonly session: Session }, LoginRefusal>> {
  const source = sourceGroupOf(request.source);
  const proof = await parts.prove(request.key, source);
  if (!proof.ok) return proof;
  const token = parts.random(tokenBytes).toString('base64url');
  const now = parts.clock.now();
  const session: Session = {
    id: parts.ids.next('session'),
    source,
    // PostgreSQL's text cannot hold a null character.
    userAgent: request.userAgent?.replaceAll('\0', '').slice(0, userAgentLengthMax),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + lifeMsMax,
    verifiedAt: undefined,
  };
  await parts.database.transaction(async (tx) => {
    await parts.brake.succeeded(tx, source);
    await parts.store.insert(tx, session, hashOf(token));
    await parts.recordAudit(tx, {
      actor: masterOf(session),
      action: 'session.opened',
      subject: `session:${session.id}`,
      detail: { source },
    });
  });
  return ok({ token: new Secret(token), session });
}

async function verify(
  parts: Parts,
  request: VerifyRequest,
): Promise<Result<Session, LoginRefusal | SessionRefusal>> {
  const found = await authenticate(parts, request.token);
  if (!found.ok) return found;
  const source = sourceGroupOf(request.source);
  const proof = await parts.prove(request.key, source);
  if (!proof.ok) return proof;
  const now = parts.clock.now();
  const { actor, session } = found.value;
  await parts.database.transaction(async (tx) => {
    await parts.brake.succeeded(tx, source);
    await parts.store.verified(tx, session.id, now);
    const subject = `session:${session.id}`;
    await parts.recordAudit(tx, { actor, action: 'session.verified', subject, detail: { source } });
  });
  return ok({ ...session, lastSeenAt: now, verifiedAt: now });
}

/** Ends the given live session, or all but `except`; answers how many. */
function end(
  { database, store, clock, recordAudit }: Parts,
  order: {
    readonly by: SecurityActor;
    readonly action: string;
    readonly only?: SessionId;
    readonly except?: SessionId;
  },
): Promise<number> {
  const { by: actor, action, ...which } = order;
  return database.transaction(async (tx) => {
    const ended = await store.revoke(tx, { ...which, now: clock.now() });
    for (const id of ended) {
      await recordAudit(tx, { actor, action, subject: `session:${id}`, detail: {} });
    }
    return ended.length;
  });
}
