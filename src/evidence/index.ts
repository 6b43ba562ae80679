export { packBodies } from './pack.ts';
export {
  createEvidence,
  type Evidence,
  type EvidenceNote,
  type EvidenceSubject,
  type EvidenceView,
  type RawCallbackRecord,
} from './store.ts';
