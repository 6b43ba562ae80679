import {
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';

import roll from 'pino-roll';

export interface Sink {
  write(line: string): void;
  close(): Promise<void>;
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

/**
 * pino-roll 4 writes `<name>.<number>.log` and can only keep a link called `current.log`; the
 * stable name is kept here, moved after every roll.
 */
async function openRollingFile(options: SinkOptions) {
  const { file, fileBytesMax, filesMax } = options;
  mkdirSync(path.dirname(file), { recursive: true, mode: folderMode });
  const found = statOf(file);
  // A log written without rolling becomes the oldest of the rolled ones.
  if (found?.isFile() === true && found.nlink === 1) renameSync(file, numbered(file, 0));
  const rolling = await roll({
    file,
    size: `${fileBytesMax}b`,
    limit: { count: filesMax, removeOtherLogFiles: true },
    mkdir: true,
    // Lines must be on their way to disk when the process dies of what they tell.
    sync: true,
    mode: fileMode,
  });
  pointAt(file, rolling.file);
  return rolling;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

/** A log that cannot be written must not stop the engine: it goes on where `complain` leads. */
export async function openSink(options: SinkOptions): Promise<Sink> {
  const { file, complain } = options;
  let broken = false;
  const fallBack = (error: unknown): void => {
    if (broken) return;
    broken = true;
    complain(`The log ${file} cannot be written (${reasonOf(error)}); it goes on here.\n`);
  };
  try {
    const rolling = await openRollingFile(options);
    rolling.on('error', fallBack);
    rolling.on('ready', () => {
      try {
        pointAt(file, rolling.file);
      } catch (error) {
        complain(`${file} no longer names the newest log (${reasonOf(error)}).\n`);
      }
    });
    return {
      write: (line) => {
        if (!broken) rolling.write(line);
        // A failed write breaks the sink before it returns: the line is not lost.
        if (broken) complain(line);
      },
      close: () =>
        new Promise((resolve) => {
          if (broken) {
            rolling.destroy();
            resolve();
            return;
          }
          rolling.once('close', resolve);
          rolling.end();
        }),
    };
  } catch (error) {
    fallBack(error);
    return { write: complain, close: () => Promise.resolve() };
  }
}
