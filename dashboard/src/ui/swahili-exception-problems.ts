import type { SwahiliProblems } from './problem-text.ts';

/** Of statements, and of what only a person can decide. */
export const exceptionProblems = {
  'file-refused': {
    title: 'Faili haisomeki',
    fix: 'Pakua taarifa ya akaunti tena. Ikikataliwa, ichukue kama CSV au ya siku chache.',
  },
  'statement-locked': {
    title: 'Taarifa ya akaunti imefungwa kwa nenosiri',
    fix: 'Andika nenosiri ambalo mtoa huduma alituma pamoja na taarifa hiyo.',
  },
  'no-statement': {
    title: 'Faili si taarifa ya akaunti',
    fix: 'Ingiza taarifa ya akaunti kama mtoa huduma anavyoitoa, pamoja na kichwa chake.',
  },
  'statement-damaged': {
    title: 'Taarifa ya akaunti imeharibika',
    fix: 'Hakuna kilichoandikwa. Pakua taarifa tena na uiingize bila kuibadilisha.',
  },
  'foreign-short-code': {
    title: 'Taarifa ya akaunti ni ya biashara nyingine',
    fix: 'Pakua taarifa ya nambari ya biashara yako, kisha iingize.',
  },
  'no-such-preview': {
    title: 'Hakuna onyesho hilo',
    fix: 'Chagua faili tena ili isomwe upya.',
  },
  'already-resolved': {
    title: 'Jambo hili limekwisha kushughulikiwa',
    fix: 'Liangalie tena: tengua suluhisho hilo kwanza, au endelea baada yake.',
  },
  'fix-not-allowed': {
    title: 'Suluhisho hili halifai kwa jambo hili',
    fix: 'Chagua suluhisho lingine kati ya yote yanayowezekana.',
  },
  'no-such-exception': {
    title: 'Hakuna jambo hilo',
    fix: 'Chagua jambo lililo kwenye orodha ya mambo ya kuangalia.',
  },
  'no-such-payment': {
    title: 'Hakuna malipo hayo',
    fix: 'Angalia kitambulisho, au chagua malipo yaliyo kwenye orodha.',
  },
  'no-such-charge': {
    title: 'Hakuna ankara hiyo',
    fix: 'Chagua ankara iliyo kwenye orodha.',
  },
  'refund-under-way': {
    title: 'Malipo yanarudishwa',
    fix: 'Subiri hadi yamalize kurudishwa, kisha jaribu tena.',
  },
  'reversed-by-provider': {
    title: 'Mtoa huduma aliyarudisha malipo',
    fix:
      'Mlipaji ameshapata pesa zake. Ikiwa tu mtoa huduma anasema vingine: tengua suluhisho ' +
      'hilo, chagua “Acha lilivyo”, kisha jaribu tena.',
  },
  'nothing-left': {
    title: 'Hakuna kilichobaki cha malipo haya',
    fix: 'Tengua suluhisho la mwisho ili uyapange upya.',
  },
  'nothing-allocated': {
    title: 'Hakuna ambacho kingegawiwa',
    fix: 'Kila sehemu izidi sifuri, na angalau moja itoke kwenye malipo haya.',
  },
  'too-many-allocations': {
    title: 'Ankara ni nyingi mno kwa pamoja',
    fix: 'Punguza ankara, kisha lipa zilizobaki kwa suluhisho lingine.',
  },
  'charge-already-paid': {
    title: 'Ankara imekwisha kulipwa',
    fix: 'Chagua ankara nyingine, au rudisha malipo.',
  },
  'other-customer': {
    title: 'Pesa zimehifadhiwa kwa mteja mwingine',
    fix: 'Chagua ankara ya mteja aliyewekewa pesa hizo.',
  },
  'more-than-payment': {
    title: 'Malipo hayana kiasi hicho',
    fix: 'Punguza kiasi hadi kile kilichobaki kwenye malipo.',
  },
  'charge-not-paid-in-full': {
    title: 'Ankara isingelipwa yote',
    fix: 'Ongeza malipo mengine, au chagua “Kubali pungufu”.',
  },
  'more-than-charge': {
    title: 'Ankara ingelipwa kupita kiasi',
    fix: 'Punguza kiasi unachoipa ankara hiyo.',
  },
  'not-short': {
    title: 'Malipo si pungufu ya ankara',
    fix: 'Malipo yanatosha: chagua “Linganisha na ankara” badala yake.',
  },
  'payer-not-known': {
    title: 'Nambari ya mlipaji haijulikani',
    fix: 'Chagua “Mwekee mteja” na uandike simu yake, au “Acha lilivyo”.',
  },
  'partly-earned': {
    title: 'Sehemu ya malipo imehesabiwa kama mapato',
    fix: 'Tengua kwanza ulinganisho wake, au rudisha tu sehemu ambayo si mapato.',
  },
  'several-streams': {
    title: 'Mikondo kadhaa imepata sehemu ya malipo',
    fix: 'Tengua kwanza ulinganisho wake: pesa hurudi kutoka mkondo mmoja tu.',
  },
  'only-whole-is-reversed': {
    title: 'Malipo yote tu hubatilishwa',
    fix: 'Kwa sehemu ya malipo, chagua “Malipo mapya kwa mlipaji”.',
  },
  'rail-cannot-reverse': {
    title: 'Njia hiyo haiwezi kubatilisha malipo',
    fix: 'Yarudishe kwa “Malipo mapya kwa mlipaji”.',
  },
  'nothing-to-undo': {
    title: 'Hakuna cha kutengua',
    fix: 'Liangalie tena: halina suluhisho, au mtu ametengua sasa hivi.',
  },
  'refund-cannot-be-undone': {
    title: 'Urudishaji hauwezi kutenguliwa',
    fix: 'Mwombe mlipaji azirudishe: pesa zimetoka kwenye pochi, au huenda zimetoka.',
  },
  'built-upon': {
    title: 'Masuluhisho ya baadaye yanategemea hili',
    fix:
      'Tengua kwanza suluhisho la baadaye. Kama ni urudishaji ulioshindikana, panga ' +
      'kilichobaki badala yake.',
  },
} as const satisfies SwahiliProblems;
