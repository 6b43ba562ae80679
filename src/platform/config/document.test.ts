import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { configurationDocument, targetsSchemaDocument } from './document.ts';
import { defaultOf, notesOf, readFlat, settingNames } from './flat.ts';

const docs = new URL('../../../docs/', import.meta.url);

// Where these fail, run `node tools/write-schemas.ts`.
describe('documents made from the schemas', () => {
  it('docs/configuration.md says what the program reads', () => {
    const written = readFileSync(new URL('configuration.md', docs), 'utf8');
    expect(written).toBe(configurationDocument());
  });

  it('docs/targets.schema.json is the schema of the targets file', () => {
    const written: unknown = JSON.parse(readFileSync(new URL('targets.schema.json', docs), 'utf8'));
    expect(written).toEqual(JSON.parse(targetsSchemaDocument()));
  });
});

describe('every setting', () => {
  it.each(settingNames)('%s is described, with what holds in its absence', (name) => {
    const { about, example, otherwise } = notesOf(name);
    expect(about).toMatch(/\.$/);
    expect(example).not.toBe('');
    expect(defaultOf(name) ?? otherwise).toBeDefined();
  });

  it.each(settingNames.filter((name) => notesOf(name).isSecret !== true))(
    '%s reads its own example',
    (name) => {
      expect(readFlat({ [name]: notesOf(name).example }).problems).toEqual([]);
    },
  );

  it.each([
    'MPESA_CONSUMER_KEY',
    'MPESA_CONSUMER_SECRET',
    'MPESA_BUSINESS_SHORTCODE',
    'MPESA_PASSKEY',
    'MPESA_PHONE_NUMBER',
    'AIRTEL_CLIENT_ID',
    'AIRTEL_CLIENT_SECRET',
    'AIRTEL_PHONE_NUMBER',
    'QMOI_MASTER_API_KEY',
    'QMOI_MASTER_SECRET',
    'QMOI_MASTER_PHONE',
    'QMOI_MASTER_EMAIL',
    'QMOI_DAILY_TARGET_MPESA',
    'QMOI_DAILY_TARGET_AIRTEL',
    'QMOI_AUTO_TRANSFER_MPESA',
    'QMOI_AUTO_TRANSFER_AIRTEL',
  ])('%s keeps the name that the specification gave it', (name) => {
    expect(settingNames).toContain(name);
  });
});
