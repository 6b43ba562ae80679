import { type AuditId, type BusinessId, type EpochMs, invariant, isoOf } from '#kernel';

import { type Actor, type ActorKind, formatActor, parseActor } from './actor.ts';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import { cleanDetail, type Detail, looksLikeMsisdn } from './detail.ts';

export interface AuditEntry {
  readonly actor: Actor;
  /** What was done, as `noun.participle`: `transfer.approved`. */
  readonly action: string;
  /** What it was done to, as `noun:id`: `transfer:tr_…`. */
  readonly subject: string;
  readonly detail: Detail;
}

export interface AuditRecord {
  readonly id: AuditId;
  readonly recordedAt: EpochMs;
  readonly actor: Actor;
  readonly action: string;
  readonly subject: string;
  readonly detail: { readonly [name: string]: JsonValue };
  readonly leaf: Buffer;
}

export interface AuditFilters {
  readonly actor?: ActorKind;
  readonly action?: string;
  readonly subject?: string;
  /** From this instant on. */
  readonly from?: EpochMs;
  /** Before this instant. */
  readonly until?: EpochMs;
}

/** What is kept and hashed, all but the hash. */
export interface Leafless {
  readonly id: AuditId;
  readonly recordedAt: EpochMs;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: { readonly [name: string]: JsonValue };
}

const actionName = /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*){1,3}$/;
const actionLengthMax = 80;
const subjectLengthMax = 200;
const detailLengthMax = 16 * 1024;

export function leaflessOf(
  entry: AuditEntry,
  { id, recordedAt }: { readonly id: AuditId; readonly recordedAt: EpochMs },
): Leafless {
  const { action, subject } = entry;
  const actor = formatActor(entry.actor);
  invariant(parseActor(actor).ok, 'an actor reads back as itself');
  invariant(action.length <= actionLengthMax && actionName.test(action), 'an action is noun.verb');
  invariant(
    subject.length > 0 && subject.length <= subjectLengthMax && !subject.includes('\u0000'),
    `an audit subject has 1 to ${subjectLengthMax} characters`,
  );
  invariant(!looksLikeMsisdn(subject), 'an audit subject is not a phone number');
  const detail = cleanDetail(entry.detail);
  invariant(canonicalJson(detail).length <= detailLengthMax, 'audit detail is short');
  return { id, recordedAt, actor, action, subject, detail };
}

/** The bytes that are hashed; an auditor rebuilds them from an export. */
export const leafText = (record: Leafless, businessId: BusinessId): string =>
  canonicalJson({
    business: businessId,
    id: record.id,
    recordedAt: isoOf(record.recordedAt),
    actor: record.actor,
    action: record.action,
    subject: record.subject,
    detail: record.detail,
  });
