import { argon2, timingSafeEqual } from 'node:crypto';

import { invariant, Secret } from '#kernel';

import type { RandomBytes } from './random.ts';

// Crockford's alphabet: no I, L, O or U, so a key survives being copied by hand.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groupCount = 5;
const groupLength = 6;
const generated = /^QMOI(?:-[0-9A-Z]{6}){5}$/;
const keyLengthMax = 256;

/** `qmoi-` and five groups of six: 150 bits, to be written down by the owner. */
export function generateMasterKey(random: RandomBytes): Secret<string> {
  const bytes = random(groupCount * groupLength);
  // 256 is a multiple of 32, so five bits of a byte are as even as the byte.
  const digits = Array.from(bytes, (byte) => alphabet[byte & 31]).join('');
  const groups = Array.from({ length: groupCount }, (_, n) =>
    digits.slice(n * groupLength, (n + 1) * groupLength),
  );
  return new Secret(`qmoi-${groups.join('-')}`);
}

/** What was written down is typed back in any case, with O for 0 and l for 1. */
function normalise(key: string): string {
  const typed = key.trim().toUpperCase();
  if (!generated.test(typed)) return key.trim();
  return `qmoi${typed.slice(4).replaceAll('O', '0').replaceAll(/[IL]/g, '1')}`;
}

interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

// RFC 9106's second recommendation is 64 MiB and three passes. Two of those at once would take an
// engine at full load (155 MB measured) past 250 MB, so half the memory and one more pass: still
// above the OWASP floor (19 MiB, two passes), and a generated key needs no stretching at all.
const cost: Cost = { memory: 32 * 1024, passes: 4, parallelism: 4 };
// A hash from elsewhere may cost up to this: nobody starves the engine through its own settings.
const costMax: Cost = { memory: 128 * 1024, passes: 10, parallelism: 8 };
const saltBytes = 16;
const tagBytes = 32;

/** Argon2id, RFC 9106, written as a PHC string that carries its own cost and salt. */
export async function hashMasterKey(key: Secret<string>, random: RandomBytes): Promise<string> {
  const salt = random(saltBytes);
  const tag = await stretch(key, { ...cost, salt, tagLength: tagBytes });
  const costs = `m=${cost.memory},t=${cost.passes},p=${cost.parallelism}`;
  return `$argon2id$v=19$${costs}$${unpadded(salt)}$${unpadded(tag)}`;
}

export async function verifyMasterKey(key: Secret<string>, phc: string): Promise<boolean> {
  const parsed = parsePhc(phc);
  invariant(parsed !== undefined, 'the master key hash is an argon2id PHC string');
  if (key.reveal().length > keyLengthMax) return false;
  const { tag } = parsed;
  return timingSafeEqual(await stretch(key, { ...parsed, tagLength: tag.length }), tag);
}

/** Whether `verifyMasterKey` can work with it. */
export const isMasterKeyHash = (text: string): boolean => parsePhc(text) !== undefined;

const phcForm =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([\w+/-]{11,86})\$([\w+/-]{22,86})$/;

function parsePhc(phc: string) {
  const match = phcForm.exec(phc);
  if (match === null) return undefined;
  const [, memory, passes, parallelism, salt = '', tag = ''] = match;
  const parsed = {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
  const names = ['memory', 'passes', 'parallelism'] as const;
  const fits = names.every((name) => parsed[name] >= 1 && parsed[name] <= costMax[name]);
  // RFC 9106, section 3.1: at least 8 KiB a lane.
  return fits && parsed.memory >= 8 * parsed.parallelism ? parsed : undefined;
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

interface Stretching extends Cost {
  readonly salt: Buffer;
  readonly tagLength: number;
}

// The memory belongs to the process, hence one gate for the process.
const atOnceMax = 2;
let running = 0;
const waiting: (() => void)[] = [];

async function stretch(key: Secret<string>, stretching: Stretching): Promise<Buffer> {
  // Whoever is woken takes over the place of the one that woke it, so the count does not change.
  if (running >= atOnceMax) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await argon2id(normalise(key.reveal()), stretching);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

function argon2id(message: string, { salt, ...rest }: Stretching): Promise<Buffer> {
  const { memory, passes, parallelism, tagLength } = rest;
  return new Promise((resolve, reject) => {
    argon2(
      'argon2id',
      { message, nonce: salt, memory, passes, parallelism, tagLength },
      (error, tag) => (error === null ? resolve(tag) : reject(error)),
    );
  });
}
