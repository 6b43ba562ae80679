import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const text = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8');

export const { version } = parsePackage(text);

function parsePackage(json: string): { readonly version: string } {
  return JSON.parse(json) as { readonly version: string };
}
