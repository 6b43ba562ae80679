import { expect, it } from 'vitest';

import { readEndpoint } from './endpoint.ts';

it.each([
  ['https://fcm.googleapis.com/fcm/send/abc:APA91', 'Google'],
  ['https://updates.push.services.mozilla.com/wpush/v2/gAAA', 'Mozilla'],
  ['https://web.push.apple.com/QGx', 'Apple'],
  ['https://wns2-par02p.notify.windows.com/w/?token=BQ', 'Microsoft'],
])('takes %s', (endpoint, service) => {
  expect(readEndpoint(endpoint)).toEqual({ ok: true, value: { service } });
});

it.each([
  ['http://fcm.googleapis.com/fcm/send/abc', 'endpoint-not-https'],
  ['https://fcm.googleapis.com:8443/x', 'endpoint-not-https'],
  ['https://user@fcm.googleapis.com/x', 'endpoint-not-https'],
  ['file:///etc/passwd', 'endpoint-not-https'],
  ['nothing', 'endpoint-not-https'],
  ['https://127.0.0.1/x', 'endpoint-of-nobody-known'],
  ['https://[::1]/x', 'endpoint-of-nobody-known'],
  ['https://localhost/x', 'endpoint-of-nobody-known'],
  ['https://169.254.169.254/latest/meta-data', 'endpoint-of-nobody-known'],
  ['https://fcm.googleapis.com.evil.example/x', 'endpoint-of-nobody-known'],
  ['https://evilpush.apple.com.example/x', 'endpoint-of-nobody-known'],
  ['https://notpush.apple.co/x', 'endpoint-of-nobody-known'],
])('refuses %s', (endpoint, kind) => {
  expect(readEndpoint(endpoint)).toMatchObject({ ok: false, error: { kind } });
});
