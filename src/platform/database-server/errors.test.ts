import { expect, it } from 'vitest';

import { diagnose, loudestLineOf } from './diagnosis.ts';
import {
  describeServerRefusal,
  isTransientServerRefusal,
  refusalOfFileError,
  type ServerRefusal,
} from './errors.ts';

const path = '/srv/shop/data';
const detail = 'the reason';

const table: readonly (readonly [ServerRefusal, transient: boolean, says: readonly string[]])[] = [
  [{ kind: 'platform-unsupported', platform: 'win32-x64' }, false, ['win32-x64', 'DATABASE_URL']],
  [{ kind: 'binaries-missing', packageName: '@x/y' }, false, ['@x/y', 'npm install']],
  [{ kind: 'binaries-unusable', folder: path, detail }, false, [path, detail, 'musl']],
  [
    { kind: 'os-user-missing', name: 'qmoi', detail },
    false,
    ['root', 'useradd --system qmoi', 'QMOI_DATABASE_OS_USER', 'ordinary user', 'DATABASE_URL'],
  ],
  [
    { kind: 'os-user-unsuitable', name: 'sales', detail },
    false,
    ['sales', detail, 'QMOI_DATABASE_OS_USER'],
  ],
  [{ kind: 'os-user-unlisted', detail }, false, [detail, '/etc/passwd']],
  [{ kind: 'user-switch-denied', name: 'qmoi', detail }, false, ['qmoi', 'SETUID']],
  [{ kind: 'folder-unwritable', path, detail: 'EACCES' }, false, [path, 'EACCES']],
  [{ kind: 'folder-unreachable', path, user: 'qmoi' }, false, [path, 'qmoi', 'chmod o+x']],
  [
    { kind: 'wrong-owner', path, owner: '1000', expected: 'qmoi' },
    false,
    ['1000', `chown -R qmoi ${path}`],
  ],
  [
    { kind: 'moved-data-missing', pointer: `${path}/moved-to.json`, target: '/var/lib/x' },
    false,
    [`${path}/moved-to.json`, '/var/lib/x', 'backup'],
  ],
  [{ kind: 'disk-full', path, freeBytes: 3_200_000 }, false, [path, '3 MB', '256 MB']],
  [{ kind: 'other-version', path, found: '17', expected: '18' }, false, [path, '17', '18']],
  [{ kind: 'data-damaged', path, detail }, false, [path, detail, 'backup']],
  [{ kind: 'password-refused', path }, false, [path, 'delete it']],
  [{ kind: 'socket-folder-taken', path }, false, [path]],
  [{ kind: 'start-in-progress', path }, true, [path, 'Wait']],
  [{ kind: 'in-use', path }, true, [path, 'postmaster.pid']],
  [{ kind: 'shared-memory', detail }, false, [detail, 'kernel.shmmax']],
  [{ kind: 'start-failed', path, detail }, false, [path, detail]],
  [{ kind: 'start-timed-out', path, waitedMs: 600_000 }, true, [path, '600 s']],
];

it.each(table)('says of %o what to do', (refusal, transient, says) => {
  const text = describeServerRefusal(refusal);
  for (const word of says) expect(text).toContain(word);
  expect(text).toMatch(/^[A-Z].+\.$/);
  expect(isTransientServerRefusal(refusal)).toBe(transient);
});

// Sentences of PostgreSQL 18's initdb and postgres, as they print them.
const outputs: readonly (readonly [string, ServerRefusal['kind'] | undefined])[] = [
  ['FATAL:  could not map anonymous shared memory: Cannot allocate memory', 'shared-memory'],
  ['FATAL:  could not create shared memory segment: No space left on device', 'shared-memory'],
  ['FATAL:  could not create semaphores: No space left on device', 'shared-memory'],
  ['FATAL:  could not write lock file "postmaster.pid": No space left on device', 'disk-full'],
  ['initdb: error: could not write file "/x/PG_VERSION": Disk quota exceeded', 'disk-full'],
  ['FATAL:  lock file "postmaster.pid" already exists', 'in-use'],
  ['FATAL:  lock file "/x/.s.PGSQL.5432.lock" already exists', 'in-use'],
  ['FATAL:  pre-existing shared memory block (key 51, ID 7) is still in use', 'in-use'],
  ['initdb: error: could not look up effective user ID 4711: no such user', 'os-user-unlisted'],
  ['FATAL:  data directory "/x" has wrong ownership', 'wrong-owner'],
  ['PANIC:  could not locate a valid checkpoint record at 0/1C0', 'data-damaged'],
  [
    'FATAL:  could not create lock file "postmaster.pid": Read-only file system',
    'folder-unwritable',
  ],
  ['initdb: error: could not create directory "/x": Permission denied', 'folder-unwritable'],
  ['FATAL:  unrecognized configuration parameter "colour"', undefined],
];

it.each(outputs)('reads %s', (output, kind) => {
  expect(
    diagnose(`LOG:  starting\n${output}\nLOG:  database system is shut down`, path)?.kind,
  ).toBe(kind);
});

it('quotes the loudest line of an unknown failure', () => {
  const output = '2026-11-23 05:28 UTC [7] FATAL:  the dog ate it.\nLOG:  shut down';
  expect(loudestLineOf(output)).toBe('the dog ate it');
});

it('leaves defects alone', () => {
  expect(() => refusalOfFileError(new TypeError('no'), path)).toThrow('no');
});
