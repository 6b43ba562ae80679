import { type Check, type Checked, fail, type Finding, pass, warn } from './check.ts';
import type { HttpSettings } from './config.ts';
import type { Facts, PortState } from './facts.ts';

const nodeMajorMin = 26;
const megabyte = 1_048_576;
const diskFreeBytesMin = 200 * megabyte;
const diskFreeBytesComfortable = 2_048 * megabyte;
const serverVersionMin = 150_000;
const clockSkewMsMax = 30_000;
const clockSkewMsComfortable = 2_000;

export function checkNode({ nodeVersion }: Facts): Check {
  const name = 'Node.js version';
  const major = Number(nodeVersion.split('.')[0]);
  if (major >= nodeMajorMin) return pass(name, `Node.js ${nodeVersion}.`);
  return fail(name, {
    cause: `Node.js ${nodeVersion} is older than ${nodeMajorMin}.`,
    fix: 'Start through npm run, which uses the Node.js that npm ci installed.',
  });
}

export function checkEnvFile({ envFileMode }: Facts): Check {
  const name = 'Privacy of .env';
  if (envFileMode === undefined) return pass(name, 'There is no .env with permissions to check.');
  if ((envFileMode & 0o077) === 0) return pass(name, 'Only its owner can read .env.');
  return fail(name, {
    cause: `.env has mode 0${envFileMode.toString(8)}: other users of this machine can reach it.`,
    fix: 'Run chmod 600 .env.',
  });
}

export function checkFolders({ folders }: Facts): Check {
  const name = 'Folders';
  const closed = folders.filter(({ isWritable }) => !isWritable).map(({ path }) => path);
  if (closed.length === 0) return pass(name, 'Data and logs can be written.');
  return fail(name, {
    cause: `Not writable: ${closed.join(', ')}.`,
    fix: 'Give those folders to the user who runs the engine.',
  });
}

export function checkDisk({ diskFreeBytes }: Facts): Check {
  const name = 'Disk space';
  if (diskFreeBytes === undefined) return pass(name, 'The system does not tell.');
  const cause = `${Math.floor(diskFreeBytes / megabyte)} MB are free.`;
  const fix = 'Free some space: without it payments cannot be recorded.';
  if (diskFreeBytes < diskFreeBytesMin) return fail(name, { cause, fix });
  return diskFreeBytes < diskFreeBytesComfortable ? warn(name, { cause, fix }) : pass(name, cause);
}

const portFindings = {
  taken: ({ host, port }) => ({
    cause: `Another program listens on ${host}:${port}.`,
    fix: 'Stop that program, or set QMOI_PORT to a free port.',
  }),
  forbidden: ({ port }) => ({
    cause: `This user may not listen on port ${port}.`,
    fix: 'Set QMOI_PORT to a port above 1023 and let a proxy take 443.',
  }),
  'no-such-address': ({ host }) => ({
    cause: `${host} is not an address of this machine.`,
    fix: 'Set QMOI_HOST=127.0.0.1, or an address this machine has.',
  }),
} as const satisfies Record<
  Exclude<PortState, 'free' | 'own-engine'>,
  (http: HttpSettings) => Finding
>;

export function checkPort({ config, facts }: Checked): Check {
  const name = 'Port';
  const { host, port } = config.http;
  const state = facts.port ?? 'free';
  if (state === 'free') return pass(name, `${host}:${port} is free.`);
  if (state === 'own-engine')
    return pass(name, `The engine is already running on ${host}:${port}.`);
  return fail(name, portFindings[state](config.http));
}

const majorOf = (serverVersion: number): number => Math.floor(serverVersion / 10_000);

function checkClock(clockAheadMs: number): Check {
  const name = 'Clock of the database';
  const skewMs = Math.abs(clockAheadMs);
  const cause = `It differs from this machine's by ${Math.round(skewMs / 100) / 10} s.`;
  const fix = 'Keep both machines’ clocks by NTP.';
  if (skewMs > clockSkewMsMax) return fail(name, { cause, fix });
  return skewMs > clockSkewMsComfortable ? warn(name, { cause, fix }) : pass(name, cause);
}

function checkServer(serverVersion: number, fsync: boolean): Check {
  const name = 'Database server';
  const major = majorOf(serverVersion);
  if (serverVersion < serverVersionMin) {
    return fail(name, {
      cause: `PostgreSQL ${major} is older than ${majorOf(serverVersionMin)}.`,
      fix: 'Upgrade the server, or remove DATABASE_URL to use the embedded one.',
    });
  }
  if (fsync) return pass(name, `PostgreSQL ${major}, which waits for the disk.`);
  return fail(name, {
    cause: 'The server runs with fsync off: a payment it confirmed can be lost with the power.',
    fix: 'Set fsync = on in postgresql.conf and restart the server.',
  });
}

export function checkDatabase({ config, facts }: Checked): readonly Check[] {
  const { database } = facts;
  const name = 'Database';
  if (database.kind === 'not-asked') return [];
  if (database.kind === 'away') {
    const isEmbedded = config.database.kind === 'embedded';
    return [
      fail(name, {
        cause: `The database cannot be reached (${database.cause}).`,
        fix: isEmbedded
          ? 'Look for the reason in logs/revenue_engine.log; the engine starts this server itself.'
          : 'Start the server, or correct DATABASE_URL.',
      }),
    ];
  }
  const belongs = database.mode === undefined || database.mode === config.mode;
  return [
    belongs
      ? pass(name, `It is reached and holds ${config.mode} data only.`)
      : fail(name, {
          cause: `It holds ${database.mode} data, but QMOI_MODE is ${config.mode}.`,
          fix: 'Give each mode a database of its own: change DATABASE_URL or QMOI_MODE.',
        }),
    checkServer(database.serverVersion, database.fsync),
    checkClock(database.clockAheadMs),
  ];
}
