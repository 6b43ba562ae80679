import { expect, it } from 'vitest';

import { createRequestSource } from './requests.ts';

it('a request is its template with the record filled in', () => {
  const source = createRequestSource({
    templates: [
      { request: 'GET /---- HTTP/1.1', slots: [{ at: 5, width: 4, from: 1 }] },
      { request: 'PUT /__ ==', slots: [0, 1].map((n) => ({ at: 5 + 3 * n, width: 2, from: 3 })) },
    ],
    bytes: Buffer.from('\0abcd\u0001efgh\0ijkl', 'latin1'),
    recordBytes: 5,
  });
  expect(source(0).toString()).toBe('GET /abcd HTTP/1.1');
  expect(source(2).toString()).toBe('GET /ijkl HTTP/1.1');
  expect(source(1).toString()).toBe('PUT /gh gh');
  expect(() => createRequestSource({ templates: [], bytes: Buffer.alloc(5), recordBytes: 5 })(0)) //
    .toThrow('names no template');
});
