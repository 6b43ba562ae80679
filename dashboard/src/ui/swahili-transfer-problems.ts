import type { SwahiliProblems } from './problem-text.ts';

/** Of money that goes out, and of the numbers it may go to. */
export const transferProblems = {
  'engine-stopped': {
    title: 'Injini imesimamishwa',
    fix: 'Anzisha injini, kisha agiza tena.',
  },
  'rail-not-configured': {
    title: 'Njia hiyo haijawekwa',
    fix: 'Endesha npm run qmoi:validate kwenye mashine: inasema kinachokosekana.',
  },
  'no-payout-number': {
    title: 'Hakuna nambari ya kupokea',
    fix: 'Weka nambari ya kupokea ya njia hiyo kwenye mashine, kisha anzisha injini upya.',
  },
  'over-daily-limit': {
    title: 'Kikomo cha siku cha njia hiyo kingepitwa',
    fix: 'Tuma kidogo zaidi, au tuma kilichobaki kesho.',
  },
  'balance-too-low': {
    title: 'Pochi haiwezi kutoa kiasi hicho',
    fix: 'Punguza kiasi, au subiri malipo mengine.',
  },
  'rail-cannot-refund': {
    title: 'Njia hiyo haiwezi kurudisha malipo',
    fix: 'Mtumie mlipaji kiasi hicho kama malipo mapya.',
  },
  'rail-cannot-top-up': {
    title: 'Njia hiyo haina pochi ya kujazia',
    fix: 'Usijaze: njia hiyo hutuma kutoka pochi ileile inayopokea malipo ya wateja.',
  },
  'payee-not-found': {
    title: 'Nambari hiyo haipo kwenye orodha',
    fix: 'Chagua nambari iliyo kwenye orodha.',
  },
  'number-not-confirmed': {
    title: 'Nambari haijathibitishwa',
    fix: 'Tuma KES 10 kwa nambari hiyo, kisha andika risiti itakayofika kwenye simu yake.',
  },
  'payment-not-found': {
    title: 'Hakuna malipo hayo',
    fix: 'Angalia kitambulisho na risiti ya malipo, kisha jaribu tena.',
  },
  'refund-exists': {
    title: 'Malipo yamekwisha kurudishwa',
    fix: 'Usiyarudishe tena: uhamisho uliotajwa hapa chini unayarudisha.',
  },
  'more-than-the-payment': {
    title: 'Kingerudishwa kingi kuliko kilicholipwa',
    fix: 'Rudisha kiasi kisichozidi malipo yenyewe.',
  },
  'not-the-whole-payment': {
    title: 'Kwa namna hii malipo yote tu hurudishwa',
    fix: 'Rudisha malipo yote, au mtumie mlipaji sehemu yake kama malipo mapya.',
  },
  'not-the-payers-number': {
    title: 'Nambari si ya mlipaji',
    fix: 'Rudisha kwa nambari iliyolipa: pesa hurudi zilikotoka.',
  },
  'top-up-under-way': {
    title: 'Ujazaji mwingine unaendelea',
    fix: 'Subiri ujazaji unaoendelea uishe, kisha agiza tena.',
  },
  'working-wallet-too-low': {
    title: 'Pochi ya kazi haina kiasi hicho',
    fix: 'Punguza kiasi, au subiri pochi ya kazi ipate pesa zaidi.',
  },
  'already-confirmed': {
    title: 'Nambari imekwisha kuthibitishwa',
    fix: 'Hakuna la kufanya: pesa zinaweza kwenda kwa nambari hiyo.',
  },
  'test-under-way': {
    title: 'Jaribio linaendelea',
    fix: 'Subiri jaribio hilo liishe.',
  },
  'test-unanswered': {
    title: 'Jaribio linasubiri risiti yake',
    fix: 'Andika risiti ya jaribio hilo kabla ya muda uliotajwa hapa chini.',
  },
  'no-test-yet': {
    title: 'Hakuna jaribio lililotumwa kwa nambari hii',
    fix: 'Tuma kwanza KES 10 kwa nambari hiyo.',
  },
  'test-not-arrived': {
    title: 'Jaribio halijafika',
    fix: 'Subiri, au tuma jaribio jingine. Orodha ya uhamisho inaonyesha limefikia wapi.',
  },
  'test-expired': {
    title: 'Jaribio ni la zamani mno',
    fix: 'Tuma jaribio jingine.',
  },
  'too-many-tries': {
    title: 'Risiti imekosewa mara nyingi mno',
    fix: 'Tuma jaribio jingine.',
  },
  'wrong-receipt': {
    title: 'Risiti si ya jaribio hilo',
    fix: 'Nakili risiti kama ilivyo kwenye ujumbe wa simu hiyo.',
  },
  'transfer-not-found': {
    title: 'Hakuna uhamisho huo',
    fix: 'Chagua uhamisho ulio kwenye orodha.',
  },
  'past-cancelling': {
    title: 'Uhamisho hauwezi kughairiwa tena',
    fix: 'Kama pesa zimeshatumwa, mwombe aliyepokea azirudishe.',
  },
  'settled-by-provider': {
    title: 'Mtoa huduma amesema uhamisho umeishaje',
    fix: 'Usimalize kwa mkono: neno la mtoa huduma linabaki, au bado hakuna kilichotumwa.',
  },
  'still-asking': {
    title: 'Mtoa huduma bado anaulizwa',
    fix: 'Subiri hadi uhamisho uwe jambo la kuangalia: injini bado inauliza.',
  },
  'may-still-answer': {
    title: 'Mtoa huduma bado anaweza kujibu',
    fix: 'Subiri hadi muda uliotajwa hapa chini: ukiwahi, pesa zinaweza kwenda mara mbili.',
  },
  'receipt-of-another': {
    title: 'Risiti ni ya uhamisho mwingine',
    fix: 'Andika risiti ya uhamisho huu wenyewe.',
  },
} as const satisfies SwahiliProblems;
