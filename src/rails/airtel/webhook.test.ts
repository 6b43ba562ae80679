import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '#kernel';
import type { OwnIdHint } from '../event.ts';
import type { CallbackReading } from '../rail.ts';
import { hashRenderings, type HashRendering } from './config.ts';
import { renderingsOf } from './renderings.ts';
import { acknowledge, createReadCallback, renderingThatFits, type WebhookDeps } from './webhook.ts';

// The portal's sample, with the key that its hash was made with.
const key = new Secret('a4f48f692d2b4df9acbad7dff60a32a6');
const sample = {
  transaction: {
    id: 'BBZMiscxy',
    message: 'Paid UGX 5,000 to TECH LIMITED, Trans ID MP210603.1234.L06941.',
    status_code: 'TS',
    airtel_money_id: 'MP210603.1234.L06941',
  },
};
const prettyHash = 'zITVAAGYSlzl1WkUQJn81kbpT5drH3koffT8jCkcJJA=';
const compactHash = 'UF8JMKZsAFX5k0WFbIQphnCRcCw1ViJXT+A84CRl434=';
const innerHash = 'YsbG9RRF7pnZ7rikCKLtkIyVS8BLh0jgSrSHrLFFLTQ=';

const hashOf = (text: string): string =>
  createHmac('sha256', key.reveal()).update(text).digest('base64');

const readWith =
  (deps: WebhookDeps) =>
  (text: string): CallbackReading =>
    createReadCallback(deps)({ channel: 'airtel-result', body: Buffer.from(text) });
const read = readWith({ config: { callbackHashKey: key } });

const hint = (changes: Partial<OwnIdHint> = {}): CallbackReading => ({
  kind: 'event',
  event: {
    kind: 'own-id-hint',
    ownId: 'BBZMiscxy',
    outcome: 'succeeded',
    receipt: 'MP210603.1234.L06941',
    authenticated: true,
    ...changes,
  },
});

describe('the portal’s sample', () => {
  it.each<[HashRendering, string]>([
    ['pretty-whole', prettyHash],
    ['compact-whole', compactHash],
    ['compact-inner', innerHash],
  ])('verifies as %s', (rendering, hash) => {
    expect(renderingThatFits({ json: JSON.stringify(sample), hash, key, only: rendering })).toBe(
      rendering,
    );
    expect(read(JSON.stringify({ ...sample, hash }))).toEqual(hint());
    expect(read(JSON.stringify({ hash, ...sample }, undefined, 4))).toEqual(hint());
  });

  it('does not verify with the longer message that newer pages show', () => {
    const message =
      'Paid UGX 5,000 to TECHNOLOGIES LIMITED Charge UGX 140, Trans ID MP210603.1234.L06941.';
    const shown = { transaction: { ...sample.transaction, message }, hash: prettyHash };
    expect(read(JSON.stringify(shown))).toEqual(hint({ authenticated: false }));
  });

  it('does not verify with another key', () => {
    const json = JSON.stringify(sample);
    const other = new Secret('b4f48f692d2b4df9acbad7dff60a32a6');
    expect(renderingThatFits({ json, hash: prettyHash, key: other })).toBeUndefined();
  });
});

describe('renderings', () => {
  // Spelling that parsing and writing again would lose: escapes, 1.50, an integer-like key.
  const odd =
    '{ "b" : 1.50,\r\n "transaction":{ "id" : "\\u0041B", "7": [ ], "1":[1 ,{"x":{}}] } ,' +
    '  "hash":"H", "a":"k" }';
  const expected: Readonly<Record<HashRendering, string>> = {
    'raw-whole':
      '{ "b" : 1.50,\r\n "transaction":{ "id" : "\\u0041B", "7": [ ], "1":[1 ,{"x":{}}] },' +
      ' "a":"k" }',
    'compact-whole': '{"b":1.50,"transaction":{"id":"\\u0041B","7":[],"1":[1,{"x":{}}]},"a":"k"}',
    'pretty-whole': [
      '{',
      '  "b": 1.50,',
      '  "transaction": {',
      '    "id": "\\u0041B",',
      '    "7": [],',
      '    "1": [',
      '      1,',
      '      {',
      '        "x": {}',
      '      }',
      '    ]',
      '  },',
      '  "a": "k"',
      '}',
    ].join('\n'),
    'raw-inner': '{ "id" : "\\u0041B", "7": [ ], "1":[1 ,{"x":{}}] }',
    'compact-inner': '{"id":"\\u0041B","7":[],"1":[1,{"x":{}}]}',
  };

  it.each(hashRenderings)('%s keeps order and spelling', (rendering) => {
    expect(renderingsOf(odd).get(rendering)).toBe(expected[rendering]);
  });

  it.each(hashRenderings)('%s authenticates a callback and is told of', (rendering) => {
    const seen: HashRendering[] = [];
    const reader = readWith({
      config: { callbackHashKey: key },
      onHashRendering: (fitting) => seen.push(fitting),
    });
    const hash = hashOf(expected[rendering]);
    expect(reader(odd.replace('"H"', JSON.stringify(hash)))).toMatchObject({
      event: { ownId: 'AB', authenticated: true },
    });
    expect(seen).toEqual([rendering]);
  });

  it('agree with JSON.stringify on whatever was written by it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (extra) => {
        const { hash: _hash, ...rest } = extra;
        const whole = { ...rest, transaction: { ...sample.transaction, rest } };
        const found = renderingsOf(JSON.stringify({ ...whole, hash: 'x' }, undefined, 1));
        expect(found.get('compact-whole')).toBe(JSON.stringify(whole));
        expect(found.get('pretty-whole')).toBe(JSON.stringify(whole, undefined, 2));
        expect(found.get('raw-whole')).toBe(JSON.stringify(whole, undefined, 1));
        expect(found.get('compact-inner')).toBe(JSON.stringify(whole.transaction));
      }),
    );
  });

  it('are none where a member comes twice or the nesting is deep', () => {
    expect(renderingsOf('{"transaction":{},"transaction":{}}').size).toBe(0);
    expect(renderingsOf('{"transaction":{},"hash":"a","hash":"b"}').size).toBe(0);
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(renderingsOf(`{"transaction":${deep}}`).size).toBe(0);
  });
});

