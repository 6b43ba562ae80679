import { createHmac } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { type CallbackTransaction, hashOf, renderCallback, signedText } from './callback-body.ts';
import { bodyFormats, type HashRendering, hashRenderings } from './knobs.ts';

const key = 'a4f48f692d2b4df9acbad7dff60a32a6';
const portalSample: CallbackTransaction = {
  id: 'BBZMiscxy',
  message: 'Paid UGX 5,000 to TECH LIMITED, Trans ID MP210603.1234.L06941.',
  status_code: 'TS',
  airtel_money_id: 'MP210603.1234.L06941',
};

const usual = {
  hashKey: key,
  hashRendering: 'pretty-whole',
  bodyFormat: 'compact',
  bodyOrder: 'portal',
  wrongHash: false,
} as const;

/** As a verifier does it: the `hash` member cut out of the text, the rest left as it came. */
const withoutHash = (body: string): string =>
  body.replace(/,\s*"hash":\s*"[^"]*"/, '').replace(/"hash":\s*"[^"]*",\s*/, '');

describe('the hash of a callback', () => {
  // Sheet §9.2; the first is the portal's own sample.
  it.each<[HashRendering, number, string]>([
    ['pretty-whole', 201, 'zITVAAGYSlzl1WkUQJn81kbpT5drH3koffT8jCkcJJA='],
    ['compact-whole', 169, 'UF8JMKZsAFX5k0WFbIQphnCRcCw1ViJXT+A84CRl434='],
    ['compact-inner', 153, 'YsbG9RRF7pnZ7rikCKLtkIyVS8BLh0jgSrSHrLFFLTQ='],
    ['raw-whole', 169, 'UF8JMKZsAFX5k0WFbIQphnCRcCw1ViJXT+A84CRl434='],
    ['raw-inner', 153, 'YsbG9RRF7pnZ7rikCKLtkIyVS8BLh0jgSrSHrLFFLTQ='],
  ])('over the %s rendering is the sheet’s vector', (hashRendering, bytes, expected) => {
    const text = signedText(portalSample, { hashRendering, bodyFormat: 'compact' });
    expect(Buffer.byteLength(text)).toBe(bytes);
    expect(hashOf(key, text)).toBe(expected);
    const body = renderCallback(portalSample, { ...usual, hashRendering });
    expect(JSON.parse(body)).toEqual({ transaction: portalSample, hash: expected });
  });

  it.each(bodyFormats.flatMap((format) => [[format, 'portal'] as const, [format, 'hash-first']]))(
    'over the raw body stands when the member is cut out of a %s body, %s',
    (bodyFormat, bodyOrder) => {
      const body = renderCallback(portalSample, {
        ...usual,
        hashRendering: 'raw-whole',
        bodyFormat: bodyFormats.find((known) => known === bodyFormat) ?? 'compact',
        bodyOrder: bodyOrder === 'portal' ? 'portal' : 'hash-first',
      });
      const expected = createHmac('sha256', key).update(withoutHash(body)).digest('base64');
      expect(JSON.parse(body).hash).toBe(expected);
    },
  );

  it.each(bodyFormats)(
    'over the inner object is over its very bytes in a %s body',
    (bodyFormat) => {
      const body = renderCallback(portalSample, {
        ...usual,
        hashRendering: 'raw-inner',
        bodyFormat,
      });
      const inner = /"transaction":\s*(\{[^}]*\})/.exec(body)?.[1] ?? '';
      const expected = createHmac('sha256', key).update(inner).digest('base64');
      expect(JSON.parse(body).hash).toBe(expected);
    },
  );

  it.each(hashRenderings)('is wrong on demand, over %s', (hashRendering) => {
    const right = JSON.parse(renderCallback(portalSample, { ...usual, hashRendering }));
    const wrong = JSON.parse(
      renderCallback(portalSample, { ...usual, hashRendering, wrongHash: true }),
    );
    expect(wrong.transaction).toEqual(right.transaction);
    expect(wrong.hash).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(wrong.hash).not.toBe(right.hash);
  });

  it('does not fit a body whose members were shuffled', () => {
    const body = renderCallback(portalSample, { ...usual, bodyOrder: 'shuffled' });
    const parsed = JSON.parse(body);
    expect(Object.keys(parsed.transaction)).toEqual(Object.keys(portalSample).toReversed());
    const pretty = JSON.stringify({ transaction: parsed.transaction }, undefined, 2);
    expect(parsed.hash).not.toBe(hashOf(key, pretty));
    expect(parsed.hash).toBe('zITVAAGYSlzl1WkUQJn81kbpT5drH3koffT8jCkcJJA=');
  });

  it('is absent without a key', () => {
    const body = renderCallback(portalSample, { ...usual, hashKey: undefined });
    expect(JSON.parse(body)).toEqual({ transaction: portalSample });
  });
});
