import type { SwahiliProblems } from './problem-text.ts';

/** Of requests as such, orders, targets and the devices that are told. */
export const requestProblems = {
  'invalid-request': {
    title: 'Ombi si kama lilivyoelezwa',
    fix: 'Rekebisha yaliyotajwa hapa chini, kisha jaribu tena.',
  },
  'malformed-body': {
    title: 'Yaliyotumwa hayakuweza kusomwa',
    fix: 'Pakia ukurasa upya, kisha utume tena.',
  },
  'not-logged-in': {
    title: 'Kipindi kinahitajika',
    fix: 'Ingia kwa ufunguo mkuu, kisha jaribu tena.',
  },
  'login-refused': {
    title: 'Kuingia kumekataliwa',
    fix: 'Hakikisha ufunguo mkuu ni sahihi, kisha jaribu tena.',
  },
  'key-not-accepted': {
    title: 'Ufunguo haukukubaliwa',
    fix: 'Hakikisha ufunguo mkuu ni sahihi, kisha jaribu tena.',
  },
  'foreign-origin': {
    title: 'Ombi limetoka tovuti nyingine',
    fix: 'Fungua skrini hii kwa anwani yake yenyewe, kisha jaribu tena.',
  },
  'not-found': {
    title: 'Hakuna kitu hapa',
    fix: 'Angalia anwani au kitambulisho, au chagua kutoka kwenye orodha.',
  },
  'method-not-allowed': {
    title: 'Anwani hii haipokei ombi la aina hiyo',
    fix: 'Tumia moja ya aina za ombi zilizotajwa hapa chini.',
  },
  'body-too-large': {
    title: 'Yaliyotumwa ni makubwa mno',
    fix: 'Tuma kidogo zaidi. Taarifa ya akaunti ikiwa kubwa mno, pakua ya siku chache.',
  },
  'content-type-not-taken': {
    title: 'Aina ya yaliyotumwa haipokelewi',
    fix: 'Tuma kwa aina iliyotajwa hapa chini.',
  },
  'too-many-requests': {
    title: 'Maombi ni mengi mno',
    fix: 'Subiri kidogo, kisha jaribu tena.',
  },
  'too-many-listeners': {
    title: 'Wanaosikiliza ni wengi mno',
    fix: 'Funga skrini moja iliyo wazi kwingine, au jaribu tena baadaye.',
  },
  'key-used-for-other-input': {
    title: 'Ufunguo wa ombi umetumika kwa ombi lingine',
    fix: 'Rudia agizo la kwanza bila kulibadilisha, au fungua fomu upya kwa agizo jipya.',
  },
  'request-in-progress': {
    title: 'Ombi hilo hilo linashughulikiwa',
    fix: 'Subiri kidogo, kisha jaribu tena: ombi la kwanza bado halijajibiwa.',
  },
  'database-away': {
    title: 'Hifadhidata haifikiki',
    fix:
      'Malipo yanaendelea kupokelewa. Jaribu tena baada ya muda mfupi; ikiendelea, angalia ' +
      'logs/revenue_engine.log.',
  },
  'callback-not-kept': {
    title: 'Ujumbe wa mtoa huduma haukuhifadhiwa',
    fix: 'Tuma ujumbe huo tena.',
  },
  'engine-fault': {
    title: 'Injini imekosea',
    fix: 'Jaribu tena. Ikiendelea, omba msaada na utaje kumbukumbu iliyo hapa chini.',
  },
  'too-many-payments': {
    title: 'Malipo ni mengi kuliko faili inavyoweza kubeba',
    fix: 'Chagua CSV, inayobeba idadi yoyote, au siku chache zaidi.',
  },
  'too-many-exports': {
    title: 'Faili nyingine zinatengenezwa',
    fix: 'Subiri moja imalizike, kisha jaribu tena.',
  },
  'unknown-stream': {
    title: 'Hakuna mkondo huo',
    fix: 'Chagua mkondo ulio kwenye orodha ya mikondo.',
  },
  'amount-not-whole-shillings': {
    title: 'Kiasi si shilingi kamili',
    fix: 'Andika kiasi cha shilingi kamili, bila senti.',
  },
  'amount-out-of-range': {
    title: 'Kiasi kiko nje ya mipaka ya njia hiyo',
    fix: 'Chagua kiasi kilicho ndani ya mipaka iliyotajwa hapa chini.',
  },
  'not-a-phone-number': {
    title: 'Nambari si ya simu ya mkononi ya Kenya',
    fix: 'Andika nambari ya simu kama 0712345678.',
  },
  'consent-without-phone': {
    title: 'Idhini imeandikwa bila nambari ya simu',
    fix: 'Taja simu ya aliyetoa idhini, au ondoa idhini.',
  },
  'fallback-without-act': {
    title: 'Njia nyingine imetajwa bila tendo la mlipaji',
    fix: 'Ondoa njia nyingine: mwenye simu pekee anaweza kuitaja, kwa tendo lile lile.',
  },
  'fallback-on-same-rail': {
    title: 'Njia nyingine ni ile ile',
    fix: 'Taja njia tofauti na ile inayoombwa kwanza.',
  },
  'no-payment-code': {
    title: 'Hakuna msimbo wa kulipia',
    fix: 'Kama bado hujalipa, fuata maelezo ya kulipa yaliyo hapa chini.',
  },
  'payment-code-failed': {
    title: 'Mtoa huduma hakuchora msimbo',
    fix: 'Jaribu tena baadaye, au lipa kama ilivyoelezwa hapa chini.',
  },
  'consent-in-the-future': {
    title: 'Idhini iko katika siku zijazo',
    fix: 'Rekebisha wakati wa idhini: hutolewa kabla ya kutumiwa.',
  },
  'rail-not-set-up': {
    title: 'Njia hiyo haijawekwa',
    fix: 'Chagua njia nyingine, au endesha npm run qmoi:validate kwenye mashine.',
  },
  'amount-not-above-zero': {
    title: 'Kiasi si zaidi ya sifuri',
    fix: 'Andika kiasi kinachozidi sifuri.',
  },
  'amount-too-large': {
    title: 'Kiasi ni kikubwa mno',
    fix: 'Andika kiasi kisichozidi kile kilichotajwa hapa chini.',
  },
  'below-minimum': {
    title: 'Lengo lingekuwa chini ya kiwango cha chini',
    fix: 'Chagua kiasi kikubwa zaidi, au punguza kiwango cha chini.',
  },
  'endpoint-not-https': {
    title: 'Anwani ya arifa si ya https',
    fix: 'Tumia kivinjari kingine: anwani ya arifa lazima iwe ya https.',
  },
  'endpoint-of-nobody-known': {
    title: 'Huduma ya arifa haijulikani',
    fix: 'Tumia kivinjari kingine kwenye kifaa hiki.',
  },
  'push-keys-unusable': {
    title: 'Funguo za kivinjari haziwezi kutumika',
    fix: 'Washa arifa upya kwenye kivinjari hiki, au tumia kingine.',
  },
  'too-many-devices': {
    title: 'Vifaa vinavyoarifiwa ni vingi mno',
    fix: 'Ondoa kifaa kisichotumika.',
  },
  'no-such-device': {
    title: 'Hakuna kifaa hicho',
    fix: 'Pakia ukurasa upya, kisha chagua kifaa kilicho kwenye orodha.',
  },
  'device-gone': {
    title: 'Kifaa hicho hakiarifiwi tena',
    fix: 'Washa arifa tena kwenye kifaa hicho.',
  },
  'note-not-taken': {
    title: 'Arifa haikupokelewa',
    fix: 'Hakikisha mashine ya injini ina mtandao, kisha jaribu tena baada ya dakika moja.',
  },
} as const satisfies SwahiliProblems;
