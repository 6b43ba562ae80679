import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { invariant, numberFromId, parseId } from '#kernel';
import { callbackChannels } from '#rails';
import type { Vault } from '#security';

import type { ArrivedCallback } from '../callback.ts';
import { decodeRecords, encodeRecord, recordBytesMax } from './record.ts';

type Write = (callbacks: readonly ArrivedCallback[]) => Promise<void>;

/** Callbacks that are safe on disk while the database is not there to take them. */
export interface Spool {
  /** Returns once the callbacks would survive a power cut; throws when the spool is full. */
  append(callbacks: readonly ArrivedCallback[]): Promise<void>;
  /**
   * Hands every spooled callback, oldest file first, to `write`, and forgets a file only when all
   * of it is written. Answers how many were handed over. Other processes may append to the same
   * folder meanwhile, and replay it.
   */
  replay(write: Write): Promise<number>;
  /** Looks at the folder: another process may have spooled into it. Answers the files to replay. */
  refresh(): Promise<number>;
  readonly pending: number;
  readonly nearlyFull: boolean;
  close(): Promise<void>;
}

export interface SpoolOptions {
  readonly folder: string;
  readonly vault: Vault;
  readonly bytesMax: number;
  /** Told of a file with records that cannot be read; it is kept beside the others. */
  readonly onTorn: (file: string) => void;
}

export class SpoolFull extends Error {
  override readonly name = 'SpoolFull';
}

const replayGroup = 100;
const alarmShare = 0.5;
/** A file is read whole when it is replayed. */
const fileBytesMax = 8 * 1024 * 1024;
/** Numbers that another process has used since the folder was last looked at. */
const openAttemptsMax = 10_000;
const spoolFile = /^\d{10}\.(?:spool|taken)$/;
/** Set-aside files keep their numbers: none is given twice. */
const numbered = /^(\d{10})\./;
const column = { table: 'spool', column: 'record' } as const;
const idBytes = 8;

const nameOf = (number: number): string => `${String(number).padStart(10, '0')}.spool`;
const numberOf = (name: string): number => Number(numbered.exec(name)?.[1] ?? 0);
const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

async function makeDurable(folder: string): Promise<void> {
  const directory = await open(folder, 'r');
  await directory.sync();
  await directory.close();
}

const encode = (vault: Vault, callback: ArrivedCallback): Buffer => {
  const row = numberFromId(callback.id);
  const text = JSON.stringify({
    ...callback,
    subject: callback.subject?.toString(),
    digest: callback.digest.toString('base64'),
    body: callback.body.toString('base64'),
  });
  const number = Buffer.alloc(idBytes);
  number.writeBigInt64BE(row);
  const payload = Buffer.concat([number, vault.seal(text, { ...column, row })]);
  invariant(payload.length <= recordBytesMax, 'a spooled callback can be read back');
  return encodeRecord(payload, crc32);
};

/** Undefined for what this engine, or this version of it, did not write. */
const decode = (vault: Vault, payload: Buffer): ArrivedCallback | undefined => {
  try {
    const row = payload.readBigInt64BE(0);
    const text = vault.unseal(payload.subarray(idBytes), { ...column, row }).toString('utf8');
    return parseSpooled(text);
  } catch {
    return undefined;
  }
};

interface Kept {
  readonly bytes: number;
  readonly pending: number;
}

const isGone = (error: unknown): boolean => codeOf(error) === 'ENOENT';

async function spoolFilesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => spoolFile.test(name)).toSorted();
}