describe('a pinned rendering', () => {
  const reader = readWith({
    config: { callbackHashKey: key, pinnedHashRendering: 'compact-inner' },
  });

  it('accepts itself', () => {
    expect(reader(JSON.stringify({ ...sample, hash: innerHash }))).toEqual(hint());
  });

  it('refuses the others', () => {
    const json = JSON.stringify({ ...sample, hash: prettyHash });
    expect(reader(json)).toEqual(hint({ authenticated: false }));
  });
});

describe('without authentication', () => {
  it.each([
    ['no hash', sample],
    ['an empty hash', { ...sample, hash: '' }],
    ['a wrong hash', { ...sample, hash: hashOf('something else') }],
    ['a hash that is no text', { ...sample, hash: 5 }],
    ['a short hash', { ...sample, hash: 'AAAA' }],
  ])('%s is an event all the same', (_name, json) => {
    expect(read(JSON.stringify(json))).toEqual(hint({ authenticated: false }));
  });

  it('a right hash says nothing while no key is set', () => {
    const json = JSON.stringify({ ...sample, hash: prettyHash });
    expect(readWith({ config: {} })(json)).toEqual(hint({ authenticated: false }));
  });
});

describe('what a callback says', () => {
  it.each([
    ['TS', 'succeeded'],
    ['TF', 'failed'],
    ['TIP', 'unknown'],
    ['toString', 'unknown'],
    [undefined, 'unknown'],
  ] as const)('%s is %s', (status_code, outcome) => {
    const json = { transaction: { ...sample.transaction, status_code } };
    expect(read(JSON.stringify(json))).toEqual(hint({ outcome, authenticated: false }));
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['null', null],
  ])('a receipt may be %s', (_name, airtel_money_id) => {
    const json = { transaction: { ...sample.transaction, airtel_money_id } };
    const receipt = undefined;
    expect(read(JSON.stringify(json))).toEqual(hint({ receipt, authenticated: false }));
  });

  it('an id loses what no database text may hold', () => {
    const json = { transaction: { ...sample.transaction, id: 'BBZ\0Miscxy' } };
    expect(read(JSON.stringify(json))).toEqual(hint({ authenticated: false }));
  });

  it.each([
    ['nothing', '', 'not JSON'],
    ['HTML', '<html></html>', 'not JSON'],
    ['an array', '[]', 'not an Airtel callback'],
    ['no transaction', '{"id":"x"}', 'not an Airtel callback'],
    ['no id', '{"transaction":{"status_code":"TS"}}', 'no transaction id'],
    [
      'an endless id',
      JSON.stringify({ transaction: { id: 'x'.repeat(300) } }),
      'no transaction id',
    ],
    ['too much', `{"transaction":{"id":"${'x'.repeat(70_000)}"}}`, 'over 65536 bytes'],
  ])('%s is unreadable', (_name, text, why) => {
    expect(read(text)).toEqual({ kind: 'unreadable', why });
  });

  it('another rail’s channel and broken UTF-8 are unreadable', () => {
    const reader = createReadCallback({ config: {} });
    expect(reader({ channel: 'stk-result', body: Buffer.from('{}') }).kind).toBe('unreadable');
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    expect(reader({ channel: 'airtel-result', body })).toMatchObject({ why: 'not UTF-8' });
  });
});

describe('whatever arrives', () => {
  const reader = createReadCallback({ config: { callbackHashKey: key } });

  it('never makes the reader throw', () => {
    const bytes = fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array));
    const json = fc.json().map((text) => Buffer.from(text));
    const near = fc
      .tuple(fc.jsonValue(), fc.jsonValue(), fc.jsonValue())
      .map(([id, rest, hash]) => ({ transaction: { id, airtel_money_id: rest }, hash, more: rest }))
      .map((callback) => Buffer.from(JSON.stringify(callback)));
    fc.assert(
      fc.property(fc.oneof(bytes, json, near), (body) => {
        const reading = reader({ channel: 'airtel-result', body });
        expect(['event', 'unreadable']).toContain(reading.kind);
      }),
      { numRuns: 500 },
    );
  });
});

describe('acknowledgement', () => {
  it('is the documented body, on our channel only', () => {
    expect(acknowledge('airtel-result')).toEqual({
      statusCode: 200,
      body: '{"code":200,"status":"SUCCESS"}',
    });
    expect(acknowledge('stk-result').statusCode).toBe(404);
  });
});
