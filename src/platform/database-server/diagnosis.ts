import type { ServerRefusal } from './errors.ts';

type Reading = (line: string, path: string) => ServerRefusal;

/**
 * What PostgreSQL 18 says when it cannot start, in order of precedence: a semaphore limit also
 * reads "No space left on device" and must not be taken for a full disk.
 */
const readings: readonly (readonly [RegExp, Reading])[] = [
  [/could not (?:create|map|resize|open) (?:anonymous )?shared memory.*/i, (line) => memory(line)],
  [/could not create semaphores.*/i, (line) => memory(line)],
  [/No space left on device|Disk quota exceeded/i, (_, path) => full(path)],
  [/pre-existing shared memory block.*is still in use/i, (_, path) => ({ kind: 'in-use', path })],
  [/lock file "[^"]*" already exists/i, (_, path) => ({ kind: 'in-use', path })],
  [/could not look up effective user ID.*/i, (detail) => ({ kind: 'os-user-unlisted', detail })],
  [
    /data directory "[^"]*" has wrong ownership/i,
    (_, path) => ({ kind: 'wrong-owner', path, owner: 'another user', expected: 'the engine' }),
  ],
  [/database files are incompatible with server.*/i, (line, path) => damage(line, path)],
  [/could not read file "global\/pg_control".*/i, (line, path) => damage(line, path)],
  [/incorrect checksum in control file.*/i, (line, path) => damage(line, path)],
  [/could not find the database system.*/i, (line, path) => damage(line, path)],
  [/could not locate a valid checkpoint record.*/i, (line, path) => damage(line, path)],
  [/invalid checkpoint record.*/i, (line, path) => damage(line, path)],
  [
    /Permission denied|Read-only file system/i,
    (detail, path) => ({ kind: 'folder-unwritable', path, detail }),
  ],
];

const memory = (detail: string): ServerRefusal => ({ kind: 'shared-memory', detail });
const full = (path: string): ServerRefusal => ({ kind: 'disk-full', path, freeBytes: 0 });
const damage = (detail: string, path: string): ServerRefusal => ({
  kind: 'data-damaged',
  path,
  detail,
});

/** Reads a refusal out of the output of initdb or postgres, if it is one of the known ones. */
export function diagnose(output: string, path: string): ServerRefusal | undefined {
  for (const [pattern, reading] of readings) {
    const match = pattern.exec(output);
    if (match !== null) return reading(match[0].trim().replace(/\.$/, ''), path);
  }
  return undefined;
}

/** The sentence to show when nothing is known about a failure: its last loud line. */
export function loudestLineOf(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const loud = lines.findLast((line) => /\b(?:FATAL|PANIC|error):/i.test(line));
  const text = loud ?? lines.findLast((line) => line !== '') ?? 'it said nothing';
  return text.replace(/^.*?\b(?:FATAL|PANIC|error):\s*/i, '').replace(/\.$/, '');
}
