import type { SessionId } from '#kernel';
import type { Tx } from '#platform/db';

/** Those of the audit log's actors on whose behalf security acts. */
export type SecurityActor =
  | { readonly kind: 'master'; readonly sessionId: SessionId }
  | { readonly kind: 'cli' }
  | { readonly kind: 'engine'; readonly part: string };

/** The audit log as security needs it: its peer, so handed in rather than imported. */
export type RecordAudit = (
  tx: Tx,
  entry: {
    readonly actor: SecurityActor;
    readonly action: string;
    readonly subject: string;
    readonly detail: Readonly<Record<string, string | number>>;
  },
) => Promise<unknown>;
