import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export interface KeyboardDeps {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export interface Question {
  readonly text: string;
  /** What is typed is not shown: a password. */
  readonly hidden: boolean;
}

/** Answers what was typed; undefined where nobody is there to type, or went away. */
export type AskOperator = (question: Question) => Promise<string | undefined>;

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** Asks on standard error, so that a document on standard output stays whole. */
export const createKeyboard =
  ({ stdin, stderr }: KeyboardDeps): AskOperator =>
  ({ text, hidden }) => {
    if (stdin.isTTY !== true || stderr.isTTY !== true) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    stderr.write(text);
    // In terminal mode the interface shows what is typed by itself: on a stream that drops it.
    const lines = createInterface({
      input: stdin,
      output: hidden ? nowhere() : stderr,
      terminal: true,
    });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      if (hidden) stderr.write('\n');
      resolve(undefined);
    });
    return promise;
  };
