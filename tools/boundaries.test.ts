import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pureDoors, wiringFiles } from './boundaries.ts';
import { lint, type LintReport, printedBy } from './linter.ts';
import { roomFolders } from './lint-zones.ts';
import { root, sourcePaths } from './sources.ts';
import { lintConfig } from './write-lint-config.ts';

/** Rule, the file that breaks it, and its text. */
const planted: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['line-kernel', 'src/kernel/below.ts', "import '#ledger';"],
  ['line-kernel', 'src/kernel/package.ts', "import 'zod';"],
  ['line-platform', 'src/platform/db/below.ts', "import '#audit';"],
  ['line-security', 'src/security/peer.ts', "import '#audit';"],
  ['line-audit', 'src/audit/store.ts', "import '#security';"],
  ['line-ledger', 'src/ledger/store.ts', "import '#rails';"],
  ['line-ledger', 'src/ledger/type-only.ts', "import type { Charge } from '#billing';"],
  ['line-evidence', 'src/evidence/store.ts', "import '#ledger';"],
  ['line-rails', 'src/rails/client.ts', "import '#ledger';"],
  ['line-rails', 'src/rails/mpesa/client.ts', "import '#streams';"],
  ['line-streams', 'src/streams/store.ts', "import '#billing';"],
  ['line-billing', 'src/billing/service.ts', "import '#transfers';"],
  ['line-transfers', 'src/transfers/service.ts', "export { x } from '#collections';"],
  ['line-collections', 'src/collections/worker.ts', "await import('#intake');"],
  ['line-intake', 'src/intake/service.ts', "import '#targets';"],
  ['line-targets', 'src/targets/service.ts', "import '#intake';"],
  ['line-backup', 'src/backup/service.ts', "import '#intake';"],
  ['line-insights', 'src/insights/service.ts', "import '#notify';"],
  ['line-notify', 'src/notify/service.ts', "import '#api';"],
  ['line-api', 'src/api/server.ts', "import '#cli';"],
  ['line-api', 'src/api/routes/status.ts', "import '#cli';"],
  ['line-cli', 'src/cli/start.ts', "import '#api';"],
  ['line-cli', 'src/cli/main.ts', "import '../main.ts';"],
  ['line-billing', 'src/billing/peer.test.ts', "import '#transfers';"],
  ['enter-by-the-door', 'src/billing/store.ts', "import '../ledger/store.ts';"],
  ['enter-by-the-door', 'src/billing/worker.ts', "import './../ledger/index.ts';"],
  ['enter-by-the-door', 'src/billing/client.ts', "import './x/../../ledger/index.ts';"],
  ['enter-by-the-door', 'src/platform/log/part.ts', "import '../db/pool.ts';"],
  ['enter-by-the-door', 'src/platform/log/deep.ts', "import '#platform/db/pool';"],
  ['enter-by-the-door', 'src/rails/airtel/client.ts', "import '../../ledger/index.ts';"],
  ['enter-by-the-door', 'src/api/routes/contract.ts', "import '../contract/money.ts';"],
  ['enter-by-the-door', 'src/api/routes/ledger.ts', "import '../../ledger/index.ts';"],
  ['enter-by-the-door', 'src/billing/other.test.ts', "import '../ledger/store.ts';"],
  ['enter-by-the-door', 'src/wiring.ts', "import './ledger/store.ts';"],
  ['enter-by-the-door', 'test/e2e/inside.test.ts', "import '../../src/ledger/store.ts';"],
  ['enter-by-the-door', 'tools/inside.ts', "import '../src/ledger/store.ts';"],
  ['not-your-own-door', 'src/ledger/service.ts', "import '#ledger';"],
  ['not-your-own-door', 'src/ledger/worker.ts', "import './index.ts';"],
  ['not-your-own-door', 'src/platform/db/own.ts', "import '#platform/db';"],
  ['not-your-own-door', 'src/rails/mpesa/webhook.ts', "import '#rails';"],
  ['not-your-own-door', 'src/rails/airtel/webhook.ts', "import '../index.ts';"],
  ['not-your-own-door', 'src/api/routes/own.ts', "import '../index.ts';"],
  ['only-main-names-a-provider', 'src/transfers/client.ts', "import '#rails/mpesa';"],
  ['only-main-names-a-provider', 'src/cli/airtel.ts', "import '#rails/airtel';"],
  ['only-main-names-a-provider', 'src/intake/by-name.test.ts', "import '#rails/mpesa';"],
  ['only-main-names-a-provider', 'tools/by-name.ts', "import '#rails/mpesa';"],
  ['providers-are-strangers', 'src/rails/mpesa/index.ts', "import '../airtel/codes.ts';"],
  ['providers-are-strangers', 'src/rails/airtel/index.ts', "import '../mpesa/codes.ts';"],
  ['providers-are-strangers', 'src/rails/airtel/service.ts', "import '#rails/mpesa';"],
  ['providers-are-strangers', 'src/rails/service.ts', "import './mpesa/codes.ts';"],
  ['providers-are-strangers', 'src/rails/mpesa/x.test.ts', "import '../airtel/codes.ts';"],
  ['pure-by-default', 'src/billing/decide.ts', "import { hash } from 'node:crypto';"],
  ['pure-by-default', 'src/billing/price.ts', "import { db } from '#platform/db';"],
  ['pure-by-default', 'src/billing/consent.ts', "import { seal } from '#security';"],
  ['pure-by-default', 'src/billing/post.ts', "import { post } from '#ledger';"],
  ['pure-by-default', 'src/billing/row.ts', "import { rows } from './store.ts';"],
  ['pure-by-default', 'src/rails/mpesa/codes.ts', "import { send } from '../client.ts';"],
  ['pure-by-default', 'src/billing/query.ts', "import { sql } from 'kysely';"],
  ['browser-safe', 'src/kernel/file.ts', "import 'node:fs';"],
  ['browser-safe', 'src/api/contract/file.ts', "import 'node:fs';"],
  ['browser-safe', 'src/api/contract/ledger.ts', "import type { X } from '#ledger';"],
  ['browser-safe', 'src/api/contract/package.ts', "import 'fastify';"],
  ['browser-safe', 'src/api/contract/near.ts', "import 'zodiac';"],
  ['dashboard-sees-the-contract-only', 'dashboard/src/pay.ts', "import '#ledger';"],
  ['dashboard-sees-the-contract-only', 'dashboard/src/in.tsx', "import '../../src/ledger/x.ts';"],
  ['simulators-are-independent', 'simulators/mpesa/door.ts', "import '#rails/mpesa';"],
  ['simulators-are-independent', 'simulators/mpesa/path.ts', "import '../../src/kernel/x.ts';"],
  ['simulators-are-independent', 'simulators/airtel/peer.ts', "import '../mpesa/store.ts';"],
  ['simulators-are-independent', 'simulators/mpesa/x.test.ts', "import '#rails';"],
  ['simulators-are-independent', 'simulators/customers/help.ts', "import '../../test/town.ts';"],
  ['product-never-uses-test-code', 'src/billing/webhook.ts', "import '../../test/support/pg.ts';"],
  ['product-never-uses-test-code', 'src/cli/town.ts', "import '../../simulators/mpesa/main.ts';"],
  ['product-never-uses-test-code', 'src/rails/store.ts', "import './test-kit.ts';"],
  ['product-never-uses-test-code', 'src/rails/worker.ts', "import './lists-test-kit.ts';"],
  ['product-never-uses-test-code', 'src/kernel/chance.ts', "import 'fast-check';"],
  ['product-never-uses-test-code', 'dashboard/src/t.ts', "import '../../tools/sources.ts';"],
  ['time-is-given', 'src/intake/worker.ts', "import 'node:timers/promises';"],
  ['no-cycle', 'src/streams/egg.ts', "import { hen } from './hen.ts';\nexport const egg = hen;"],
  ['no-cycle', 'src/platform/log/a.ts', "import { b } from '#platform/jobs';\nexport const a = b;"],
];

