import { randomBytes } from 'node:crypto';

import { expect, it } from 'vitest';

import { packBodies, unpackBodies } from './pack.ts';

const said = (n: number) => ({
  row: 2n ** 62n + BigInt(n),
  body: Buffer.from(
    `{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_${randomBytes(9).toString('hex')}",` +
      `"ResultCode":0,"ResultDesc":"The service request is processed successfully.","n":${n}}}}`,
  ),
});

const odd = [
  { row: 1n, body: Buffer.alloc(0) },
  { row: -1n, body: Buffer.from([0, 255, 10, 39, 92]) },
  { row: 0n, body: randomBytes(70_000) },
  said(7),
];

it.each([0, 1, 3, 4])('gives back every body byte for byte, in order: %i of them', (count) => {
  const bodies = odd.slice(0, count);
  expect(unpackBodies(packBodies(bodies))).toEqual(bodies);
});

it('takes less room the more is alike', () => {
  const bodies = Array.from({ length: 100 }, (_, n) => said(n));
  const plain = bodies.reduce((sum, { body }) => sum + body.length, 0);
  expect(packBodies(bodies).length).toBeLessThan(plain / 3);
});

it.each([
  ['in the middle of a body', 1],
  ['in the middle of a head', 150],
])('is not read when it ends %s', (_, by) => {
  const pack = packBodies([said(1), said(2)]);
  const cut = pack.subarray(0, pack.length - by);
  expect(() => unpackBodies(cut)).toThrow(/ends with its last body|out of range|outside buffer/);
});
