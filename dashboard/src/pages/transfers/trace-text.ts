import { textOf } from '../../text/language.ts';
import type { TransferState } from './search.ts';

type Sentences = Readonly<Record<TransferState, string>>;
const en: Sentences = {
  planned: 'It is planned, and nothing has left.',
  approved:
    'It is set aside and waits to leave. Until then you can cancel it: what is cancelled never leaves.',
  sending: 'It is on its way to the provider at this moment.',
  sent: 'The provider has taken it and has not said yet that it arrived. Usually that takes seconds.',
  completed: 'The provider has confirmed that it arrived, and it is in the books.',
  failed: 'It did not go out. The money is back in the wallet.',
  unknown:
    'Nobody knows yet whether it arrived. It is never sent again on a guess: the engine goes on asking the provider, and the money stays set aside until it knows.',
  reversed: 'It was said to have arrived, and that was taken back: the money is in the wallet.',
  cancelled: 'It was cancelled before it left. The money is back in the wallet.',
};
const sw: Sentences = {
  planned: 'Umepangwa, na hakuna kilichoondoka.',
  approved:
    'Pesa zimetengwa na zinasubiri kuondoka. Hadi hapo unaweza kughairi: kilichoghairiwa hakiondoki kamwe.',
  sending: 'Ziko njiani kwa mtoa huduma sasa hivi.',
  sent: 'Mtoa huduma amezipokea na bado hajasema kuwa zimefika. Kwa kawaida huchukua sekunde.',
  completed: 'Mtoa huduma amethibitisha kuwa zimefika, na ziko kwenye vitabu.',
  failed: 'Hazikutoka. Pesa zimerudi kwenye pochi.',
  unknown:
    'Bado hakuna anayejua kama zimefika. Hazitumwi tena kwa kubahatisha: injini inaendelea kumuuliza mtoa huduma, na pesa zinabaki zimetengwa hadi ijue.',
  reversed: 'Ilisemwa zimefika, kisha ikarudishwa: pesa ziko kwenye pochi.',
  cancelled: 'Umeghairiwa kabla ya kuondoka. Pesa zimerudi kwenye pochi.',
};

/** How it stands by a person's word alone. */
type Words = Readonly<Partial<Record<TransferState, string>>>;
const wordOfEn: Words = {
  completed: 'A person has seen that it arrived. It is in the books by that word.',
  failed: 'A person has seen that it did not go out. The money is back in the wallet.',
  reversed: 'It was said to have arrived, and a person has taken that back.',
};
const wordOfSw: Words = {
  completed: 'Mtu ameona kuwa zimefika. Ziko kwenye vitabu kwa neno hilo.',
  failed: 'Mtu ameona kuwa hazikutoka. Pesa zimerudi kwenye pochi.',
  reversed: 'Ilisemwa zimefika, kisha mtu akaibatilisha.',
};

