/** A guide is read by somebody in a hurry: a few steps, in order. */
export interface GuideWords {
  readonly title: string;
  /** Commands and settings stand between backticks. */
  readonly steps: readonly string[];
}

export const guideIds = [
  'get-paid',
  'she-says-she-paid',
  'without-a-home',
  'to-my-phone',
  'provider-down',
  'statement',
  'lost-key',
] as const;
export type GuideId = (typeof guideIds)[number];

/** The pages a guide speaks of, in the order in which they are needed. */
export const pagesOf = {
  'get-paid': ['today', 'counter'],
  'she-says-she-paid': ['counter', 'reconciliation'],
  'without-a-home': ['exceptions'],
  'to-my-phone': ['transfers'],
  'provider-down': ['system', 'exceptions'],
  statement: ['reconciliation', 'exceptions'],
  'lost-key': ['settings'],
} as const satisfies Readonly<Record<GuideId, readonly string[]>>;

type Guides = Readonly<Record<GuideId, GuideWords>>;

export const guidesEn: Guides = {
  'get-paid': {
    title: 'Get paid',
    steps: [
      'Tell the customer your paybill or till, and what to type as account number: the reference of the bill, or the name of what they pay for. Without one the payment still arrives, but you have to say what it was for.',
      'Or let the engine ask: a prompt comes up on the customer’s phone and only the PIN is missing. It is sent only to a customer who has agreed to be asked.',
      'Wait until the payment shows on Today or under “Is it paid?”. That takes about a second. What shows there was confirmed by M-Pesa or Airtel; a message on a customer’s phone is not proof, it can be forged.',
      'If the prompt ran out or was declined, nothing was taken. Ask again, or let the customer pay by hand.',
    ],
  },
  'she-says-she-paid': {
    title: 'A customer says she paid',
    steps: [
      'Open “Is it paid?” and type the receipt from her message, her phone number or the amount.',
      'It is there: read the amount and the time to her. Done.',
      'It is not there: have her show the message. Look at the paybill or till in it, the amount and the time. If the number is not yours, the money went to somebody else; she can ask her provider to take it back.',
      'The number is yours and the payment is some minutes old: a notice may have been lost. Every five minutes the engine reads the provider’s own list and books what is missing. Look again after that.',
      'It is still not there: look for the receipt in the provider’s own portal. If it is there, import the statement of that day under Reconciliation.',
      'Hand over the goods when the screen shows the payment, not before.',
    ],
  },
  'without-a-home': {
    title: 'A payment without a home',
    steps: [
      'Somebody paid with an account number that fits nothing. The money is yours and safe in the books; it counts as takings once you say what it was for.',
      'Open Exceptions and choose the payment. The engine proposes what it may have been meant for: a bill with a similar reference, a customer who paid before.',
      'Choose one, read what will be booked, write why and confirm. If none fits, ask the customer: receipt and time are shown.',
      'Was it a mistake? It can be undone from the same page. Was it meant for another business? Give it back from there as well.',
    ],
  },
  'to-my-phone': {
    title: 'Send money to my phone',
    steps: [
      'Open Transfers. A new number is tried first: send KES 10 to it, and type the receipt that arrives on that phone. So nothing goes to a wrong number.',
      'Then choose the rail and the amount. Before anything is sent you see the fee, what stays in the wallet and what the limits leave.',
      'Confirm once. Pressing twice sends once. “Unknown” means that the provider has not said yet how it ended: the engine goes on asking. Never send it again by hand meanwhile.',
      'To send every day by itself, set `QMOI_AUTO_TRANSFER_MPESA` or `QMOI_AUTO_TRANSFER_AIRTEL` to the amount. A new number waits a day before the first one.',
    ],
  },
  'provider-down': {
    title: 'M-Pesa or Airtel is down',
    steps: [
      'Look at the weather on Today or under System. “Stormy” means that many calls go unanswered, “Held back” that the engine waits so as not to make it worse.',
      'Go on selling: whoever can pay by hand to your paybill or till does. What was paid meanwhile is booked when the notices come through, with its true time.',
      'Do not send or ask a second time. What was under way is asked about until its end is known.',
      'Does it say that the password was refused? Have the operator unlocked in the provider’s portal. If the password changed, set it in `.env` and start the engine again; otherwise let the calls go again under System.',
      'Afterwards look at Exceptions. After an outage of more than a day import the statement.',
    ],
  },
  statement: {
    title: 'Import a statement',
    steps: [
      'In the provider’s portal download the statement of your paybill or till, as CSV, Excel or PDF, with all movements of the days you want.',
      'Open Reconciliation and choose the file. It is only read at first: you see which lines are known, which would be booked and which differ.',
      'Is it the right account and the right days? Then take it in. What is on it and was missing is booked; the rest is named under Exceptions.',
      'The same file twice does no harm. Do it once a week for each rail, and after every outage.',
    ],
  },
  'lost-key': {
    title: 'I have lost the master key',
    steps: [
      'Nobody can show it again: only its fingerprint is kept. Whoever can log in to the machine makes a new one.',
      'On the machine, in the folder of the program: `npm run qmoi:autoconfig -- --new-master-key`. The new key is shown once; put it into a password manager.',
      'Stop and start the engine: `npm run revenue:stop`, then `npm run revenue:start`. The old key no longer opens anything.',
      'Log in with the new key and end all other sessions under Settings.',
      'Leave `QMOI_MASTER_SECRET` in `.env` as it is. It is another thing: without it phone numbers and kept callbacks cannot be read again by anybody. Keep a copy of it away from the machine.',
    ],
  },
};

