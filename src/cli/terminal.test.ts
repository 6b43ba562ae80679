import { expect, it } from 'vitest';

import { asciiOf } from './pen.ts';
import { createTerminal, type Output, type TerminalDeps } from './terminal.ts';

const screen = { isTTY: true, columns: 90, write: () => true };
const pipe = { write: () => true };

const of = (stdout: Output, env: TerminalDeps['env']) =>
  createTerminal({ stdout, stderr: pipe, env });

it.each([
  [{}, { isTty: true, color: true, columns: 90 }],
  [{ NO_COLOR: '1' }, { isTty: true, color: false }],
  [{ NO_COLOR: '' }, { color: true }],
  [{ TERM: 'dumb' }, { isTty: false, color: false }],
])('knows a screen with %o', (env, look) => {
  expect(of(screen, env)).toMatchObject(look);
});

it.each([
  [{}, { isTty: false, color: false, columns: 80 }],
  [{ COLUMNS: '40' }, { columns: 40 }],
  [{ COLUMNS: 'wide' }, { columns: 80 }],
])('knows a pipe with %o', (env, look) => {
  expect(of(pipe, env)).toMatchObject(look);
});

it.each([
  [{}, true],
  [{ LANG: 'en_KE.UTF-8' }, true],
  [{ LANG: 'C.utf8' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'en_US.ISO-8859-1' }, false],
  [{ LANG: 'en_KE.UTF-8', LC_ALL: 'C' }, false],
  [{ LANG: 'C', LC_CTYPE: 'en_KE.UTF-8' }, true],
  [{ LANG: 'en_KE.UTF-8', LC_ALL: '' }, true],
])('takes %o for UTF-8: %s', (env, unicode) => {
  expect(of(screen, env).unicode).toBe(unicode);
});

it('follows the window', () => {
  const window = { ...screen, columns: 90 };
  const terminal = of(window, {});
  window.columns = 40;
  expect(terminal.columns).toBe(40);
});

it('writes to both streams', () => {
  const written: string[] = [];
  const terminal = createTerminal({
    stdout: { write: (text) => written.push(`out ${text}`) },
    stderr: { write: (text) => written.push(`err ${text}`) },
    env: {},
  });
  terminal.write('a');
  terminal.writeError('b');
  expect(written).toEqual(['out a', 'err b']);
});

it('replaces sign by sign', () => {
  expect(asciiOf('✓ 2547•••••149 · “é” – 🙂…')).toBe('+ 2547*****149 - "?" - ?.');
});
