import {
  constants,
  createHash,
  generateKeyPairSync,
  privateDecrypt,
  type KeyObject,
} from 'node:crypto';
import { createVirtualClock, parseMsisdn, Secret, type Msisdn } from '#kernel';
import type { HttpLine, HttpOutcome, HttpRequest } from '../http.ts';
import { createMemoryTokenKeeper } from '../token-memory.ts';
import { airtelKenya, type AirtelConfig } from './config.ts';
import { createAirtelRail } from './service.ts';

export const startAt = Date.UTC(2026, 2, 1, 9, 0, 0);

export const msisdnOf = (text: string): Msisdn => {
  const parsed = parseMsisdn(text);
  if (!parsed.ok) throw new Error(`${text} is no number`);
  return parsed.value;
};

export const configOf = (changes: Partial<AirtelConfig> = {}): AirtelConfig => ({
  ...airtelKenya,
  baseUrl: 'http://airtel.test',
  clientId: new Secret('client-id'),
  clientSecret: new Secret('client-secret'),
  ...changes,
});

export interface TestKey {
  readonly base64Der: string;
  readonly privateKey: KeyObject;
}

export function makeKey(modulusLength: 1024 | 2048): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return { base64Der: der.toString('base64'), privateKey };
}

const rawDecrypt = ({ privateKey }: TestKey, base64: string): Buffer =>
  privateDecrypt(
    { key: privateKey, padding: constants.RSA_NO_PADDING },
    Buffer.from(base64, 'base64'),
  );

/** PKCS#1 v1.5 stripped by hand: OpenSSL may answer bad padding with random bytes. */
export function decryptPkcs1(key: TestKey, base64: string): string {
  const block = rawDecrypt(key, base64);
  const gap = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || gap < 10) throw new Error('not PKCS#1 padding');
  return block.subarray(gap + 1).toString('ascii');
}

function maskOf(seed: Buffer, size: number, hash: 'sha1' | 'sha256'): Buffer {
  let mask = Buffer.alloc(0);
  for (let n = 0; mask.length < size; n += 1) {
    const counter = Buffer.from([0, 0, 0, n]);
    mask = Buffer.concat([
      mask,
      createHash(hash)
        .update(Buffer.concat([seed, counter]))
        .digest(),
    ]);
  }
  return mask.subarray(0, size);
}

/** OAEP with SHA-256 for the label, undone by hand from RFC 8017 §7.1.2. */
export function decryptOaep(key: TestKey, base64: string, mgf1: 'sha1' | 'sha256'): string {
  const block = rawDecrypt(key, base64);
  const [maskedSeed, maskedData] = [block.subarray(1, 33), block.subarray(33)];
  const seedMask = maskOf(maskedData, 32, mgf1);
  const seed = Buffer.from(maskedSeed.map((byte, n) => byte ^ Number(seedMask[n])));
  const dataMask = maskOf(seed, maskedData.length, mgf1);
  const data = Buffer.from(maskedData.map((byte, n) => byte ^ Number(dataMask[n])));
  const label = createHash('sha256').digest();
  const mark = data.indexOf(1, 32);
  const isPadded = data.subarray(32, mark).every((byte) => byte === 0);
  if (block[0] !== 0 || !data.subarray(0, 32).equals(label) || !isPadded) {
    throw new Error('not this OAEP padding');
  }
  return data.subarray(mark + 1).toString('ascii');
}

type Reply = HttpOutcome | ((request: HttpRequest) => HttpOutcome);

export const reply = (status: number, body: unknown): HttpOutcome => ({
  kind: 'answer',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const tokenPath = '/auth/oauth2/token';

/**
 * A line that answers from a script and fails beyond its end. Tokens are minted outside the
 * script, `token-1` first, unless `token` says otherwise.
 */
export function createScriptedLine(replies: readonly Reply[], token?: Reply) {
  const requests: HttpRequest[] = [];
  const tokenRequests: HttpRequest[] = [];
  const left = [...replies];
  const mint = (): HttpOutcome =>
    reply(200, { access_token: `token-${tokenRequests.length}`, expires_in: '180' });
  const answer = (request: HttpRequest): HttpOutcome => {
    const isToken = request.url.endsWith(tokenPath);
    (isToken ? tokenRequests : requests).push(request);
    const next = isToken ? (token ?? mint) : left.shift();
    if (next === undefined) throw new Error(`no answer scripted for ${request.url}`);
    return typeof next === 'function' ? next(request) : next;
  };
  const line: HttpLine = { send: (request) => Promise.resolve(answer(request)) };
  return { line, requests, tokenRequests };
}

/** A rail on a scripted line. */
export function createTestRail(setting: {
  readonly replies?: readonly Reply[];
  readonly token?: Reply;
  readonly config?: Partial<AirtelConfig>;
}) {
  const clock = createVirtualClock(startAt);
  const scripted = createScriptedLine(setting.replies ?? [], setting.token);
  const config = configOf(setting.config);
  const tokens = createMemoryTokenKeeper({ clock });
  return { ...scripted, clock, rail: createAirtelRail({ config, tokens, clock, ...scripted }) };
}

export const promptRequest = {
  ownId: 'TXN00000000000000000000001',
  msisdn: msisdnOf('0733123456'),
  amountMinor: 100_00n,
  reference: 'INV001',
  description: 'An invoice',
  callbackUrl: 'https://shop.example/airtel',
} as const;

export const payoutRequest = {
  ownId: 'PAY00000000000000000000001',
  msisdn: msisdnOf('0733123456'),
  amountMinor: 2_500_00n,
  remarks: 'Owner transfer 7',
  callbacks: { resultUrl: 'https://shop.example/r', timeoutUrl: 'https://shop.example/t' },
} as const;

export const statusOf = (codes: Readonly<Record<string, unknown>>) => ({
  code: '200',
  message: 'SUCCESS',
  result_code: 'ESB000010',
  ...codes,
});