/** Files that break nothing, several of them the nearest lawful neighbour of a planted one. */
const clean: Readonly<Record<string, string>> = {
  'src/kernel/index.ts': "export { zero } from './money.ts';",
  'src/kernel/money.ts': 'export const zero = 0n;',
  'src/platform/db/index.ts': "export { pool } from './pool.ts';",
  'src/platform/db/pool.ts':
    "import '#platform/config';\nimport 'node:net';\nexport const pool = 1;",
  'src/platform/log/index.ts': "export { a } from './a.ts';",
  'src/platform/jobs/index.ts': "import { a } from '#platform/log';\nexport const b = a;",
  'src/streams/hen.ts': "import { egg } from './egg.ts';\nexport const hen = egg;",
  'src/ledger/index.ts': "export { post } from './post.ts';",
  'src/ledger/post.ts': [
    "import { zero } from '#kernel';",
    "import type { Db } from '#platform/db';",
    "import type { Stats } from 'node:fs';",
    "import { type Row } from './store-row.ts';",
    'export const post = (db: Db, stats: Stats, row: Row): unknown => [zero, db, stats, row];',
  ].join('\n'),
  'src/ledger/clean.test.ts': "import './index.ts';\nimport '../../test/support/pg.ts';",
  'src/rails/mpesa/capabilities.ts': "import '../rail.ts';\nimport './codes.ts';",
  'src/rails/mpesa/clean.test.ts': "import '../../../simulators/mpesa/index.ts';",
  'src/rails/test-kit.ts': "import 'vitest';\nimport './rail.ts';",
  'src/rails/lists-test-kit.ts': "import 'vitest';\nimport 'node:zlib';",
  'src/collections/service.ts': "import '#billing';\nimport '#rails';\nimport 'node:crypto';",
  'src/api/routes/pay.ts': "import '#api/contract';\nimport '../errors.ts';\nimport '#billing';",
  'src/api/contract/pay.ts': "import '#kernel';\nimport 'zod';\nimport './money.ts';",
  'src/cli/status.ts': "import '#api/contract';\nimport '#targets';\nimport 'commander';",
  'simulators/mpesa/app.ts': "import '#kernel';\nimport 'node:http';\nimport './store.ts';",
  'simulators/mpesa/clean.test.ts': "import 'vitest';\nimport '../../test/support/pg.ts';",
  'dashboard/src/app.tsx': "import '#kernel';\nimport '#api/contract';\nimport './page.tsx';",
  'src/main.ts': "import '#rails/mpesa';\nimport '#rails/airtel';\nimport '#api';",
  'test/e2e/clean.test.ts': "import '../../src/main.ts';\nimport '#rails/mpesa';",
};
let tree = '';
let report: LintReport;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), `${text}\n`);
}

