export {
  createEvidence,
  type Evidence,
  type EvidenceNote,
  type EvidenceView,
  type RawCallbackRecord,
} from './store.ts';
