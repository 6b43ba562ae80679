import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { numberFromId, parseId } from '#kernel';
import { callbackChannels } from '#rails';
import type { Vault } from '#security';

import type { ArrivedCallback } from '../callback.ts';
import { decodeRecords, encodeRecord } from './record.ts';

type Write = (callbacks: readonly ArrivedCallback[]) => Promise<void>;

/** Callbacks that are safe on disk while the database is not there to take them. */
export interface Spool {
  /** Returns once the callbacks would survive a power cut; throws when the spool is full. */
  append(callbacks: readonly ArrivedCallback[]): Promise<void>;
  /**
   * Hands every spooled callback, oldest first, to `write`, and forgets a file only when all of it
   * is written. Answers how many were handed over.
   */
  replay(write: Write): Promise<number>;
  readonly pending: number;
  readonly nearlyFull: boolean;
  close(): Promise<void>;
}

export interface SpoolOptions {
  readonly folder: string;
  readonly vault: Vault;
  readonly bytesMax: number;
  /** Told of a file that ends in an unfinished record. */
  readonly onTorn: (file: string) => void;
}

export class SpoolFull extends Error {
  override readonly name = 'SpoolFull';
}

const replayGroup = 100;
const alarmShare = 0.5;
const closedFile = /^(\d{10})\.spool$/;
const column = { table: 'spool', column: 'record' } as const;
const idBytes = 8;

const pathOf = (folder: string, number: number): string =>
  join(folder, `${String(number).padStart(10, '0')}.spool`);

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
  return encodeRecord(Buffer.concat([number, vault.seal(text, { ...column, row })]), crc32);
};

const decode = (vault: Vault, payload: Buffer): ArrivedCallback => {
  const row = payload.readBigInt64BE(0);
  const text = vault.unseal(payload.subarray(idBytes), { ...column, row }).toString('utf8');
  return parseSpooled(text);
};

interface Stock {
  bytes: number;
  pending: number;
  lastFile: number;
}

/** Every start writes to a file of its own: behind a torn record nothing sound may follow. */
async function takeStock(folder: string): Promise<Stock> {
  const stock: Stock = { bytes: 0, pending: 0, lastFile: 0 };
  for (const file of await readdir(folder)) {
    const number = closedFile.exec(file)?.[1];
    if (number === undefined) continue;
    const content = await readFile(join(folder, file));
    stock.bytes += content.length;
    stock.pending += decodeRecords(content, crc32).payloads.length;
    stock.lastFile = Math.max(stock.lastFile, Number(number));
  }
  return stock;
}

export async function openSpool({ folder, vault, bytesMax, onTorn }: SpoolOptions): Promise<Spool> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stock = await takeStock(folder);
  let writing: { readonly handle: FileHandle; readonly number: number } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** Appending and setting aside take turns: a record is in one file or in the other. */
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const openFile = async (): Promise<FileHandle> => {
    if (writing !== undefined) return writing.handle;
    stock.lastFile += 1;
    const temporary = join(folder, `${stock.lastFile}.new`);
    const handle = await open(temporary, 'a', 0o600);
    await rename(temporary, pathOf(folder, stock.lastFile));
    await makeDurable(folder);
    writing = { handle, number: stock.lastFile };
    return handle;
  };

  const closeFile = async (): Promise<void> => {
    await writing?.handle.close();
    writing = undefined;
  };

  const replayFile = async (path: string, write: Write): Promise<number> => {
    const content = await readFile(path);
    const { payloads, torn } = decodeRecords(content, crc32);
    // A torn record was never answered with 200: its sender was not told that we have it.
    if (torn) onTorn(path);
    for (let from = 0; from < payloads.length; from += replayGroup) {
      await write(payloads.slice(from, from + replayGroup).map((one) => decode(vault, one)));
    }
    await rm(path);
    stock.bytes -= content.length;
    stock.pending -= payloads.length;
    return payloads.length;
  };

  return {
    append: (callbacks) =>
      inTurn(async () => {
        const records = Buffer.concat(callbacks.map((callback) => encode(vault, callback)));
        if (stock.bytes + records.length > bytesMax) {
          throw new SpoolFull(`the spool in ${folder} is full`);
        }
        const handle = await openFile();
        try {
          await handle.appendFile(records);
          await handle.datasync();
        } catch (error) {
          await closeFile();
          throw error;
        }
        stock.bytes += records.length;
        stock.pending += callbacks.length;
      }),

    replay: async (write) => {
      await inTurn(closeFile);
      const names = await readdir(folder);
      const files = names.filter((name) => closedFile.test(name)).toSorted();
      let count = 0;
      for (const file of files) {
        const path = join(folder, file);
        // Opened for new callbacks in the meantime: its turn comes with the next replay.
        if (writing !== undefined && path === pathOf(folder, writing.number)) continue;
        count += await replayFile(path, write);
      }
      return count;
    },

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
