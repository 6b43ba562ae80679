import { expect, it } from 'vitest';

import { labelOf } from './label.ts';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

const apple = 'AppleWebKit/605.1.15 Version/17.4';

it.each([
  [`(Linux; Android 14; K) ${webkit} Chrome/131.0 Mobile Safari/537.36`, 'Chrome on Android'],
  [
    `(Linux; Android 13; SM-A135F) ${webkit} SamsungBrowser/23.0 Chrome/115 Safari/537.36`,
    'Samsung Internet on Android',
  ],
  [`(Linux; Android 12) ${webkit} Chrome/120 Mobile Safari/537.36 OPR/78`, 'Opera on Android'],
  [`(iPhone; CPU iPhone OS 17_4 like Mac OS X) ${apple} Safari/604.1`, 'Safari on iPhone'],
  [`(Windows NT 10.0; Win64; x64) ${webkit} Chrome/131.0 Edg/131.0`, 'Edge on Windows'],
  ['(X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox on Linux'],
  [`(Macintosh; Intel Mac OS X 10_15_7) ${apple} Safari/605.1.15`, 'Safari on Mac'],
  ['curl/8.5.0', 'Browser'],
  ['', 'Browser'],
])('names %j', (rest, label) => {
  expect(labelOf(rest === '' ? '' : `Mozilla/5.0 ${rest}`)).toBe(label);
});
