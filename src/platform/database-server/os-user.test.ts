import { execFileSync } from 'node:child_process';
import { pid } from 'node:process';

import { expect, it } from 'vitest';

import { createWallClock } from '#kernel';

import { findUser, isRoot, settleAccount } from './os-user.ts';

const clock = createWallClock();

it.each([
  ['nobody-of-that-name', 'there is no such user'],
  ['root', 'it is root, which PostgreSQL refuses'],
  ['--help', 'this is no user name'],
  ['a b', 'this is no user name'],
])('does not run as %s', async (asked, detail) => {
  expect(await settleAccount(clock, { asked, usual: 'qmoi' })).toStrictEqual({
    ok: false,
    error: { kind: 'os-user-unsuitable', name: asked, detail },
  });
});

it('takes the user the operator named', async () => {
  const settled = await settleAccount(clock, { asked: 'nobody', usual: 'qmoi' });
  expect(settled).toMatchObject({ ok: true, value: { name: 'nobody' } });
});

it.runIf(isRoot())('creates the usual user once', async () => {
  const usual = `qmoi-test-${pid}`;
  const created: string[] = [];
  const wishes = {
    asked: undefined,
    usual,
    onCreate: (name: string): void => void created.push(name),
  };
  try {
    const first = await settleAccount(clock, wishes);
    expect(first).toMatchObject({ ok: true, value: { name: usual } });
    expect(await settleAccount(clock, wishes)).toStrictEqual(first);
    expect(created).toStrictEqual([usual]);
  } finally {
    execFileSync('/usr/sbin/userdel', [usual], { stdio: 'ignore' });
  }
  expect(await findUser(clock, usual)).toStrictEqual({ kind: 'unlisted' });
});

it.skipIf(isRoot())('says why no user could be created', async () => {
  const settled = await settleAccount(clock, { asked: undefined, usual: 'qmoi-never-there' });
  expect(settled).toMatchObject({ ok: false, error: { kind: 'os-user-missing' } });
});
