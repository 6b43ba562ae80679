import {
  closeSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

export interface Sink {
  write(line: string): void;
  close(): void;
}

export interface SinkOptions {
  /** The name under which the newest lines are always found. */
  readonly file: string;
  readonly fileBytesMax: number;
  readonly filesMax: number;
  /** Where lines go, and one sentence of why, once the file cannot be written. */
  readonly complain: (line: string) => void;
}

const folderMode = 0o700;
const fileMode = 0o600;

const statOf = (file: string): Stats | undefined => lstatSync(file, { throwIfNoEntry: false });

const numbered = (file: string, number: number): string => {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}.${number}${ext}`);
};

/** Numbers of the rolled files, the newest first. */
function numbersOf(file: string): readonly number[] {
  const { dir, name, ext } = path.parse(file);
  const numbers: number[] = [];
  for (const entry of readdirSync(dir)) {
    const middle = entry.slice(name.length + 1, entry.length - ext.length);
    if (/^\d{1,9}$/.test(middle) && entry === `${name}.${middle}${ext}`) {
      numbers.push(Number(middle));
    }
  }
  return numbers.toSorted((one, other) => other - one);
}

/** Makes `link` a name for `target`, in one step so that no reader finds it missing. */
function pointAt(link: string, target: string): void {
  const next = `${link}.next`;
  rmSync(next, { force: true });
  try {
    symlinkSync(path.basename(target), next);
  } catch {
    // Windows asks for a privilege to make a symbolic link, but not for a second name.
    linkSync(target, next);
  }
  renameSync(next, link);
}

/** A file that gives way to the next one when it is full; each line is written when it is told. */
function openRolling({ file, fileBytesMax, filesMax, complain }: SinkOptions): Sink {
  mkdirSync(path.dirname(file), { recursive: true, mode: folderMode });
  const found = statOf(file);
  // A log written without rolling becomes the oldest of the rolled ones.
  if (found?.isFile() === true && found.nlink === 1) renameSync(file, numbered(file, 0));
  let number = Math.max(1, numbersOf(file)[0] ?? 0);
  // Other processes append to the same file: none may write over another's lines.
  let handle = openSync(numbered(file, number), 'a', fileMode);
  let bytes = fstatSync(handle).size;
  pointAt(file, numbered(file, number));

  const roll = (): void => {
    const full = handle;
    number += 1;
    handle = openSync(numbered(file, number), 'a', fileMode);
    closeSync(full);
    bytes = fstatSync(handle).size;
    try {
      pointAt(file, numbered(file, number));
      const old = numbersOf(file).filter((one) => one <= number - filesMax);
      for (const one of old) rmSync(numbered(file, one), { force: true });
    } catch (error) {
      complain(`${file} or the logs beside it are out of order (${reasonOf(error)}).\n`);
    }
  };

  return {
    write: (line) => {
      // Before the line rather than after it: one that fails with the roll is not in the file.
      if (bytes >= fileBytesMax) roll();
      const all = Buffer.from(line);
      for (let at = 0; at < all.length;) at += writeSync(handle, all, at);
      bytes += all.length;
    },
    close: () => closeSync(handle),
  };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

/** A log that cannot be written must not stop the engine: it goes on where `complain` leads. */
export function openSink(options: SinkOptions): Sink {
  const { file, complain } = options;
  let rolling: Sink | undefined;
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      rolling = undefined;
      complain(`The log ${file} cannot be written (${reasonOf(error)}); it goes on here.\n`);
    }
  };
  attempt(() => {
    rolling = openRolling(options);
  });
  return {
    write: (line) => {
      attempt(() => rolling?.write(line));
      // A failed write breaks the sink before it returns: the line is not lost.
      if (rolling === undefined) complain(line);
    },
    close: () => rolling?.close(),
  };
}
