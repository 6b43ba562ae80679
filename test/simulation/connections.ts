import type { PostgresPool, PostgresPoolClient } from 'kysely';

import type { Turnstile } from './turnstile.ts';
import type { MortalLife } from './life.ts';

/** Whether the database can be reached, and what a planted bug makes of its statements. */
export interface Ground {
  isAway(): boolean;
  /** Told of each statement; throws when the connection breaks at it. */
  onStatement(text: string): void;
  readonly rewrite: (text: string) => string;
}

type Query = (text: string, values: readonly unknown[]) => Promise<unknown>;

const refused = (): Error =>
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
export const broken = (): Error => new Error('Connection terminated unexpectedly');

const names = new Map<string, string>();

/** Statements are prepared once for a session: planning them anew takes longer than they do. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= namedMax) return known;
  names.set(text, `s${names.size}`);
  return names.get(text);
}

const namedMax = 500;

/**
 * The process's connections, one statement at a time and one transaction at a time over all
 * processes. What PostgreSQL itself does with transactions that overlap is tested elsewhere.
 */
export const connectionsOf =
  ({
    life,
    turnstile,
    ground,
    onConnected,
  }: {
    readonly life: MortalLife;
    readonly turnstile: Turnstile;
    readonly ground: Ground;
    /** Told of the server's session, so that it can be ended with the process. */
    readonly onConnected: (pid: number) => void;
  }) =>
  (pool: PostgresPool): PostgresPool => {
    const wrap = (client: PostgresPoolClient): PostgresPoolClient => {
      let isBroken = false;
      const query: Query = (text, values) =>
        turnstile.step(life, async () => {
          if (isBroken || ground.isAway()) throw broken();
          try {
            ground.onStatement(text);
          } catch (error) {
            isBroken = true;
            throw error;
          }
          const statement = { name: nameOf(text), text: ground.rewrite(text), values };
          return Reflect.apply(client.query, client, [statement]);
        });
      const release = (isDiscarded?: boolean): void => {
        client.release(isBroken || isDiscarded === true);
        turnstile.leave(life);
      };
      // Kysely asks for these two alone.
      return Object.assign(Object.create(client), { query, release });
    };
    return {
      options: pool.options,
      connect: async () => {
        await turnstile.enter(life);
        try {
          if (ground.isAway()) throw refused();
          const client = await turnstile.step(life, () => pool.connect());
          onConnected(Number(Reflect.get(client, 'processID')));
          return wrap(client);
        } catch (error) {
          turnstile.leave(life);
          throw error;
        }
      },
      end: () => pool.end(),
    };
  };
