import { textOf } from '../../text/language.ts';

export const notificationsText = textOf({
  en: {
    title: 'Notifications',
    lead: 'This device tells you what happens, even while the screen is closed. The texts go encrypted through the push service of the browser’s maker and show on a locked screen: no phone number and no name is in them.',
    on: 'On',
    off: 'Off',
    blocked: 'Blocked',
    impossible: 'Not possible here',
    why: {
      blocked:
        'This browser has been told not to show notifications of this page. Allow them: tap the sign before the address at the top, then Permissions or Site settings, then Notifications; come back here afterwards.',
      insecure:
        'Notifications need this page over https, or on the machine of the engine itself. docs/going-live.md says how the engine gets an https address.',
      'install-first':
        'On an iPhone or iPad, first add this screen to the home screen: in Safari tap Share, then “Add to Home Screen”. Open it from there and come back to Settings.',
      'not-offered':
        'This browser offers no notifications for pages. Chrome, Edge, Firefox, Samsung Internet and Safari do, but not in a private window.',
    },
    topics: 'Tell me of',
    switchOn: 'Switch on here',
    switchOff: 'Switch off here',
    save: 'Save',
    saved: 'Saved',
    switchedOn: 'This device is told from now on',
    switchedOff: 'This device is not told any more',
    atLeastOne: 'Choose at least one.',
    otherLanguage: 'Notifications come in Kiswahili still: save to have them in English.',
    test: 'Send a test',
    tested: 'The test is on its way to this device',
    notAllowed: 'Nothing was switched on: the browser asked, and notifications were not allowed.',
    noService:
      'The browser could not subscribe with its maker’s push service. Check that this device reaches the internet, or use another browser.',
    said: (why: string) => `The browser said: ${why}`,
    failing: (count: number, why: string) =>
      count === 1
        ? `The last notification was not taken (${why}).`
        : `The last ${count} notifications were not taken (${why}).`,
    next: 'Tried again from',
    failingFix: 'Send a test; if it fails too, switch off here and on again.',
    others: 'Other devices that are told',
    noOthers: 'No other device is told.',
    nameOf: (label: string) => label,
    through: (service: string) => `through ${service}`,
    last: 'Last told',
    never: 'Nothing told yet',
    count: (topics: number, all: number) =>
      topics === all ? 'everything' : `${topics} of ${all} topics`,
    remove: 'Remove',
    removeNamed: (label: string) => `Remove ${label}`,
    removeTitle: 'Tell this device nothing any more?',
    removeLead: (label: string) =>
      `${label} gets no more notifications. It can be switched on again only on itself. If it was lost, end its session too.`,
    removed: 'It is told nothing any more',
    full: (max: number) => `${max} devices are told: remove one that is not used.`,
  },
  sw: {
    title: 'Taarifa',
    lead: 'Kifaa hiki kinakuambia kinachotokea, hata skrini ikiwa imefungwa. Maandishi hupita kwa siri kwenye huduma ya mtengenezaji wa kivinjari na huonekana kwenye skrini iliyofungwa: hayana nambari ya simu wala jina.',
    on: 'Zimewashwa',
    off: 'Zimezimwa',
    blocked: 'Zimezuiwa',
    impossible: 'Haiwezekani hapa',
    why: {
      blocked:
        'Kivinjari hiki kimeambiwa kisionyeshe taarifa za ukurasa huu. Ziruhusu: gusa alama iliyo kabla ya anwani hapo juu, kisha Permissions au Site settings, kisha Notifications; halafu urudi hapa.',
      insecure:
        'Taarifa zinahitaji ukurasa huu kupitia https, au kwenye mashine ya injini yenyewe. docs/going-live.md inaeleza jinsi injini inavyopata anwani ya https.',
      'install-first':
        'Kwenye iPhone au iPad, kwanza ongeza skrini hii kwenye skrini ya mwanzo: kwenye Safari gusa Share, kisha “Add to Home Screen”. Ifungue kutoka hapo na urudi kwenye Mipangilio.',
      'not-offered':
        'Kivinjari hiki hakitoi taarifa za kurasa. Chrome, Edge, Firefox, Samsung Internet na Safari hutoa, lakini si kwenye dirisha la faragha.',
    },
    topics: 'Niambie kuhusu',
    switchOn: 'Washa hapa',
    switchOff: 'Zima hapa',
    save: 'Hifadhi',
    saved: 'Imehifadhiwa',
    switchedOn: 'Kifaa hiki kitaambiwa kuanzia sasa',
    switchedOff: 'Kifaa hiki hakiambiwi tena',
    atLeastOne: 'Chagua angalau moja.',
    otherLanguage: 'Taarifa bado zinakuja kwa Kiingereza: hifadhi ili zije kwa Kiswahili.',
    test: 'Tuma jaribio',
    tested: 'Jaribio liko njiani kuja kwenye kifaa hiki',
    notAllowed: 'Hakuna kilichowashwa: kivinjari kiliuliza, na taarifa hazikuruhusiwa.',
    noService:
      'Kivinjari hakikuweza kujisajili kwenye huduma ya mtengenezaji wake. Angalia kama kifaa hiki kina mtandao, au tumia kivinjari kingine.',
    said: (why: string) => `Kivinjari kilisema: ${why}`,
    failing: (count: number, why: string) =>
      count === 1
        ? `Taarifa ya mwisho haikupokelewa (${why}).`
        : `Taarifa ${count} za mwisho hazikupokelewa (${why}).`,
    next: 'Itajaribiwa tena kuanzia',
    failingFix: 'Tuma jaribio; likishindwa pia, zima hapa kisha uwashe tena.',
    others: 'Vifaa vingine vinavyoambiwa',
    noOthers: 'Hakuna kifaa kingine kinachoambiwa.',
    nameOf: (label: string) => label.replace(' on ', ' kwenye '),
    through: (service: string) => `kupitia ${service}`,
    last: 'Kuambiwa mwisho',
    never: 'Hakijaambiwa chochote bado',
    count: (topics: number, all: number) =>
      topics === all ? 'kila kitu' : `mada ${topics} kati ya ${all}`,
    remove: 'Ondoa',
    removeNamed: (label: string) => `Ondoa ${label}`,
    removeTitle: 'Kifaa hiki kisiambiwe tena?',
    removeLead: (label: string) =>
      `${label} haitapata taarifa tena. Inaweza kuwashwa tena kwenye kifaa chenyewe tu. Kama kimepotea, katisha kipindi chake pia.`,
    removed: 'Hakiambiwi tena',
    full: (max: number) => `Vifaa ${max} vinaambiwa: ondoa kisichotumika.`,
  },
});
