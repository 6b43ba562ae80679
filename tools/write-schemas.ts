import { writeFileSync } from 'node:fs';

import { configurationDocument, targetsSchemaDocument } from '#platform/config';

/** Writes the documents that are made from schemas; a test fails where they differ. */
const documents = {
  'docs/configuration.md': configurationDocument(),
  'docs/targets.schema.json': targetsSchemaDocument(),
};

for (const [name, text] of Object.entries(documents)) {
  writeFileSync(new URL(`../${name}`, import.meta.url), text);
  process.stdout.write(`${name}\n`);
}
