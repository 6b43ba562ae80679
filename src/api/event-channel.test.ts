import { expect, it } from 'vitest';

import { createVirtualClock } from '#kernel';
import { silentLog } from '#platform/log';

import { createChannel } from './event-channel.ts';
import { eventNumber, listener, read } from './event-test-kit.ts';

it('tells a screen that skips how things stand now', async () => {
  const clock = createVirtualClock(1_000_000);
  const channel = createChannel('digest', {
    clock,
    log: silentLog,
    outbox: { after: () => Promise.reject(new Error('not asked here')) },
    lastStatus: () => 'event: status\ndata: {}\n\n',
    onEmpty: () => undefined,
  });
  const slow = listener(undefined, 'digest');
  await channel.resume(channel.clients.add(slow));
  for (let n = 1; n <= 400; n += 1) {
    channel.take([eventNumber(n, 'x'.repeat(1_000))]);
    await clock.advance(100);
  }
  const heard = slow.names().length;
  read(slow);
  expect(slow.names().slice(heard)).toEqual(['gap', 'status']);
  channel.end();
});
