import type { EpochMs, SessionId } from '#kernel';

/** Structurally the audit log's master. */
export interface MasterActor {
  readonly kind: 'master';
  readonly sessionId: SessionId;
}

export interface Session {
  readonly id: SessionId;
  readonly source: string;
  readonly userAgent: string | undefined;
  readonly createdAt: EpochMs;
  readonly lastSeenAt: EpochMs;
  /** The latest possible end; an idle session ends sooner. */
  readonly expiresAt: EpochMs;
  /** When the key was last shown again within the session; logging in does not count. */
  readonly verifiedAt: EpochMs | undefined;
}

export interface Authenticated {
  readonly actor: MasterActor;
  readonly session: Session;
}

export type LoginRefusal =
  | { readonly kind: 'wrong-key' }
  | { readonly kind: 'slowed-down'; readonly retryAfterMs: number };

export type SessionRefusal =
  | { readonly kind: 'unknown-session' }
  | { readonly kind: 'session-expired' }
  | { readonly kind: 'session-revoked' };

export const idleMsMax = 15 * 60_000;
export const lifeMsMax = 12 * 60 * 60_000;
/** Being seen is written down at most this often. */
export const seenEveryMs = 60_000;

export const isOver = (session: Session, now: EpochMs): boolean =>
  now >= session.expiresAt || now >= session.lastSeenAt + idleMsMax;
