import fc from 'fast-check';
import { expect, it } from 'vitest';

import { momentOf } from './moment.ts';

it('reads what the server writes of any instant', () => {
  const span = { min: Date.UTC(1900, 0), max: Date.UTC(2200, 0) };
  fc.assert(
    fc.property(fc.integer(span), (at) => {
      const [day, time] = new Date(at).toISOString().slice(0, -1).split('T');
      // The server leaves out zeros at the end, and the point with them.
      const short = `${day} ${time}`.replace(/\.?0*$/, (zeros) =>
        zeros.includes('.') ? '' : zeros,
      );
      expect(momentOf(`${day} ${time}+00`)).toBe(at);
      expect(momentOf(`${short}+00`)).toBe(at);
      expect(momentOf(`${day} ${time}999+00`)).toBe(at);
    }),
  );
});

it.each([
  'infinity',
  '2026-11-23 07:49:00+03',
  '10000-01-01 00:00:00+00',
  '0044-03-15 00:00:00+00 BC',
  '',
])('refuses %o', (text) => expect(() => momentOf(text)).toThrow('an instant in UTC'));
