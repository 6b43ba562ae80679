import { expect, it } from 'vitest';

import { createVirtualClock } from '#kernel';
import { readConfig } from '#platform/config';

import { settingsOf } from '../src/providers.ts';
import { createScratch } from './support/scratch.ts';

const env = {
  QMOI_MASTER_KEY_HASH: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g',
  QMOI_MASTER_SECRET: 'm4ster-secret-of-at-least-32-characters',
  MPESA_CONSUMER_KEY: 'key',
  MPESA_CONSUMER_SECRET: 'secret',
  MPESA_BUSINESS_SHORTCODE: '174379',
  MPESA_PASSKEY: 'passkey',
  MPESA_PHONE_NUMBER: '0712345678',
};
const till = { MPESA_TRANSACTION_TYPE: 'CustomerBuyGoodsOnline', MPESA_TILL_NUMBER: '5006007' };

it.each([
  ['a paybill', {}, 'Utility Account'],
  ['a till', till, 'Merchant Account'],
])('customers who pay %s pay into the right wallet', async (_, more, collection) => {
  const scratch = await createScratch();
  const read = readConfig({ home: scratch.path, env: { ...env, ...more } });
  await scratch.remove();
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const { walletNames } = settingsOf(read.value, {
    clock: createVirtualClock(0),
    callbackUrl: () => '',
    spoolFolder: '',
  });
  expect(walletNames.get('mpesa')).toEqual({ collection, payout: 'Utility Account' });
});
