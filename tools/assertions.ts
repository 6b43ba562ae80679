import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lint } from './linter.ts';
import { readSource, root } from './sources.ts';
import { declarationAround } from './tidy.ts';

/**
 * Type assertions (`as`) outside parse functions and tests, by file: each was read and found to
 * make a brand from a value that was just checked or built. A number here may only become smaller.
 */
export const reviewedAssertions: Readonly<Record<string, number>> = {
  'src/kernel/business-day.ts': 1,
  'src/kernel/ids.ts': 2,
};

const settings = {
  plugins: ['typescript'],
  categories: { correctness: 'off' },
  rules: { 'typescript/consistent-type-assertions': ['error', { assertionStyle: 'never' }] },
};

/** How many assertions each file makes outside its parse functions; the linter finds them. */
export function countAssertions(folder = root): Readonly<Record<string, number>> {
  const scratch = mkdtempSync(join(tmpdir(), 'assertions-'));
  try {
    const config = join(scratch, 'config.json');
    writeFileSync(config, JSON.stringify(settings));
    const { findings } = lint(folder, ['-c', config, 'src', 'simulators', 'tools', 'bench']);
    const inProduct = findings.filter(({ file }) => !/(\.test|test-kit)\.ts$/.test(file));
    const outside = inProduct.filter(({ file, line }) => {
      const { text } = readSource(file);
      return !declarationAround(text, line).startsWith('parse');
    });
    const files = Object.groupBy(outside, (finding) => finding.file);
    return Object.fromEntries(
      Object.entries(files).map(([file, found]) => [file, found?.length ?? 0]),
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
