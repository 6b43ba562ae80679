export {
  bandPositionOf,
  cycleHours,
  cycleMs,
  findStream,
  normaliseReference,
  streamIds,
  streamOfReference,
  streams,
  type Band,
  type BandPosition,
  type Stream,
  type StreamId,
} from './stream.ts';
