import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel counts time in for user programs: hundredths of a second, on every Linux. */
const ticksPerSecond = 100;
const pageBytes = 4_096;

/** One process as /proc shows it. */
export interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** Its own time and that of its ended children, in ticks. */
  readonly ticks: number;
  readonly residentBytes: number;
}

/** Reads a line of /proc/<pid>/stat; the name in brackets may hold anything. */
export function parseProcessTimes(text: string): ProcessTimes | undefined {
  const nameEnd = text.lastIndexOf(')');
  const pid = Number.parseInt(text, 10);
  if (nameEnd < 0 || !Number.isInteger(pid)) return undefined;
  const fields = text.slice(nameEnd + 2).split(' ');
  // Counted from the field after the name: 1 parent, 11 to 14 the four times, 21 resident pages.
  const at = (field: number): number => Number(fields[field] ?? 0);
  return {
    pid,
    parent: at(1),
    ticks: at(11) + at(12) + at(13) + at(14),
    residentBytes: at(21) * pageBytes,
  };
}

/**
 * Busy ticks of the whole machine, from /proc/stat. Interrupts are left out: those of our own
 * traffic over the loopback would count as somebody else's work.
 */
export function parseMachineTicks(text: string): number {
  const [, user = 0, nice = 0, system = 0, , , , , steal = 0] = (text.split('\n')[0] ?? '')
    .split(/\s+/)
    .map(Number);
  return user + nice + system + steal;
}

/** A process and all below it, without the branches that `except` heads. */
export function treeOf(
  all: readonly ProcessTimes[],
  root: number,
  except: readonly number[] = [],
): readonly ProcessTimes[] {
  const below = Map.groupBy(all, ({ parent }) => parent);
  const found: ProcessTimes[] = all.filter(({ pid }) => pid === root);
  // Grows while it is walked.
  for (const { pid } of found) {
    found.push(...(below.get(pid) ?? []).filter((child) => !except.includes(child.pid)));
  }
  return found;
}

const secondsOf = (tree: readonly ProcessTimes[]): number =>
  tree.reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond;

function readProcesses(): readonly ProcessTimes[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return parseProcessTimes(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      } catch {
        // It ended in between.
        return [];
      }
    });
}

/** Seconds of processor time used so far. */
export interface CpuReading {
  readonly node: number;
  readonly database: number;
  /** Everybody but us: neither the two above nor this process and what it started. */
  readonly others: number;
  readonly atMs: number;
}

export interface Watched {
  /** The process whose time is called `node`, with what it started, the database apart. */
  readonly nodePid: number | undefined;
  readonly databasePid: number | undefined;
}

export function readCpu({ nodePid, databasePid }: Watched): CpuReading {
  const machineTicks = parseMachineTicks(readFileSync('/proc/stat', 'utf8'));
  const all = readProcesses();
  const database = databasePid === undefined ? [] : treeOf(all, databasePid);
  const except = databasePid === undefined ? [] : [databasePid];
  const node = nodePid === undefined ? [] : treeOf(all, nodePid, except);
  const own = new Set([...database, ...node, ...treeOf(all, process.pid)]);
  return {
    node: secondsOf(node),
    database: secondsOf(database),
    others: machineTicks / ticksPerSecond - secondsOf([...own]),
    atMs: performance.now(),
  };
}

/** What was used between two readings. */
export const cpuBetween = (before: CpuReading, after: CpuReading): CpuReading => ({
  node: after.node - before.node,
  database: after.database - before.database,
  others: after.others - before.others,
  atMs: after.atMs - before.atMs,
});

export function residentBytesOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return parseProcessTimes(text)?.residentBytes ?? 0;
}

/** Says in one sentence why this machine cannot be measured on, if it cannot. */
export const unmeasurable = (platform: string): string | undefined =>
  platform === 'linux'
    ? undefined
    : `Processor time is read from /proc, which ${platform} does not have: run it on Linux.`;
