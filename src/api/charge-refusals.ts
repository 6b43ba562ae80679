import type { ChargeRefusal } from '#billing';

import type { RefusalTexts } from './problem.ts';

export const chargeRefusals: RefusalTexts<ChargeRefusal> = {
  'unknown-stream': 'There is no stream {streamId}. GET /api/qmoi/revenue/status lists them.',
  'amount-not-whole-shillings': '{amountMinor} is not in whole shillings.',
  'rail-not-set-up': '{rail} is not set up: name another rail, or run npm run qmoi:validate.',
  'amount-out-of-range': 'One payment on {rail} is {minMinor} to {maxMinor}.',
  'not-a-phone-number': 'Write the phone number as 0712345678.',
  'consent-without-phone': 'Name the phone whose owner agreed, or leave consent out.',
  'fallback-without-act': 'Only the phone’s owner can name another rail, by the same act.',
  'fallback-on-same-rail': 'Name another rail than the one that is asked first.',
  'key-used-for-other-input': 'Use a new Idempotency-Key for a new order.',
};
