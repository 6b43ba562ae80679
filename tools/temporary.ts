import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { availableMemory, env } from 'node:process';

interface Place {
  readonly folder: string;
  /** Bytes that must be free there and in memory. */
  readonly bytesMin: number;
}

/** Where Linux keeps files in memory; several times what a whole gate has there at once. */
const inMemory: Place = { folder: '/dev/shm', bytesMin: 4 * 2 ** 30 };

/**
 * Where the files of a test run belong: in memory where there is plenty of it. Nearly every store
 * test makes a database of some hundred files and drops it again, and ext4 hands out a file that
 * was given up a moment ago only after a long search for another. `TMPDIR` overrules this.
 */
export function temporaryRoot(place = inMemory): string {
  return env['TMPDIR'] === undefined && isRoomy(place) ? place.folder : tmpdir();
}

/** Has room, does not take it from programs that need it, and lets programs run from there. */
function isRoomy({ folder, bytesMin }: Place): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= bytesMin && availableMemory() >= bytesMin && runsPrograms(folder);
  } catch {
    // No such folder, or not for us.
    return false;
  }
}

function runsPrograms(folder: string): boolean {
  const trial = mkdtempSync(join(folder, 'gate-trial-'));
  try {
    const program = join(trial, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    return spawnSync(program).status === 0;
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}
