import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { medianOf } from '../figures/statistics.ts';

const bytes = 8_192;
const samples = 60;
const fileBlocks = 64;
const tmpfsMagic = 0x0102_1994;

/**
 * How long one write of 8 kB takes to reach the disk, in microseconds, the median of sixty: what
 * every durable answer has to wait for at least once.
 */
export function probeDisk(folder: string): number {
  const file = join(folder, 'probe');
  const handle = openSync(file, 'w');
  try {
    const block = Buffer.alloc(bytes, 0x51);
    for (let n = 0; n < fileBlocks; n += 1) writeSync(handle, block, 0, bytes, n * bytes);
    fdatasyncSync(handle);
    const tookUs = Array.from({ length: samples }, (_, n) => {
      const from = performance.now();
      writeSync(handle, block, 0, bytes, (n % fileBlocks) * bytes);
      fdatasyncSync(handle);
      return (performance.now() - from) * 1_000;
    });
    return medianOf(tookUs);
  } finally {
    closeSync(handle);
    rmSync(file, { force: true });
  }
}

/** A folder in memory is fast, and measures nothing that has to be durable. */
export const isInMemory = (folder: string): boolean => statfsSync(folder).type === tmpfsMagic;
