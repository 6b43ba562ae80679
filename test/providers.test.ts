import { expect, it } from 'vitest';

import { createVirtualClock } from '#kernel';
import { readConfig } from '#platform/config';

import { settingsOf } from '../src/providers.ts';
import { mpesaSettings as env } from './support/mpesa-settings.ts';
import { createScratch } from './support/scratch.ts';

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
