import { open, stat, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';

export interface Memory {
  /** What this process holds. */
  readonly ownBytes: number;
  /** What it may still get: of the machine, or of the container around it. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** A container's bound counts where there is one; without, the system names one beyond all. */
export function memoryNow(): Memory {
  const bound = process.constrainedMemory();
  const machine = totalmem();
  return {
    ownBytes: process.memoryUsage.rss(),
    freeBytes: process.availableMemory(),
    totalBytes: bound > 0 && bound < machine ? bound : machine,
  };
}

export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Of the disk a folder lies on; undefined where it cannot be asked. */
export async function spaceOf(folder: string): Promise<Space | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return undefined;
  }
}

/** Undefined where there is no such file, or it cannot be looked at. */
export async function sizeOf(
  file: string,
): Promise<{ readonly bytes: number; readonly changedAt: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(file);
    return { bytes: size, changedAt: Math.floor(mtimeMs) };
  } catch {
    return undefined;
  }
}

/** The end of a file, whatever its length: whole lines, the newest last. */
export async function lastLines(
  file: string,
  { linesMax, bytesMax }: { readonly linesMax: number; readonly bytesMax: number },
): Promise<readonly string[]> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return [];
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - bytesMax);
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(Math.min(size, bytesMax)),
      0,
      Math.min(size, bytesMax),
      from,
    );
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    // The first is the end of one that began earlier.
    return lines
      .slice(from > 0 ? 1 : 0)
      .filter((line) => line.trim() !== '')
      .slice(-linesMax);
  } finally {
    await handle.close();
  }
}
