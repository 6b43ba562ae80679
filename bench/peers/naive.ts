/** A handler without an engine: `node naive.ts tutorial|transaction|chain`, database on stdin. */
import { createInterface } from 'node:readline';

import pg from 'pg';

import { serve } from './answering.ts';
import { naiveHandlers, naiveKinds } from './naive-books.ts';

/** Enough for the two cores; more would only wait for the same rows. */
const connectionsMax = 20;

const parseWord = (line: string): { readonly connectionString: string } =>
  JSON.parse(line) as { readonly connectionString: string };
const kind = naiveKinds.find((name) => name === process.argv[2]) ?? 'tutorial';

createInterface({ input: process.stdin }).once('line', (line) => {
  const { connectionString } = parseWord(line);
  const pool = new pg.Pool({ connectionString, max: connectionsMax });
  serve((body) => naiveHandlers[kind](pool, body));
});
