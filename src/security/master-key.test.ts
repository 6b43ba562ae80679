import { argon2Sync } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { Secret } from '#kernel';

import {
  generateMasterKey,
  hashMasterKey,
  isMasterKeyHash,
  verifyMasterKey,
} from './master-key.ts';
import { createSeededRandom } from './test-kit.ts';

const random = createSeededRandom('master');

// Cheap on purpose: what is tested here is the form, and the cost stands in the string.
const cheapHashOf = (text: string): string => {
  const salt = random(16);
  const cost = { memory: 64, passes: 1, parallelism: 1, tagLength: 32 };
  const tag = argon2Sync('argon2id', { message: text, nonce: salt, ...cost });
  const written = [salt, tag].map((b) => b.toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=64,t=1,p=1$${written.join('$')}`;
};

describe('the master key', () => {
  it('is generated in a form that can be copied by hand', () => {
    const keys = Array.from({ length: 50 }, () => generateMasterKey(random).reveal());
    for (const key of keys) expect(key).toMatch(/^qmoi(?:-[0-9A-HJKMNP-TV-Z]{6}){5}$/);
    expect(new Set(keys).size).toBe(50);
    expect(new Set(keys.join('').replaceAll(/qmoi|-/g, '')).size).toBe(32);
  });

  it('is hashed with argon2id at full cost and a salt of its own', async () => {
    const key = generateMasterKey(random);
    const phc = await hashMasterKey(key, random);
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=32768,t=4,p=4\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(isMasterKeyHash(phc)).toBe(true);
    expect(await hashMasterKey(key, random)).not.toBe(phc);
    expect(await verifyMasterKey(key, phc)).toBe(true);
    expect(await verifyMasterKey(generateMasterKey(random), phc)).toBe(false);
  });

  it.each([
    ['as generated', 'qmoi-0123AB-CDEFGH-JKMNPQ-RSTVWX-YZ0123', true],
    ['in small letters', 'qmoi-0123ab-cdefgh-jkmnpq-rstvwx-yz0123', true],
    ['with letters for digits', ' QMOI-oi23ab-cdefgh-jkmnpq-rstvwx-yzol23\n', true],
    ['with another digit', 'qmoi-0123AB-CDEFGH-JKMNPQ-RSTVWX-YZ0124', false],
    ['cut off', 'qmoi-0123AB-CDEFGH-JKMNPQ-RSTVWX', false],
    ['empty', '', false],
    ['far too long', 'x'.repeat(100_000), false],
  ])('typed %s: %j is right: %j', async (_how, typed, expected) => {
    const phc = cheapHashOf('qmoi-0123AB-CDEFGH-JKMNPQ-RSTVWX-YZ0123');
    expect(await verifyMasterKey(new Secret(typed), phc)).toBe(expected);
  });

  it('keeps the case of a key that the owner chose', async () => {
    const phc = cheapHashOf('Mama Mboga sells 300 mangoes');
    expect(await verifyMasterKey(new Secret('Mama Mboga sells 300 mangoes '), phc)).toBe(true);
    expect(await verifyMasterKey(new Secret('mama mboga sells 300 mangoes'), phc)).toBe(false);
  });

  it('is checked however many ask at once', async () => {
    const phc = cheapHashOf('right');
    const asked = Array.from({ length: 12 }, (_, n) => (n % 3 === 0 ? 'right' : `wrong ${n}`));
    const answers = await Promise.all(asked.map((key) => verifyMasterKey(new Secret(key), phc)));
    expect(answers).toEqual(asked.map((key) => key === 'right'));
  });

  const good = cheapHashOf('x');
  it.each([
    ['empty', ''],
    ['another algorithm', good.replace('argon2id', 'argon2i')],
    ['another version', good.replace('v=19', 'v=16')],
    ['no salt', good.replace(/\$[^$]*\$([^$]*)$/, '$$$1')],
    ['memory to starve us', good.replace('m=64', 'm=999999')],
    ['passes to stall us', good.replace('t=1', 't=11')],
    ['no passes', good.replace('t=1', 't=0')],
    ['less memory than lanes need', good.replace('m=64', 'm=4')],
    ['a line more', `${good}\n`],
  ])('cannot be checked against a hash with %s', async (_what, phc) => {
    expect(isMasterKeyHash(phc)).toBe(false);
    await expect(verifyMasterKey(new Secret('x'), phc)).rejects.toThrow('PHC');
  });
});
