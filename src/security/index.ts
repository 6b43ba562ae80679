export { createBlindIndex, type BlindIndex } from './blind-index.ts';
export {
  createCallbackTokens,
  type CallbackTokens,
  type CallbackTokenVerdict,
} from './callback-token.ts';
export {
  createIdempotency,
  type Idempotency,
  type IdempotencyClaim,
  type IdempotencyVerdict,
} from './idempotency.ts';
export { deriveKeys, type Keys, type MasterSecretRefusal } from './keys.ts';
export { createLocalAccess, type LocalAccess } from './local-access.ts';
export {
  generateMasterKey,
  hashMasterKey,
  isMasterKeyHash,
  verifyMasterKey,
} from './master-key.ts';
export { type RandomBytes } from './random.ts';
export { type RecordAudit, type SecurityActor } from './record-audit.ts';
export { createSessions, type Sessions } from './sessions.ts';
export {
  type Authenticated,
  type LoginRefusal,
  type MasterActor,
  type Session,
  type SessionRefusal,
} from './session.ts';
export { isLoopback } from './source.ts';
export { createTokenKeeper, type SharedTokenKeeper } from './token-keeper.ts';
export { createVault, type Vault, type VaultRefusal } from './vault.ts';
export { type SealContext, SealBroken } from './envelope.ts';
