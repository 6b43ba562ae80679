export { createBatcher, type Batcher } from './batcher.ts';
