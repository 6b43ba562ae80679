import { PassThrough } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { createKeyboard } from './keyboard.ts';

const screen = (isTTY = true) => {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const written = (): string => String(stderr.read() ?? '');
  return { ask: createKeyboard({ stdin, stderr }), stdin, written };
};

describe('the keyboard', () => {
  it('answers a line, and shows what is typed', async () => {
    const { ask, stdin, written } = screen();
    const answer = ask({ text: 'Import it? ', hidden: false });
    stdin.write('yes\r');
    expect(await answer).toBe('yes');
    expect(written()).toContain('Import it? ');
  });

  it('shows nothing of a password', async () => {
    const { ask, stdin, written } = screen();
    const answer = ask({ text: 'Password: ', hidden: true });
    stdin.write('77secret\r');
    expect(await answer).toBe('77secret');
    expect(written().trim()).toBe('Password:');
  });

  it('answers nothing where somebody leaves with Ctrl-C or the line ends', async () => {
    const interrupted = screen();
    const first = interrupted.ask({ text: '? ', hidden: false });
    interrupted.stdin.write('\u0003');
    expect(await first).toBeUndefined();
    const ended = screen();
    const second = ended.ask({ text: '? ', hidden: true });
    ended.stdin.end();
    expect(await second).toBeUndefined();
  });

  it('asks nobody where there is no screen', async () => {
    const { ask, written } = screen(false);
    expect(await ask({ text: '? ', hidden: false })).toBeUndefined();
    expect(written()).toBe('');
  });
});