export const guidesSw: Guides = {
  'get-paid': {
    title: 'Kulipwa',
    steps: [
      'Mwambie mteja paybill au till yako, na nambari ya akaunti ya kuandika: nambari ya ankara, au jina la anacholipia. Bila hiyo malipo yatafika, lakini utahitaji kusema yalikuwa ya nini.',
      'Au injini iombe: ombi hutokea kwenye simu ya mteja na kinachobaki ni PIN tu. Hutumwa kwa mteja aliyekubali kuombwa pekee.',
      'Subiri hadi malipo yaonekane kwenye Leo au “Imelipwa?”. Huchukua kama sekunde moja. Kinachoonekana hapo kimethibitishwa na M-Pesa au Airtel; ujumbe kwenye simu ya mteja si uthibitisho, unaweza kughushiwa.',
      'Ombi likiisha muda au likikataliwa, hakuna kilichochukuliwa. Omba tena, au mteja alipe mwenyewe.',
    ],
  },
  'she-says-she-paid': {
    title: 'Mteja anasema amelipa',
    steps: [
      'Fungua “Imelipwa?” na uandike risiti iliyo kwenye ujumbe wake, nambari yake ya simu au kiasi.',
      'Yapo: msomee kiasi na saa. Imekwisha.',
      'Hayapo: akuonyeshe ujumbe. Angalia paybill au till iliyomo, kiasi na saa. Kama nambari si yako, pesa zilienda kwa mwingine; anaweza kuomba mtoa huduma wake azirudishe.',
      'Nambari ni yako na malipo ni ya dakika kadhaa zilizopita: huenda taarifa ilipotea. Kila dakika tano injini husoma orodha ya mtoa huduma na kuandika kinachokosekana. Angalia tena baada ya hapo.',
      'Bado hayapo: tafuta risiti kwenye tovuti ya mtoa huduma. Ikiwa iko huko, ingiza taarifa ya siku hiyo kwenye Upatanisho.',
      'Toa bidhaa skrini ikionyesha malipo, si kabla.',
    ],
  },
  'without-a-home': {
    title: 'Malipo yasiyojulikana ni ya nini',
    steps: [
      'Mtu alilipa kwa nambari ya akaunti isiyolingana na chochote. Pesa ni zako na ziko salama vitabuni; zitahesabiwa kama mapato ukisema zilikuwa za nini.',
      'Fungua Mambo ya kuangalia na uchague malipo. Injini inapendekeza huenda yalikusudiwa nini: ankara yenye nambari inayofanana, au mteja aliyewahi kulipa.',
      'Chagua moja, soma kitakachoandikwa, andika kwa nini na uthibitishe. Kama hakuna linalofaa, muulize mteja: risiti na saa vinaonyeshwa.',
      'Ilikuwa makosa? Inaweza kutenguliwa kwenye ukurasa huohuo. Yalikuwa ya biashara nyingine? Yarudishe kutoka hapo pia.',
    ],
  },
  'to-my-phone': {
    title: 'Kutuma pesa kwenye simu yangu',
    steps: [
      'Fungua Uhamisho. Nambari mpya hujaribiwa kwanza: itumie KES 10, kisha andika risiti itakayofika kwenye simu hiyo. Hivyo hakuna kinachoenda kwa nambari isiyo sahihi.',
      'Kisha chagua njia na kiasi. Kabla ya chochote kutumwa unaona ada, kitakachobaki na mipaka inaruhusu nini.',
      'Thibitisha mara moja. Kubonyeza mara mbili hutuma mara moja. “Haijulikani” maana yake mtoa huduma bado hajasema iliishaje: injini inaendelea kuuliza. Usitume tena kwa mkono wakati huo.',
      'Ili itume yenyewe kila siku, weka kiasi kwenye `QMOI_AUTO_TRANSFER_MPESA` au `QMOI_AUTO_TRANSFER_AIRTEL`. Nambari mpya husubiri siku moja kabla ya mara ya kwanza.',
    ],
  },
  'provider-down': {
    title: 'M-Pesa au Airtel haifanyi kazi',
    steps: [
      'Angalia hali ya hewa kwenye Leo au Mfumo. “Dhoruba” maana yake maombi mengi hayajibiwi, “Imezuiwa” kwamba injini inasubiri ili isizidishe tatizo.',
      'Endelea kuuza: anayeweza kulipa mwenyewe kwa paybill au till yako alipe. Kilicholipwa wakati huo kitaandikwa taarifa zikifika, kwa saa yake halisi.',
      'Usitume wala kuomba mara ya pili. Kilichokuwa njiani kinaulizwa hadi mwisho wake ujulikane.',
      'Inasema nenosiri lilikataliwa? Opereta afunguliwe kwenye tovuti ya mtoa huduma. Kama nenosiri limebadilika, liweke kwenye `.env` na uanzishe injini tena; la sivyo yaachilie maombi tena kwenye Mfumo.',
      'Baadaye tazama Mambo ya kuangalia. Baada ya tatizo la zaidi ya siku moja ingiza taarifa.',
    ],
  },
  statement: {
    title: 'Kuingiza taarifa ya akaunti',
    steps: [
      'Kwenye tovuti ya mtoa huduma pakua taarifa ya paybill au till yako, kama CSV, Excel au PDF, ikiwa na miamala yote ya siku unazotaka.',
      'Fungua Upatanisho na uchague faili. Kwanza inasomwa tu: unaona mistari inayojulikana, itakayoandikwa na inayotofautiana.',
      'Ni akaunti sahihi na siku sahihi? Basi iingize. Kilichomo na kilichokosekana kinaandikwa; kingine kinatajwa kwenye Mambo ya kuangalia.',
      'Faili ileile mara mbili haina madhara. Fanya hivyo mara moja kwa wiki kwa kila njia, na baada ya kila tatizo.',
    ],
  },
  'lost-key': {
    title: 'Nimepoteza ufunguo mkuu',
    steps: [
      'Hakuna anayeweza kuuonyesha tena: kilichohifadhiwa ni alama yake tu. Anayeweza kuingia kwenye mashine hutengeneza mpya.',
      'Kwenye mashine, katika folda ya programu: `npm run qmoi:autoconfig -- --new-master-key`. Ufunguo mpya huonyeshwa mara moja; uweke kwenye programu ya kuhifadhi manenosiri.',
      'Simamisha na uanzishe injini: `npm run revenue:stop`, kisha `npm run revenue:start`. Ufunguo wa zamani haufungui chochote tena.',
      'Ingia kwa ufunguo mpya na ukatishe vipindi vingine vyote kwenye Mipangilio.',
      'Usiguse `QMOI_MASTER_SECRET` iliyo kwenye `.env`. Hiyo ni kitu kingine: bila hiyo nambari za simu na taarifa zilizohifadhiwa haziwezi kusomwa tena na yeyote. Weka nakala yake mbali na mashine.',
    ],
  },
};
