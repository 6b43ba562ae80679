import { textOf } from '../../text/language.ts';

export const systemText = textOf({
  en: {
    lead: 'What the engine stands on. Looked at again every half minute.',
    overall: {
      ok: 'Everything is well',
      look: 'Something wants a look',
      broken: 'Something is broken',
    },
    overallWhy: {
      ok: 'What runs is as it should be. Copies of the books are made by hand: see Backups.',
      look: 'Money is taken and booked. What wants a look says below what to do.',
      broken: 'What is broken says below what to do. Do that first.',
    },
    verdicts: { ok: 'OK', look: 'Wants a look', broken: 'Broken' },
    lookedAt: 'Looked at',
    health: 'Health',
    engine: 'Engine',
    engineFacts: (version: string, since: string) => `Version ${version}, running since ${since}`,
    engineStopped:
      'It is stopped: payments are booked, but nobody is asked to pay and nothing is sent. Start it on the Today page.',
    database: 'Database',
    databaseUp: (version: string, size: string) => `PostgreSQL ${version}, ${size}`,
    databaseAway: {
      embedded:
        'It does not answer. Payments are kept on disk and booked when it is back. The engine starts it again by itself; if that takes longer than a minute, see the log and docs/operations.md, “The spool”.',
      server:
        'It does not answer. Payments are kept on disk and booked when it is back. Check that the server at DATABASE_URL runs and can be reached from this machine.',
    },
    intake: 'Callbacks that wait',
    intakeFacts: (spooled: number, queued: number) => `${spooled} on disk, ${queued} in the queue`,
    intakeWhy: {
      look: 'They are booked as soon as the database keeps up. If the number does not fall, see the log.',
      broken:
        'The place for them on disk is nearly full. Bring the database back now; never delete these files, each may be money.',
    },
    disks: { data: 'Disk of the data', logs: 'Disk of the logs' },
    diskFacts: (free: string, total: string, folder: string) =>
      `${free} of ${total} free · ${folder}`,
    diskUnknown: (folder: string) => `Could not be asked · ${folder}`,
    diskWhy: {
      look: 'Make room, or move to a larger disk, in the next days.',
      broken: 'Make room at once: a full disk stops the books.',
    },
    memory: 'Memory',
    memoryFacts: (own: string, free: string, total: string) =>
      `The engine holds ${own}; ${free} of ${total} free`,
    memoryWhy: {
      look: 'Little is left. Close other programs on this machine.',
      broken:
        'Almost nothing is left, and the system may end the engine. Close other programs now.',
    },
    log: 'Log',
    logFacts: (file: string, size: string) => `${file}, ${size}`,
    logMissing:
      'The log file is not there. Check that the engine may write into its folder, then start it again.',
    cycles: {
      revenue: 'Round of looking after payments',
      'transfer-check': 'Check whether to send money out',
      proof: 'Nightly proof of the books',
    },
    cycleFacts: (every: string) => `Every ${every.replace(/^1 /, '')}`,
    cycleLast: 'last',
    cycleRunning: 'at work now',
    cycleNever: 'has not run yet',
    cycleWhy:
      'It should have run by now. See whether a worker runs (npx qmoi status), and what the log says.',
    proof: 'Last proof',
    proofNone: 'No nightly proof has ended yet',
    proofGood: (count: number) => `All ${count} checks held`,
    proofBad: (failed: number, count: number) => `${failed} of ${count} checks did not hold`,
    proofWhy: 'The Audit page names them and says what to do.',
    streams: 'Screens that listen',
    streamsFacts: (open: string, max: string) => `${open} open now, ${max} at most`,
    streamsWhy: 'No further screen can listen. Close some, or end old sessions under Settings.',
    backups: 'Backups',
    backupsState: 'Not set up yet',
    backupsWhy:
      'This version makes no copies of the books by itself: if this disk breaks, they are gone. Copy them by hand, every evening if you can:',
    backupsSteps: [
      'Stop the engine: `npm run revenue:stop`',
      'Copy `.env`, `targets.json` and `data/` to another disk; keep `.env` apart from the data',
      'Start it again: `npm run revenue:start`',
    ],
    backupsMore:
      'A copy of a running database is none. `docs/operations.md`, “Backup and restore”, has the rest.',
    weather: 'How the providers do',
    heldBack: 'Calls are held back',
    lanes: {
      prompts: 'Asking customers to pay',
      'money-out': 'Sending money',
      questions: 'Questions about payments',
      'operator-questions': 'Questions that the operator signs',
      extras: 'Codes and registrations',
    },
    causes: {
      failing: 'too many calls went unanswered',
      'locked-out': "the provider refused the operator's password",
    },
    until: 'tries again by itself',
    untilPerson: 'Waits for you: have the operator unlocked in the portal of the provider first.',
    letGo: 'Let them go again',
    letGoTitle: (rail: string) => `Let calls to ${rail} go again?`,
    letGoLead:
      'Only when the cause is gone. After a lock-out a further try with the same wrong password locks the operator for longer.',
    letGoDone: (count: number) => `Calls go out again (${count})`,
    why: 'Why (kept in the audit log)',
    hours: 'By the hour, last 24 hours',
    hoursLabel: (rail: string) => `Calls to ${rail} by the hour, last 24 hours`,
    noCalls: 'No calls in the last 24 hours.',
    hour: 'Hour',
    calls: 'Calls',
    unheard: 'Unanswered',
    slow: 'Slowest of 20',
    lastHour: (calls: string, unheard: string) =>
      `Last hour: ${calls} calls, ${unheard} not answered`,
    versions: 'Versions',
    node: 'Node',
    screen: 'This screen',
    screenBuilt: 'built',
    screenNone: 'not known',
    newVersion: 'A newer one is here.',
    load: 'Load it',
    machine: 'Machine',
    modes: { sandbox: 'Sandbox: no real money', live: 'Live' },
    mode: 'Mode',
    kinds: { embedded: 'Embedded, beside the engine', server: 'A server of your own' },
    places: 'Where things lie',
    placesWhy: "Below the installation's folder (QMOI_HOME).",
  },
  sw: {
    lead: 'Kile ambacho injini inasimamia. Huangaliwa upya kila nusu dakika.',
    overall: {
      ok: 'Kila kitu ni sawa',
      look: 'Kuna kitu cha kuangalia',
      broken: 'Kuna kitu kimeharibika',
    },
    overallWhy: {
      ok: 'Kinachofanya kazi kiko jinsi inavyopaswa. Nakala za vitabu hufanywa kwa mkono: tazama Nakala rudufu.',
      look: 'Pesa zinapokelewa na kuandikwa. Kinachohitaji kuangaliwa kinaeleza chini la kufanya.',
      broken: 'Kilichoharibika kinaeleza chini la kufanya. Fanya hilo kwanza.',
    },
    verdicts: { ok: 'Sawa', look: 'Angalia', broken: 'Imeharibika' },
    lookedAt: 'Imeangaliwa',
    health: 'Afya',
    engine: 'Injini',
    engineFacts: (version: string, since: string) =>
      `Toleo ${version}, inafanya kazi tangu ${since}`,
    engineStopped:
      'Imesimamishwa: malipo yanaandikwa, lakini hakuna anayeombwa kulipa wala kinachotumwa. Ianzishe kwenye ukurasa wa Leo.',
    database: 'Hifadhidata',
    databaseUp: (version: string, size: string) => `PostgreSQL ${version}, ${size}`,
    databaseAway: {
      embedded:
        'Haijibu. Malipo yanahifadhiwa kwenye diski na yataandikwa ikirudi. Injini huianzisha tena yenyewe; ikichukua zaidi ya dakika moja, tazama kumbukumbu na docs/operations.md, “The spool”.',
      server:
        'Haijibu. Malipo yanahifadhiwa kwenye diski na yataandikwa ikirudi. Hakikisha seva iliyo kwenye DATABASE_URL inafanya kazi na inafikika kutoka mashine hii.',
    },
    intake: 'Taarifa zinazosubiri',
    intakeFacts: (spooled: number, queued: number) =>
      `${spooled} kwenye diski, ${queued} kwenye foleni`,
    intakeWhy: {
      look: 'Zitaandikwa mara hifadhidata ikiweza. Idadi isipopungua, tazama kumbukumbu.',
      broken:
        'Nafasi yake kwenye diski inakaribia kujaa. Rudisha hifadhidata sasa; usifute faili hizi kamwe, kila moja inaweza kuwa pesa.',
    },
    disks: { data: 'Diski ya data', logs: 'Diski ya kumbukumbu' },
    diskFacts: (free: string, total: string, folder: string) =>
      `${free} kati ya ${total} ni tupu · ${folder}`,
    diskUnknown: (folder: string) => `Haikuweza kuulizwa · ${folder}`,
    diskWhy: {
      look: 'Tengeneza nafasi, au hamia diski kubwa zaidi, siku chache zijazo.',
      broken: 'Tengeneza nafasi sasa hivi: diski iliyojaa husimamisha vitabu.',
    },
    memory: 'Kumbukumbu ya mashine (RAM)',
    memoryFacts: (own: string, free: string, total: string) =>
      `Injini inatumia ${own}; ${free} kati ya ${total} ni tupu`,
    memoryWhy: {
      look: 'Imebaki kidogo. Funga programu nyingine kwenye mashine hii.',
      broken: 'Karibu imeisha, na mfumo unaweza kuizima injini. Funga programu nyingine sasa.',
    },
    log: 'Faili ya kumbukumbu',
    logFacts: (file: string, size: string) => `${file}, ${size}`,
    logMissing:
      'Faili ya kumbukumbu haipo. Hakikisha injini inaweza kuandika kwenye folda yake, kisha ianzishe tena.',
    cycles: {
      revenue: 'Mzunguko wa kufuatilia malipo',
      'transfer-check': 'Kuangalia kama pesa zitumwe',
      proof: 'Uthibitisho wa vitabu wa usiku',
    },
    cycleFacts: (every: string) => `Kila ${every.replace(/ 1$/, '')}`,
    cycleLast: 'mwisho',
    cycleRunning: 'unafanyika sasa',
    cycleNever: 'bado haujafanyika',
    cycleWhy:
      'Ulipaswa kuwa umefanyika. Angalia kama worker inafanya kazi (npx qmoi status), na kumbukumbu inasema nini.',
    proof: 'Uthibitisho wa mwisho',
    proofNone: 'Bado hakuna ukaguzi wa usiku uliokamilika',
    proofGood: (count: number) => `Ukaguzi wote ${count} umekuwa sawa`,
    proofBad: (failed: number, count: number) => `Ukaguzi ${failed} kati ya ${count} haukuwa sawa`,
    proofWhy: 'Ukurasa wa Ukaguzi unautaja na kueleza la kufanya.',
    streams: 'Skrini zinazosikiliza',
    streamsFacts: (open: string, max: string) => `${open} wazi sasa, zisizozidi ${max}`,
    streamsWhy:
      'Hakuna skrini nyingine inayoweza kusikiliza. Funga baadhi, au katisha vipindi vya zamani kwenye Mipangilio.',
    backups: 'Nakala rudufu',
    backupsState: 'Bado haijawekwa',
    backupsWhy:
      'Toleo hili halinakili vitabu lenyewe: diski hii ikiharibika, vimepotea. Vinakili kwa mkono, kila jioni ukiweza:',
    backupsSteps: [
      'Simamisha injini: `npm run revenue:stop`',
      'Nakili `.env`, `targets.json` na `data/` kwenye diski nyingine; weka `.env` mbali na data',
      'Ianzishe tena: `npm run revenue:start`',
    ],
    backupsMore:
      'Nakala ya hifadhidata inayofanya kazi si nakala. Mengine yako kwenye `docs/operations.md`, “Backup and restore”.',
    weather: 'Hali ya watoa huduma',
    heldBack: 'Maombi yamezuiwa',
    lanes: {
      prompts: 'Kuomba wateja walipe',
      'money-out': 'Kutuma pesa',
      questions: 'Maswali kuhusu malipo',
      'operator-questions': 'Maswali yanayotiwa saini na opereta',
      extras: 'Misimbo na usajili',
    },
    causes: {
      failing: 'maombi mengi mno hayakujibiwa',
      'locked-out': 'mtoa huduma alikataa nenosiri la opereta',
    },
    until: 'itajaribu tena yenyewe',
    untilPerson: 'Inakusubiri: kwanza opereta afunguliwe kwenye tovuti ya mtoa huduma.',
    letGo: 'Yaachilie tena',
    letGoTitle: (rail: string) => `Maombi kwa ${rail} yaachiliwe tena?`,
    letGoLead:
      'Iwapo tu chanzo kimeondoka. Baada ya kufungiwa, kujaribu tena na nenosiri lilelile lisilo sahihi humfungia opereta kwa muda mrefu zaidi.',
    letGoDone: (count: number) => `Maombi yanatumwa tena (${count})`,
    why: 'Kwa nini (huhifadhiwa kwenye ukaguzi)',
    hours: 'Kwa saa, saa 24 zilizopita',
    hoursLabel: (rail: string) => `Maombi kwa ${rail} kwa saa, saa 24 zilizopita`,
    noCalls: 'Hakukuwa na maombi saa 24 zilizopita.',
    hour: 'Saa',
    calls: 'Maombi',
    unheard: 'Bila jibu',
    slow: 'La polepole kati ya 20',
    lastHour: (calls: string, unheard: string) =>
      `Saa iliyopita: maombi ${calls}, bila jibu ${unheard}`,
    versions: 'Matoleo',
    node: 'Node',
    screen: 'Skrini hii',
    screenBuilt: 'ilitengenezwa',
    screenNone: 'haijulikani',
    newVersion: 'Toleo jipya lipo.',
    load: 'Lipakie',
    machine: 'Mashine',
    modes: { sandbox: 'Majaribio: si pesa halisi', live: 'Halisi' },
    mode: 'Hali',
    kinds: { embedded: 'Iliyojengewa ndani, kando ya injini', server: 'Seva yako mwenyewe' },
    places: 'Vitu vinapokaa',
    placesWhy: 'Chini ya folda ya usakinishaji (QMOI_HOME).',
  },
});