export const traceText = textOf({
  en: {
    sentences: en,
    wordOf: wordOfEn,
    title: (amount: string, to: string) => `${amount} to ${to}`,
    byHand: (by: string) => `By the word of ${by}: no provider has spoken yet.`,
    timeline: 'What happened',
    toppedUp: 'A transfer is due and the payout wallet lacks the money.',
    steps: {
      planned: 'Ordered and set aside',
      sent: 'Given to the provider',
      settled: {
        completed: 'Arrived',
        failed: 'Failed',
        cancelled: 'Cancelled',
        reversed: 'Taken back',
      },
      waiting: 'Waiting for what comes next',
    },
    by: (who: string) => `by ${who}`,
    explanation: 'What the code means',
    code: 'Code',
    unknownCode: 'This code is in no table of ours.',
    saysProvider: "The provider's own words",
    facts: 'The transfer',
    kind: 'Kind',
    to: 'To',
    fee: 'Fee',
    feeExpected: (fee: string) => `about ${fee}, by the tariff`,
    feeNone: 'not charged yet',
    receiptHidden: 'on the phone it went to; it is told nowhere else',
    providerId: "The provider's own number",
    day: 'Business day',
    refundOf: 'Gives back',
    ownId: 'Id',
    cancel: 'Cancel the transfer',
    cancelTitle: 'Cancel it?',
    cancelLead:
      'It never leaves, and the money is free again. A cancelled daily transfer has no other until tomorrow.',
    cancelYes: 'Yes, cancel it',
    cancelNo: 'Let it go',
    cancelDone: 'Cancelled: nothing leaves',
    why: 'Why',
    whyHint: 'Kept for ever in the audit log. Leave phone numbers out.',
    whyMissing: 'Say why: it is kept for ever.',
    settle: 'Settle it by hand',
    settleTitle: 'What became of it?',
    settleLead:
      'Only where you have seen it yourself: on the phone, or on the statement of the provider. The engine takes your word only when nobody is asked any more and two days have passed, or when a line of the statement proves it. The word of the provider, whenever it comes, weighs more.',
    arrived: 'It arrived',
    arrivedNot: 'It did not arrive',
    receipt: 'Its receipt',
    receiptMissing: 'Type the receipt you have seen.',
    line: "Receipt of the statement's line that proves it (if there is one)",
    settleYes: 'Book it so',
    settleDone: 'Booked by your word',
    all: 'All transfers',
  },
  sw: {
    sentences: sw,
    wordOf: wordOfSw,
    title: (amount: string, to: string) => `${amount} kwa ${to}`,
    byHand: (by: string) => `Kwa neno la ${by}: mtoa huduma bado hajasema.`,
    timeline: 'Kilichotokea',
    toppedUp: 'Kuna uhamisho unaosubiri, na pochi ya kutuma haina pesa hizo.',
    steps: {
      planned: 'Imeagizwa na kutengwa',
      sent: 'Imekabidhiwa mtoa huduma',
      settled: {
        completed: 'Imefika',
        failed: 'Imeshindwa',
        cancelled: 'Imeghairiwa',
        reversed: 'Imerudishwa',
      },
      waiting: 'Inasubiri kinachofuata',
    },
    by: (who: string) => `na ${who}`,
    explanation: 'Maana ya msimbo',
    code: 'Msimbo',
    unknownCode: 'Msimbo huu haupo kwenye majedwali yetu.',
    saysProvider: 'Maneno ya mtoa huduma',
    facts: 'Uhamisho wenyewe',
    kind: 'Aina',
    to: 'Kwa',
    fee: 'Ada',
    feeExpected: (fee: string) => `takriban ${fee}, kwa orodha ya ada`,
    feeNone: 'bado haijatozwa',
    receiptHidden: 'iko kwenye simu iliyopokea; haionyeshwi kwingine',
    providerId: 'Nambari ya mtoa huduma',
    day: 'Siku ya biashara',
    refundOf: 'Inarudisha',
    ownId: 'Kitambulisho',
    cancel: 'Ghairi uhamisho',
    cancelTitle: 'Uughairi?',
    cancelLead:
      'Hautaondoka kamwe, na pesa zinakuwa huru tena. Uhamisho wa kila siku ukighairiwa hakuna mwingine hadi kesho.',
    cancelYes: 'Ndiyo, ghairi',
    cancelNo: 'Uache uende',
    cancelDone: 'Umeghairiwa: hakuna kinachoondoka',
    why: 'Kwa nini',
    whyHint: 'Huhifadhiwa milele kwenye ukaguzi. Usiandike nambari za simu.',
    whyMissing: 'Eleza kwa nini: huhifadhiwa milele.',
    settle: 'Maliza kwa mkono',
    settleTitle: 'Umefikia wapi?',
    settleLead:
      'Iwapo tu umeona mwenyewe: kwenye simu, au kwenye taarifa ya mtoa huduma. Injini inapokea neno lako pale tu hakuna anayeulizwa tena na siku mbili zimepita, au mstari wa taarifa unapothibitisha. Neno la mtoa huduma, wakati wowote, lina uzito zaidi.',
    arrived: 'Zimefika',
    arrivedNot: 'Hazikufika',
    receipt: 'Risiti yake',
    receiptMissing: 'Andika risiti uliyoona.',
    line: 'Risiti ya mstari wa taarifa unaothibitisha (kama upo)',
    settleYes: 'Andika hivyo',
    settleDone: 'Imeandikwa kwa neno lako',
    all: 'Uhamisho wote',
  },
});
