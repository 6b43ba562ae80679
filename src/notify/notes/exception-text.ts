import type { ExceptionKind } from '#collections';

import type { InBoth } from './topic.ts';

/** Each kind in a few words, as they fit on a lock screen. */
export const exceptionTexts: Readonly<Record<ExceptionKind, InBoth<string>>> = {
  'unknown-reference': {
    en: 'Money for an account number nobody uses',
    sw: 'Pesa kwa nambari ya akaunti isiyotumika',
  },
  'wrong-reference': {
    en: 'Money with a slip in its account number',
    sw: 'Pesa yenye kosa kwenye nambari ya akaunti',
  },
  'unknown-payer': { en: 'Money nobody can place', sw: 'Pesa isiyojulikana ni ya nani' },
  overpaid: { en: 'A charge was paid with more', sw: 'Deni limelipwa kupita kiasi' },
  underpaid: { en: 'A charge was paid with less', sw: 'Deni limelipwa pungufu' },
  'duplicate-payment': { en: 'A charge was paid twice', sw: 'Deni limelipwa mara mbili' },
  'late-success': { en: 'A charge was paid late', sw: 'Deni limelipwa kwa kuchelewa' },
  'receipt-contradiction': {
    en: 'One receipt, two amounts',
    sw: 'Risiti moja, viasi viwili tofauti',
  },
  'forged-callback': { en: 'A forged message was refused', sw: 'Ujumbe wa kughushi umekataliwa' },
  'unreadable-callback': {
    en: "A provider's message cannot be read",
    sw: 'Ujumbe wa mtoa huduma hausomeki',
  },
  'unprocessed-callback': {
    en: "A provider's message could not be booked",
    sw: 'Ujumbe wa mtoa huduma haukuweza kuandikwa vitabuni',
  },
  'unknown-outcome': {
    en: 'Nobody knows whether a prompt was paid',
    sw: 'Haijulikani kama ombi la malipo lililipwa',
  },
  'unknown-transfer': {
    en: 'Nobody knows what became of a transfer',
    sw: 'Haijulikani uhamisho umefikia wapi',
  },
  'unconfirmed-claim': {
    en: 'Money was claimed and not confirmed',
    sw: 'Malipo yamedaiwa bila kuthibitishwa',
  },
  'unmatched-payout': {
    en: 'Money left that no transfer explains',
    sw: 'Pesa imetoka bila uhamisho unaoieleza',
  },
  'reversed-by-provider': {
    en: 'The provider took a payment back',
    sw: 'Mtoa huduma amerudisha malipo',
  },
  'missing-on-statement': {
    en: 'A payment is missing on the statement',
    sw: 'Malipo hayapo kwenye taarifa ya akaunti',
  },
  'fee-differs': { en: 'A fee differs from the tariff', sw: 'Ada haifanani na orodha ya bei' },
  'payout-mismatch': {
    en: 'The provider says something else of a transfer',
    sw: 'Mtoa huduma anasema tofauti kuhusu uhamisho',
  },
  'rail-locked': {
    en: 'The provider did not take our operator',
    sw: 'Mtoa huduma amekataa opereta wetu',
  },
  'operator-password': {
    en: "The operator's password runs out",
    sw: 'Nenosiri la opereta linaisha muda',
  },
  'low-float': {
    en: 'The wallet lacks the money for a transfer',
    sw: 'Pochi haina pesa ya uhamisho',
  },
};

export const isExceptionKind = (text: string): text is ExceptionKind =>
  Object.hasOwn(exceptionTexts, text);