const found = (file: string): readonly string[] =>
  report.findings.filter((finding) => finding.file === file).map(({ rule, text }) => rule + text);

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'boundaries-'));
  for (const name of ['.oxlintrc.json', 'package.json', 'tsconfig.json', 'knip.json'])
    cpSync(join(root, name), join(tree, name));
  for (const [path, text] of Object.entries(clean)) write(path, text);
  for (const [, path, text] of planted) write(path, text);
  // Imports for their effect alone keep the planted files short.
  report = lint(tree, ['--allow=import/no-unassigned-import', '--allow=no-unused-vars']);
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('every rule catches its planted violation', () => {
  it.each(planted)('%s in %s: %s', (rule, file) => {
    expect(found(file).filter((text) => text.includes(rule))).not.toEqual([]);
  });

  it('plants each file once, so that none hides another', () => {
    const files = [...planted.map(([, file]) => file), ...Object.keys(clean)];
    expect(new Set(files).size).toBe(files.length);
  });
});

// The other half of a planted cycle is reported too.
const lawful = Object.keys(clean).filter((path) => !/hen\.ts|(jobs|log)\/index\.ts/.test(path));

it.each(lawful)('finds nothing in %s', (path) => {
  expect(found(path)).toEqual([]);
});

it('catches an import that resolves to nothing', () => {
  write('src/collections/lost.ts', "export { lost } from './nowhere.ts';");
  expect(printedBy('tsc', ['--pretty', 'false', '--types', ''], tree)).toMatch(
    /collections\/lost\.ts.*TS2307.*nowhere/,
  );
});

it('catches a file that nothing reaches', () => {
  write('src/collections/orphan.ts', 'export const orphan = 1;');
  expect(printedBy('knip', ['--include', 'files', '--no-progress'], tree)).toMatch(
    /^src\/collections\/orphan\.ts/m,
  );
});

describe('the project itself', () => {
  const paths = sourcePaths();
  const inSrc = paths.filter((path) => path.startsWith('src/'));

  it('has a place in tools/boundaries.ts for every folder of src', () => {
    const folders = inSrc.filter((path) => path.endsWith('.ts')).map((path) => dirname(path));
    const unknown = new Set(folders.map((folder) => folder.slice('src/'.length)));
    expect([...unknown].filter((folder) => folder !== '' && !roomFolders.includes(folder))).toEqual(
      [],
    );
  });

  it('keeps nothing but the wiring in src itself', () => {
    const top = inSrc.filter((path) => path.split('/').length === 2).map((path) => path.slice(4));
    expect(top.filter((name) => !wiringFiles.includes(name))).toEqual([]);
  });

  it.each(pureDoors)('has no file that touches the world behind #%s', (door) => {
    const files = inSrc.filter((path) => path.startsWith(`src/${door}/`));
    const effects = /\/(store|service|worker|client|webhook)\.ts$/;
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((path) => effects.test(path))).toEqual([]);
  });

  it('is read by the linter whole', () => {
    const code = paths.filter((path) => /\.(ts|tsx|cjs|mjs|js)$/.test(path));
    expect(lint(root).filesRead).toBe(code.length);
  });

  it('has the lint configuration that tools/write-lint-config.ts writes', () => {
    expect(readFileSync(join(root, '.oxlintrc.json'), 'utf8')).toBe(lintConfig());
  });
});
