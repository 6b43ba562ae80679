import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';

import { invariant } from '#kernel';

export interface DatabaseServerSettings {
  /** Under root: the unprivileged system user to run as (QMOI_DATABASE_OS_USER). */
  readonly osUser?: string;
  /** Share of memory for the server's own cache, 10 to 25; without it 128 MB. */
  readonly memoryPercent?: number;
  /** Log kept ready for reuse, in MB; a busy shop wants 3,000 or more. */
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
const defaultSharedBuffersMb = 128;
const defaultWalMb = 1024;
const defaultConnectionsMax = 100;

/** What must not be weakened in passing. */
const guarded = new Set(['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses']);

const sharedBuffersMb = (percent: number | undefined): number => {
  if (percent === undefined) return defaultSharedBuffersMb;
  invariant(percent >= 10 && percent <= 25, 'memoryPercent lies between 10 and 25');
  // A container's limit counts; without one, constrainedMemory() is 0 or absurdly large.
  const limit = constrainedMemory();
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.max(defaultSharedBuffersMb, Math.floor((memory * percent) / 100 / 1_048_576));
};

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
): string {
  const extra = settings.parameters ?? {};
  invariant(!Object.keys(extra).some((name) => guarded.has(name)), 'durability is not a parameter');
  const walMb = settings.walMb ?? defaultWalMb;
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
    shared_buffers: `${sharedBuffersMb(settings.memoryPercent)}MB`,
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
