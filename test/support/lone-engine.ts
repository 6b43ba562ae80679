import { createWallClock } from '#kernel';
import {
  createDatabaseServer,
  type DatabaseServerSettings,
  describeServerRefusal,
} from '#platform/database-server';

/**
 * An engine reduced to its database server, in a process of its own that a test can kill or run as
 * another user: `node lone-engine.ts <data folder> [settings as JSON]`. Prints one line of JSON and
 * then lives until it is killed, as an engine would, unless the start was refused.
 */
const [, , dataDir = '', settingsText = '{}'] = process.argv;
const settings = JSON.parse(settingsText) as DatabaseServerSettings;
const server = createDatabaseServer({ dataDir, clock: createWallClock(), settings });
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
const started = await server.start();
const say = (word: unknown): boolean => process.stdout.write(`${JSON.stringify(word)}\n`);
if (started.ok) {
  const { firstStart, adopted, host } = started.value;
  const status = await server.status();
  // Lives on, as an engine does.
  setInterval(() => undefined, 60_000);
  say({ firstStart, adopted, host, status });
} else {
  say({ refused: started.error.kind, text: describeServerRefusal(started.error) });
}
