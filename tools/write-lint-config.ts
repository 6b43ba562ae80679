import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseRules, rulesByFolder } from './lint-rules.ts';
import { type Ban, type Zone, zones } from './lint-zones.ts';

const patternOf = ({ rule, pattern, say, typesAllowed }: Ban): object => ({
  regex: pattern,
  message: `${rule}: ${say}`,
  ...(typesAllowed === true ? { allowTypeImports: true } : {}),
});

const overrideOf = ({ files, bans }: Zone): object => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: bans.map(patternOf) }] },
});

const settings = {
  $schema: './node_modules/oxlint/configuration_schema.json',
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'node', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { reportUnusedDisableDirectives: 'error' },
  // Not left to .gitignore: an unpacked archive is no repository.
  ignorePatterns: ['node_modules', 'data', 'logs', 'coverage', '/built*', 'dashboard/dist*'],
  rules: baseRules,
};

/** The text of `.oxlintrc.json`: one line per override, so that a change reads as one. */
export function lintConfig(): string {
  const head = JSON.stringify(settings, undefined, 2).slice(0, -2);
  const overrides = [...rulesByFolder, ...zones.map(overrideOf)];
  const rows = overrides.map((override) => `    ${JSON.stringify(override)}`).join(',\n');
  return `${head},\n  "overrides": [\n${rows}\n  ]\n}\n`;
}

const configFile = join(import.meta.dirname, '..', '.oxlintrc.json');
if (import.meta.main) writeFileSync(configFile, lintConfig());
