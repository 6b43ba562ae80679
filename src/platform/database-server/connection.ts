import { Client } from 'pg';

import type { EpochMs } from '#kernel';

export const superuser = 'qmoi';
export const databaseName = 'qmoi';
export const port = 5432;
const connectTimeoutMs = 5_000;

export interface Address {
  readonly socketFolder: string;
  readonly password: string;
}

/** For libraries that take one string; the socket's folder travels as a parameter. */
export const connectionStringOf = ({ socketFolder, password }: Address): string =>
  `postgresql://${superuser}:${password}@localhost:${port}/${databaseName}` +
  `?host=${encodeURIComponent(socketFolder)}`;

export type Answer =
  | {
      readonly kind: 'answers';
      readonly systemIdentifier: string;
      readonly dataFolder: string;
      readonly startedAt: EpochMs;
    }
  | { readonly kind: 'password-refused' }
  /** Starting, recovering or shutting down. */
  | { readonly kind: 'not-yet' }
  | { readonly kind: 'silent'; readonly detail: string };

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

async function withClient<Value>(
  address: Address,
  work: (client: Client) => Promise<Value>,
): Promise<Value> {
  const client = new Client({
    host: address.socketFolder,
    port,
    user: superuser,
    password: address.password,
    database: 'postgres',
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: connectTimeoutMs,
  });
  // A server that dies in between is told by the query that fails.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Asks whoever listens in the folder which data it serves. */
export async function ask(address: Address): Promise<Answer> {
  try {
    return await withClient(address, async (client) => {
      const { rows } = await client.query<{ id: string; folder: string; seconds: string }>(
        `select (pg_control_system()).system_identifier::text as id,
                current_setting('data_directory') as folder,
                extract(epoch from pg_postmaster_start_time())::text as seconds`,
      );
      const [row] = rows;
      if (row === undefined) return { kind: 'silent', detail: 'no row' };
      return {
        kind: 'answers',
        systemIdentifier: row.id,
        dataFolder: row.folder,
        startedAt: Math.round(Number(row.seconds) * 1000),
      };
    });
  } catch (error) {
    const code = codeOf(error);
    if (code === '28P01' || code === '28000') return { kind: 'password-refused' };
    // 57P03: cannot_connect_now; 53300: too_many_connections, by somebody who got in.
    if (code === '57P03' || code === '53300') return { kind: 'not-yet' };
    if (!(error instanceof Error)) throw error;
    return { kind: 'silent', detail: code === '' ? error.message : code };
  }
}

/** Makes the engine's database on the first start; a start cut short after initdb is made good. */
export const ensureDatabase = (address: Address): Promise<void> =>
  withClient(address, async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`);
  });