/** Undefined when another process has replayed the file meanwhile. */
async function sizeIfThere(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The same of its content. */
async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** A file of its own for every start: behind a torn record nothing sound may follow. */
async function openNew(folder: string, nextNumber: () => number): Promise<Writing> {
  for (let attempt = 1; attempt <= openAttemptsMax; attempt += 1) {
    const name = nameOf(nextNumber());
    const path = join(folder, name);
    try {
      const handle = await open(path, 'ax', 0o600);
      await makeDurable(folder);
      return { handle, name, path };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  throw new SpoolFull(`the spool in ${folder} has too many files`);
}

interface Writing {
  readonly handle: FileHandle;
  readonly name: string;
  readonly path: string;
}

/** Whether the open file still goes by that name. */
async function isAt(path: string, handle: FileHandle): Promise<boolean> {
  const { ino } = await handle.stat({ bigint: true });
  try {
    return (await stat(path, { bigint: true })).ino === ino;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** What lies in the folder, by file. */
function createStock(folder: string) {
  const files = new Map<string, Kept>();
  let lastNumber = 0;
  const sum = (field: keyof Kept): number =>
    [...files.values()].reduce((total, kept) => total + kept[field], 0);
  return {
    add: (name: string, more: Kept): void => {
      const kept = files.get(name) ?? { bytes: 0, pending: 0 };
      files.set(name, { bytes: kept.bytes + more.bytes, pending: kept.pending + more.pending });
    },
    remove: (name: string): void => void files.delete(name),
    /** Counted all the time: whoever asks whether anything is left is never told no too early. */
    rename: (name: string, next: string): void => {
      const kept = files.get(name);
      files.delete(name);
      if (kept !== undefined) files.set(next, kept);
    },
    set: (name: string, kept: Kept): void => void files.set(name, kept),
    /** Counts what is new, forgets what is gone; `own` is counted as it is written. */
    refresh: async (own: string | undefined): Promise<void> => {
      const all = await readdir(folder);
      lastNumber = Math.max(lastNumber, ...all.map(numberOf));
      for (const name of files.keys()) if (!all.includes(name)) files.delete(name);
      for (const name of all.filter((one) => spoolFile.test(one) && one !== own)) {
        const path = join(folder, name);
        if (files.get(name)?.bytes === (await sizeIfThere(path))) continue;
        const content = await readIfThere(path);
        if (content === undefined) continue;
        const pending = decodeRecords(content, crc32).payloads.length;
        files.set(name, { bytes: content.length, pending });
      }
    },
    get files() {
      return files.size;
    },
    get bytes() {
      return sum('bytes');
    },
    get pending() {
      return sum('pending');
    },
    /** Numbers of this process; another's are met by opening exclusively. */
    nextNumber: (): number => {
      lastNumber += 1;
      return lastNumber;
    },
  };
}

export async function openSpool({ folder, vault, bytesMax, onTorn }: SpoolOptions): Promise<Spool> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stock = createStock(folder);
  await stock.refresh(undefined);
  let writing: Writing | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** Appending and closing take turns. */
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const closeFile = async (): Promise<void> => {
    const { handle } = writing ?? {};
    writing = undefined;
    await handle?.close();
  };

  /** True when the bytes are in a file that whoever replays it has not taken before they were. */
  const writeOnce = async (records: Buffer): Promise<boolean> => {
    writing ??= await openNew(folder, stock.nextNumber);
    const { handle, path } = writing;
    try {
      await handle.appendFile(records);
      await handle.datasync();
      if (await isAt(path, handle)) return true;
    } catch (error) {
      await closeFile();
      throw error;
    }
    await closeFile();
    return false;
  };

  const append = async (callbacks: readonly ArrivedCallback[]): Promise<void> => {
    const records = Buffer.concat(callbacks.map((callback) => encode(vault, callback)));
    if (stock.bytes + records.length > bytesMax) {
      throw new SpoolFull(`the spool in ${folder} is full`);
    }
    // Taken under our hands by another process, perhaps without our records: written again, and
    // known by its digest should both be replayed. The second file is new, so twice is enough.
    if (!(await writeOnce(records)) && !(await writeOnce(records))) {
      throw new Error(`the spool in ${folder} loses its files`);
    }
    if (writing === undefined) return;
    stock.add(writing.name, { bytes: records.length, pending: callbacks.length });
    const { size } = await writing.handle.stat();
    if (size >= fileBytesMax) await closeFile();
  };

  /** Renamed before it is read: whoever still writes into it sees that, and writes again. */
  const take = async (name: string): Promise<string | undefined> => {
    const taken = name.replace('.spool', '.taken');
    if (taken === name) return name;
    try {
      await rename(join(folder, name), join(folder, taken));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
    return taken;
  };

  const replayFile = async (name: string, write: Write): Promise<number> => {
    const taken = await take(name);
    if (taken === undefined) {
      stock.remove(name);
      return 0;
    }
    stock.rename(name, taken);
    const path = join(folder, taken);
    const content = await readIfThere(path);
    if (content === undefined) {
      stock.remove(taken);
      return 0;
    }
    const { payloads, torn } = decodeRecords(content, crc32);
    stock.set(taken, { bytes: content.length, pending: payloads.length });
    let broken = torn;
    for (let from = 0; from < payloads.length; from += replayGroup) {
      const group = payloads.slice(from, from + replayGroup).map((one) => decode(vault, one));
      const sound = group.filter((one) => one !== undefined);
      broken ||= sound.length < group.length;
      await write(sound);
    }
    // A torn record was never answered with 200, but a rotten one was: a person may want to look.
    if (broken) {
      await rename(path, `${path}.torn`);
      onTorn(`${path}.torn`);
    } else {
      await rm(path, { force: true });
    }
    stock.remove(taken);
    return payloads.length;
  };

  return {
    append: (callbacks) => inTurn(() => append(callbacks)),

    replay: async (write) => {
      await inTurn(closeFile);
      let count = 0;
      for (const name of await spoolFilesOf(folder)) {
        // Opened for new callbacks in the meantime: its turn comes with the next replay.
        if (name !== writing?.name) count += await replayFile(name, write);
      }
      return count;
    },

    refresh: () =>
      inTurn(async () => {
        await stock.refresh(writing?.name);
        return stock.files;
      }),

    get pending() {
      return stock.pending;
    },
    get nearlyFull() {
      return stock.bytes > bytesMax * alarmShare;
    },
    close: () => inTurn(closeFile),
  };
}

interface SpooledJson {
  readonly id: string;
  readonly rail: ArrivedCallback['rail'];
  readonly channel: string;
  readonly subject?: string;
  readonly source: string;
  readonly receivedAt: number;
  readonly digest: string;
  readonly body: string;
}

/** Reads back what `append` wrote; authenticated encryption vouches for it. */
function parseSpooled(text: string): ArrivedCallback {
  const raw = JSON.parse(text) as SpooledJson;
  const id = parseId('callback', raw.id);
  const channel = callbackChannels.find((known) => known === raw.channel);
  if (!id.ok || channel === undefined) throw new Error('a spool record is of another version');
  return {
    id: id.value,
    rail: raw.rail,
    channel,
    subject: raw.subject === undefined ? undefined : BigInt(raw.subject),
    source: raw.source,
    receivedAt: raw.receivedAt,
    digest: Buffer.from(raw.digest, 'base64'),
    body: Buffer.from(raw.body, 'base64'),
  };
}
