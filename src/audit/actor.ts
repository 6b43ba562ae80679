import {
  err,
  ok,
  parseId,
  type RailId,
  railIds,
  type Result,
  type SessionId,
  unreachable,
} from '#kernel';

/** Who did it. A payer is never named here: the subject of the record leads to the payment. */
export type Actor =
  | { readonly kind: 'master'; readonly sessionId: SessionId }
  | { readonly kind: 'cli' }
  /** A clock or job of the engine, by the name of its part: `engine:auto-transfer`. */
  | { readonly kind: 'engine'; readonly part: string }
  | { readonly kind: 'payer' }
  | { readonly kind: 'provider'; readonly rail: RailId };

export type ActorKind = Actor['kind'];

const partName = /^[a-z][a-z0-9-]{0,39}$/;

/** The form kept in the database and shown to people; `parseActor` reads it back. */
export function formatActor(actor: Actor): string {
  switch (actor.kind) {
    case 'master':
      return `master:${actor.sessionId}`;
    case 'engine':
      return `engine:${actor.part}`;
    case 'provider':
      return `provider:${actor.rail}`;
    case 'cli':
    case 'payer':
      return actor.kind;
    default:
      return unreachable(actor, 'actor');
  }
}

export function parseActor(text: string): Result<Actor, 'not-an-actor'> {
  if (text === 'cli' || text === 'payer') return ok({ kind: text });
  const colon = text.indexOf(':');
  const name = text.slice(colon + 1);
  switch (text.slice(0, Math.max(colon, 0))) {
    case 'master': {
      const id = parseId('session', name);
      return id.ok ? ok({ kind: 'master', sessionId: id.value }) : err('not-an-actor');
    }
    case 'engine':
      return partName.test(name) ? ok({ kind: 'engine', part: name }) : err('not-an-actor');
    case 'provider': {
      const rail = railIds.find((id) => id === name);
      return rail === undefined ? err('not-an-actor') : ok({ kind: 'provider', rail });
    }
    default:
      return err('not-an-actor');
  }
}
