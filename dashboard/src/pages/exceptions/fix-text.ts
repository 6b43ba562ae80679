import { textOf } from '../../text/language.ts';
import type { FixKindName } from './shapes.ts';

interface FixWords {
  /** In a list of what can be done. */
  readonly name: string;
  /** What it is for. */
  readonly what: string;
  /** On the button that does it. */
  readonly act: string;
  readonly reason: string;
}

interface Words {
  readonly fixes: Readonly<Record<FixKindName, FixWords>>;
  readonly payMany: (count: number) => string;
  readonly form: Readonly<Record<FormWord, string>>;
  readonly will: WillWords;
  /** What a history has beside fixes. */
  readonly history: Readonly<Partial<Record<string, string>>>;
}

type FormWord =
  | 'choose'
  | 'suggested'
  | 'others'
  | 'happens'
  | 'reasonHint'
  | 'reasonNeeded'
  | 'charges'
  | 'search'
  | 'searchHint'
  | 'alike'
  | 'noneAlike'
  | 'noneFound'
  | 'add'
  | 'take'
  | 'drop'
  | 'paid'
  | 'needCharge'
  | 'amountWrong'
  | 'amountWhole'
  | 'tooMuch'
  | 'rest'
  | 'restStays'
  | 'restCredit'
  | 'phone'
  | 'phoneHint'
  | 'phoneNeeded'
  | 'phoneWrong'
  | 'stream'
  | 'streamChoose'
  | 'part'
  | 'partWhole'
  | 'partRest'
  | 'by'
  | 'byUsual'
  | 'byReversal'
  | 'byPayout'
  | 'noUndo'
  | 'undoable'
  | 'changedTitle'
  | 'leave'
  | 'goOn'
  | 'back';

interface Changed {
  readonly what: string;
  readonly who: string;
  readonly when: string;
  readonly reason: string;
}

interface WillWords {
  readonly pays: (amount: string, reference: string, stream: string) => string;
  readonly together: (amount: string, reference: string) => string;
  readonly restStays: (amount: string) => string;
  readonly restCredit: (amount: string, whose: string) => string;
  readonly waives: (amount: string, reference: string, waived: string) => string;
  readonly earns: (amount: string, stream: string, day: string) => string;
  readonly holds: (amount: string, whose: string) => string;
  readonly refunds: (amount: string, whose: string) => string;
  readonly reverses: (amount: string) => string;
  readonly keeps: string;
  readonly dismisses: string;
  readonly payer: string;
  readonly left: (left: string, all: string) => string;
  readonly lacks: (amount: string) => string;
  readonly changed: (done: Changed) => string;
  readonly changedAlone: string;
}

