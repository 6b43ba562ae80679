import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';

import { invariant } from '#kernel';

export interface DatabaseServerSettings {
  /** Under root: the unprivileged system user to run as (QMOI_DATABASE_OS_USER). */
  readonly osUser?: string;
  /** Log between two checkpoints, kept ready for reuse, in MB; without it by the disk's room. */
  readonly walMb?: number;
  readonly connectionsMax?: number;
  /** `none` is for throw-away test data: a power cut may destroy them. */
  readonly durability?: 'full' | 'none';
  /** Further server parameters, for example `archive_command`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Where root keeps programs and data that must not stay in a private folder. */
  readonly systemDir?: string;
  /** How long a start, with crash recovery, may take. */
  readonly startTimeoutMs?: number;
}

export const defaultSystemDir = '/var/lib/qmoi-revenue';
export const defaultStartTimeoutMs = 10 * 60 * 1000;
const defaultConnectionsMax = 100;

/** What the server's size is chosen by. */
export interface Machine {
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
}

/** A container's limit counts; without one, constrainedMemory() is 0 or absurdly large. */
export function memoryOfThisMachine(): number {
  const limit = constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

const megabyte = 1024 * 1024;
const throwAway = { sharedBuffersMb: 128, walMb: 1_024 };

/**
 * A tenth of memory for pages: what callbacks write to stays in it, and the rest is the operating
 * system's cache, the engine and the seller's own programs. A page that is touched after a
 * checkpoint goes whole into the log: a long log is worth its room, where there is some.
 */
const sizesFor = ({ memoryBytes, diskFreeBytes }: Machine): typeof throwAway => ({
  sharedBuffersMb: within(memoryBytes / 10, { min: 128, max: 2_048 }),
  walMb: within(diskFreeBytes / 50, { min: 1_024, max: 4_096 }),
});

const within = (bytes: number, { min, max }: { min: number; max: number }): number =>
  Math.min(max, Math.max(min, Math.floor(bytes / megabyte)));

/** What must not be weakened in passing. */
const guarded = new Set(['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses']);

const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
// A commit still reaches the operating system, so it survives a killed server, but no power cut.
const careless = { ...durable, fsync: 'off', full_page_writes: 'off' };

/**
 * The server's configuration file. Statements and row values stay out of the log (`panic`,
 * `terse`): they would carry phone numbers. The engine gets every error itself and logs it masked.
 */
export function configurationOf(
  settings: DatabaseServerSettings,
  folders: { readonly socket: string; readonly log: string },
  machine: Machine,
): string {
  const extra = settings.parameters ?? {};
  invariant(!Object.keys(extra).some((name) => guarded.has(name)), 'durability is not a parameter');
  const sizes = settings.durability === 'none' ? throwAway : sizesFor(machine);
  const walMb = settings.walMb ?? sizes.walMb;
  const parameters: Record<string, string> = {
    // A socket in a private folder: no TCP port to collide with or to attack. The list of folders
    // is split at commas, so the path is quoted inside the value as well.
    listen_addresses: '',
    port: '5432',
    unix_socket_directories: `"${folders.socket.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    max_connections: String(settings.connectionsMax ?? defaultConnectionsMax),
    password_encryption: 'scram-sha-256',
    ...(settings.durability === 'none' ? careless : durable),
    // macOS keeps fdatasync'ed data in the drive's cache; only this method reaches the medium.
    ...(process.platform === 'darwin' ? { wal_sync_method: 'fsync_writethrough' } : {}),
    shared_buffers: `${sizes.sharedBuffersMb}MB`,
    // Measured: recycled log files are written once, new ones twice, so none are given back.
    max_wal_size: `${walMb}MB`,
    min_wal_size: `${walMb}MB`,
    checkpoint_timeout: '15min',
    checkpoint_completion_target: '0.9',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    default_text_search_config: 'pg_catalog.simple',
    logging_collector: 'on',
    log_directory: folders.log,
    log_filename: 'server-%Y%m%d-%H%M%S.log',
    log_rotation_age: '1d',
    log_rotation_size: '10MB',
    log_min_messages: 'warning',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...extra,
  };
  const lines = Object.entries(parameters).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`,
  );
  const head = '# Written at every start; put changes of your own into postgresql.auto.conf.';
  return `${[head, ...lines].join('\n')}\n`;
}
