import { isoOf } from '#kernel';
import type { PushDeviceView } from '#api/contract';
import type { MarkedDevice, SubscribeRefusal, TestRefusal } from '#notify';

import type { RefusalTexts } from './problem.ts';

export const showDevice = (device: MarkedDevice): PushDeviceView => ({
  id: device.id,
  mark: device.mark,
  label: device.label,
  service: device.service,
  language: device.language,
  topics: [...device.topics],
  createdAt: isoOf(device.createdAt),
  deliveredAt: device.deliveredAt === undefined ? null : isoOf(device.deliveredAt),
  failure:
    device.failure === undefined || device.failedAt === undefined
      ? null
      : {
          count: device.failures,
          at: isoOf(device.failedAt),
          why: device.failure,
          retryAt: device.retryAt === undefined ? null : isoOf(device.retryAt),
        },
});

export const subscribeRefusals: RefusalTexts<SubscribeRefusal> = {
  'endpoint-not-https': 'A push endpoint is an https address without port or name.',
  'endpoint-of-nobody-known':
    '{host} is none of the push services of Google, Mozilla, Apple and Microsoft. Use another ' +
    'browser on this device.',
  'push-keys-unusable': "Send the browser's keys as PushSubscription.toJSON() has them.",
  'too-many-devices': 'Notes go to {devicesMax} devices at most. Remove one that is not used.',
};

export const testRefusals: RefusalTexts<TestRefusal> = {
  'no-such-device': 'No device has this id.',
  'device-gone':
    'Its browser has given the subscription up, and it was removed. Switch notes on there again.',
  'note-not-taken':
    'The push service of {service} did not take the note ({why}). Check that this machine ' +
    'reaches the internet, and try again in a minute.',
};
