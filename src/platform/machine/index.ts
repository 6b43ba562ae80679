export { lastLines, memoryNow, sizeOf, spaceOf, type Memory, type Space } from './machine.ts';
