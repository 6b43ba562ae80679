export { formatActor, parseActor, type Actor, type ActorKind } from './actor.ts';
export { type JsonValue } from './canonical-json.ts';
export { type Detail, type DetailValue } from './detail.ts';
export { type AuditEntry, type AuditFilters, type AuditRecord } from './record.ts';
export { createAudit, type Audit, type AuditListQuery, type AuditVerification } from './service.ts';
