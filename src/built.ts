import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file as it was when programs were built of it. */
export interface Stamp {
  readonly size: number;
  readonly changedAtMs: number;
}

/** What `tools/build.ts` leaves beside what it built. */
export interface BuildRecord {
  /** The name of what was built, by the path of the source it begins with. */
  readonly programs: Readonly<Record<string, string>>;
  /** Whatever went into it, by its path from the program's folder. */
  readonly files: Readonly<Record<string, Stamp>>;
}

/** The folder the program lies in. */
const program = join(import.meta.dirname, '..');

export const buildFolder = 'built';
export const recordName = 'record.json';

function parseRecord(text: string): BuildRecord {
  return JSON.parse(text) as BuildRecord;
}

export const stampOf = (path: string): Stamp => {
  const { size, mtimeMs } = statSync(path);
  return { size, changedAtMs: mtimeMs };
};

const secondMs = 1_000;

/** What packs and unpacks folders may keep whole seconds alone. */
const isSame = (now: Stamp, then: Stamp): boolean =>
  now.size === then.size &&
  (now.changedAtMs === then.changedAtMs ||
    now.changedAtMs === Math.floor(then.changedAtMs / secondMs) * secondMs);

interface Where {
  /** The folder that sources are looked for in. */
  readonly root: string;
  /** What was built, in a folder of the root. */
  readonly folder: string;
}

/**
 * What was built of the programs, by the path of each one's source: nothing where there is none,
 * or where a file that went into it is no longer what it was. So what runs is what the sources say,
 * and whoever changes one need not build anything.
 */
export function builtPrograms(
  { root, folder }: Where = { root: program, folder: buildFolder },
): ReadonlyMap<string, string> {
  try {
    const record = parseRecord(readFileSync(join(root, folder, recordName), 'utf8'));
    for (const [path, then] of Object.entries(record.files)) {
      if (!isSame(stampOf(join(root, path)), then)) return new Map();
    }
    return new Map(
      Object.entries(record.programs).map(([source, name]) => [source, join(root, folder, name)]),
    );
  } catch {
    // Nothing was built, or a file that went into it is gone.
    return new Map();
  }
}