export const fixText = textOf<Words>({
  en: {
    fixes: {
      match: {
        name: 'Match to charges',
        what: 'The money pays one or more charges, each in full.',
        act: 'Pay the charge',
        reason: 'The payer meant this charge',
      },
      'accept-short': {
        name: 'Accept less',
        what: 'The charge counts as paid; what lacks is let go.',
        act: 'Accept less',
        reason: 'What was paid is enough',
      },
      'assign-stream': {
        name: 'Assign to a stream',
        what: 'Earned by one of the streams, without a charge.',
        act: 'Assign to the stream',
        reason: 'It belongs to this stream',
      },
      'assign-customer': {
        name: 'Hold for a customer',
        what: 'Kept as credit until it pays something or goes back.',
        act: 'Hold it',
        reason: 'Held until the customer says what it is for',
      },
      refund: {
        name: 'Refund',
        what: 'Back to its payer. Cannot be undone once it is sent.',
        act: 'Refund',
        reason: 'It goes back to its payer',
      },
      'book-reversal': {
        name: 'Book the reversal',
        what: 'The provider gave it back, as its statement says: it counts no more.',
        act: 'Book the reversal',
        reason: 'The statement shows that it went back',
      },
      keep: {
        name: 'Leave it as it is',
        what: 'Nothing moves; it is off this list.',
        act: 'Leave it',
        reason: 'Looked at; right as it is',
      },
      dismiss: {
        name: 'Nothing to be done',
        what: 'Nothing moves; it is off this list.',
        act: 'Close it',
        reason: 'Looked at; nothing to be done',
      },
    },
    payMany: (count) => `Pay ${count} charges`,
    form: {
      choose: 'What is to be done?',
      suggested: 'Suggested',
      others: 'All that is possible',
      happens: 'What happens',
      reasonHint: 'Kept in the audit log for ever. No phone numbers.',
      reasonNeeded: 'Say why.',
      charges: 'Which charges it pays',
      search: 'Find a charge',
      searchHint: 'By its reference, the phone it is for (07…), or its amount.',
      alike: 'Charges that wait for exactly this much',
      noneAlike: 'No charge waits for exactly this much. Find one by reference or phone.',
      noneFound: 'No such charge waits for money.',
      add: 'Add',
      take: 'Choose',
      drop: 'Take out',
      paid: 'paid already',
      needCharge: 'Choose a charge first.',
      amountWrong: 'Write an amount as 300 or 300.50.',
      amountWhole: 'A charge is paid in full. For less, choose “Accept less”.',
      tooMuch: 'That is more than is left of the payment.',
      rest: 'What is left',
      restStays: 'Stays where it lies, to be decided later',
      restCredit: 'Is held for a customer',
      phone: 'Phone of the customer',
      phoneHint: 'Leave it empty for the number that paid.',
      phoneNeeded: 'The number that paid is not known: write the phone of the customer.',
      phoneWrong: 'Not a Kenyan mobile number. Write it as 0712345678.',
      stream: 'Stream',
      streamChoose: 'Choose a stream',
      part: 'How much',
      partWhole: 'The whole payment',
      partRest: 'What of it is not earned',
      by: 'How',
      byUsual: 'As the provider allows',
      byReversal: 'The provider reverses the payment',
      byPayout: 'A new payout to the payer',
      noUndo: 'Once it is sent, this cannot be undone.',
      undoable: 'This can be undone.',
      changedTitle: 'Somebody was faster',
      leave: 'Leave it so',
      goOn: 'Do mine after it',
      back: 'Another fix',
    },
    will: {
      pays: (amount, reference, stream) =>
        `${amount} pays charge ${reference} and is earned by ${stream}.`,
      together: (amount, reference) => `${amount} of another payment goes to ${reference} as well.`,
      restStays: (amount) => `${amount} is left and stays on this list until you decide about it.`,
      restCredit: (amount, whose) => `${amount} is left and is held for ${whose}.`,
      waives: (amount, reference, waived) =>
        `Charge ${reference} counts as paid with ${amount}; ${waived} is let go.`,
      earns: (amount, stream, day) => `${amount} is earned by ${stream} and counts for ${day}.`,
      holds: (amount, whose) =>
        `${amount} is held for ${whose}. It is not earned until it pays for something.`,
      refunds: (amount, whose) => `${amount} goes back to ${whose}.`,
      reverses: (amount) => `${amount} counts no more: it is taken out of the takings.`,
      keeps: 'No money moves. The books stay as they are.',
      dismisses: 'No money moves. What was received stays kept as evidence.',
      payer: 'its payer',
      left: (left, all) => `${left} of ${all} is left.`,
      lacks: (amount) => `The charge asks for ${amount}.`,
      changed: ({ what, who, when, reason }) =>
        `${when} ${who} did “${what}”: ${reason}. Yours was not done; nothing you typed is lost.`,
      changedAlone:
        'It has ended by itself meanwhile. Yours was not done, and nothing needs to be.',
    },
    history: { undo: 'Undone', 'refund-failed': 'The refund failed' },
  },
  sw: {
    fixes: {
      match: {
        name: 'Linganisha na ankara',
        what: 'Pesa zinalipa ankara moja au zaidi, kila moja kamili.',
        act: 'Lipa ankara',
        reason: 'Mlipaji alikusudia ankara hii',
      },
      'accept-short': {
        name: 'Kubali pungufu',
        what: 'Ankara inahesabiwa imelipwa; kilichopungua kinasamehewa.',
        act: 'Kubali pungufu',
        reason: 'Kilicholipwa kinatosha',
      },
      'assign-stream': {
        name: 'Pangia mkondo',
        what: 'Ni mapato ya mkondo mmoja, bila ankara.',
        act: 'Pangia mkondo',
        reason: 'Ni ya mkondo huu',
      },
      'assign-customer': {
        name: 'Mwekee mteja',
        what: 'Zinawekwa hadi zilipe kitu au zirudishwe.',
        act: 'Mwekee',
        reason: 'Zinasubiri mteja aseme ni za nini',
      },
      refund: {
        name: 'Rudisha pesa',
        what: 'Zinarudi kwa mlipaji. Haiwezi kutenguliwa zikishatumwa.',
        act: 'Rudisha',
        reason: 'Zinarudi kwa aliyelipa',
      },
      'book-reversal': {
        name: 'Andika urejesho',
        what: 'Mtoa huduma amezirudisha, taarifa inasema hivyo: hazihesabiwi tena.',
        act: 'Andika urejesho',
        reason: 'Taarifa inaonyesha zilirudishwa',
      },
      keep: {
        name: 'Acha lilivyo',
        what: 'Pesa hazisogei; linatoka kwenye orodha hii.',
        act: 'Acha lilivyo',
        reason: 'Limeangaliwa; liko sawa',
      },
      dismiss: {
        name: 'Hakuna la kufanya',
        what: 'Pesa hazisogei; linatoka kwenye orodha hii.',
        act: 'Lifunge',
        reason: 'Limeangaliwa; hakuna la kufanya',
      },
    },
    payMany: (count) => `Lipa ankara ${count}`,
    form: {
      choose: 'Nini kifanyike?',
      suggested: 'Mapendekezo',
      others: 'Yote yanayowezekana',
      happens: 'Kitakachotokea',
      reasonHint: 'Huhifadhiwa kwenye ukaguzi milele. Usiandike nambari za simu.',
      reasonNeeded: 'Andika sababu.',
      charges: 'Ankara zitakazolipwa',
      search: 'Tafuta ankara',
      searchHint: 'Kwa kumbukumbu yake, simu yake (07…), au kiasi chake.',
      alike: 'Ankara zinazosubiri kiasi hiki hasa',
      noneAlike: 'Hakuna ankara inayosubiri kiasi hiki hasa. Tafuta kwa kumbukumbu au simu.',
      noneFound: 'Hakuna ankara kama hiyo inayosubiri pesa.',
      add: 'Ongeza',
      take: 'Chagua',
      drop: 'Ondoa',
      paid: 'imeshalipwa',
      needCharge: 'Chagua ankara kwanza.',
      amountWrong: 'Andika kiasi kama 300 au 300.50.',
      amountWhole: 'Ankara hulipwa kamili. Kwa pungufu, chagua “Kubali pungufu”.',
      tooMuch: 'Ni zaidi ya kilichobaki kwenye malipo.',
      rest: 'Kinachobaki',
      restStays: 'Kibaki kilipo, kiamuliwe baadaye',
      restCredit: 'Awekewe mteja',
      phone: 'Simu ya mteja',
      phoneHint: 'Iache wazi kama ni nambari iliyolipa.',
      phoneNeeded: 'Nambari iliyolipa haijulikani: andika simu ya mteja.',
      phoneWrong: 'Si nambari ya simu ya Kenya. Iandike kama 0712345678.',
      stream: 'Mkondo',
      streamChoose: 'Chagua mkondo',
      part: 'Kiasi gani',
      partWhole: 'Malipo yote',
      partRest: 'Sehemu ambayo si mapato',
      by: 'Namna',
      byUsual: 'Kama mtoa huduma anavyoruhusu',
      byReversal: 'Mtoa huduma abatilishe malipo',
      byPayout: 'Malipo mapya kwa mlipaji',
      noUndo: 'Zikishatumwa, haiwezi kutenguliwa.',
      undoable: 'Hii inaweza kutenguliwa.',
      changedTitle: 'Mwingine amekutangulia',
      leave: 'Acha hivyo',
      goOn: 'Fanya yangu baada yake',
      back: 'Suluhisho lingine',
    },
    will: {
      pays: (amount, reference, stream) =>
        `${amount} inalipa ankara ${reference} na ni mapato ya ${stream}.`,
      together: (amount, reference) => `${amount} ya malipo mengine pia inaenda kwa ${reference}.`,
      restStays: (amount) => `${amount} inabaki na itakaa kwenye orodha hii hadi uamue.`,
      restCredit: (amount, whose) => `${amount} inabaki na inawekewa ${whose}.`,
      waives: (amount, reference, waived) =>
        `Ankara ${reference} inahesabiwa imelipwa kwa ${amount}; ${waived} inasamehewa.`,
      earns: (amount, stream, day) =>
        `${amount} ni mapato ya ${stream} na inahesabiwa tarehe ${day}.`,
      holds: (amount, whose) => `${amount} inawekewa ${whose}. Si mapato hadi ilipe kitu.`,
      refunds: (amount, whose) => `${amount} inarudi kwa ${whose}.`,
      reverses: (amount) => `${amount} haihesabiwi tena: inatolewa kwenye mapato.`,
      keeps: 'Pesa hazisogei. Vitabu vinabaki vilivyo.',
      dismisses: 'Pesa hazisogei. Kilichopokelewa kinabaki kama ushahidi.',
      payer: 'aliyelipa',
      left: (left, all) => `Imebaki ${left} kati ya ${all}.`,
      lacks: (amount) => `Ankara inadai ${amount}.`,
      changed: ({ what, who, when, reason }) =>
        `${when} ${who} alifanya “${what}”: ${reason}. Lako halikufanyika; ulichoandika kipo.`,
      changedAlone: 'Limeisha lenyewe. Lako halikufanyika, wala halihitajiki.',
    },
    history: { undo: 'Limetenguliwa', 'refund-failed': 'Urejesho umeshindikana' },
  },
});
