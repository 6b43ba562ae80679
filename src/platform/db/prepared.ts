import type { PostgresPool, PostgresPoolClient } from 'kysely';

/** More kinds of statements than groups have; what comes after is planned each time. */
const namedMax = 500;

type Query = (text: string, values: readonly unknown[]) => Promise<unknown>;

/** The same connections, on each of which a statement is read and planned once. */
export function preparedOnce(pool: PostgresPool): PostgresPool {
  const names = new Map<string, string>();

  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= namedMax) return known;
    const name = `s${names.size}`;
    names.set(text, name);
    return name;
  };

  const prepare = (client: PostgresPoolClient): PostgresPoolClient => {
    const query: Query = (text, values) =>
      // Without values it is one of those that open and close transactions.
      values.length === 0
        ? Reflect.apply(client.query, client, [text])
        : Reflect.apply(client.query, client, [{ name: nameOf(text), text, values }]);
    // Kysely asks for these two alone.
    return Object.assign(Object.create(client), { query, release: client.release.bind(client) });
  };

  return {
    options: pool.options,
    connect: async () => prepare(await pool.connect()),
    end: () => pool.end(),
  };
}
