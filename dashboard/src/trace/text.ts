import { textOf } from '../text/language.ts';

type Names = Readonly<Record<string, string>>;

export interface TraceWords {
  readonly books: string;
  readonly booksWhy: string;
  readonly booksNone: string;
  readonly account: string;
  readonly debit: string;
  readonly credit: string;
  readonly sum: string;
  readonly balanced: string;
  readonly unbalanced: string;
  /** Accounts of a rail by their name without it, as the ledger makes them. */
  readonly accounts: Readonly<Record<string, (rail: string) => string>>;
  readonly revenue: (stream: string) => string;
  /** What a transaction was booked for; fixes have words of their own. */
  readonly kinds: Names;
  readonly undone: (fix: string) => string;
  readonly proof: string;
  readonly proofWhy: string;
  readonly proofNone: string;
  readonly refundLink: string;
}

/** What the ways of a payment and of a transfer have in common. */
export const sharedTraceText = textOf<TraceWords>({
  en: {
    books: 'In the books',
    booksWhy: 'Debits and credits of every entry; they come to zero.',
    booksNone: 'Nothing is booked for it.',
    account: 'Account',
    debit: 'Debit',
    credit: 'Credit',
    sum: 'Sum',
    balanced: 'Balanced',
    unbalanced: 'Does not balance',
    accounts: {
      'rail:collection': (rail) => `${rail} wallet`,
      'rail:charges': (rail) => `Charges paid to ${rail}`,
      fees: (rail) => `Fees of ${rail}`,
      suspense: (rail) => `Not assigned yet, ${rail}`,
      credit: (rail) => `Held for customers, ${rail}`,
      'transfer:in_flight': (rail) => `On its way, ${rail}`,
      'owner:drawings': (rail) => `Sent to the owner, ${rail}`,
      'owner:capital': (rail) => `Put in by the owner, ${rail}`,
    },
    revenue: (stream) => `Earned: ${stream}`,
    kinds: {
      payment: 'Booked',
      'payment-in-suspense': 'Booked, not assigned yet',
      'payment-matched': 'Assigned to its charge',
      'refund-placed': 'Giving back, taken from where the money lies',
      'refund-unplaced': 'Giving back, put where it was',
      'transfer-reserved': 'Set aside',
      'transfer-completed': 'Arrived',
      'transfer-released': 'Set free again',
      'transfer-reversed': 'Taken back',
      'fee-corrected': 'Fee as it was charged',
    },
    undone: (fix) => `Undone: ${fix}`,
    proof: 'What proves it',
    proofWhy: 'What M-Pesa or Airtel said, kept as it came. Its SHA-256 changes if a letter does.',
    proofNone: 'No provider has proved its end yet.',
    refundLink: 'The transfer that gives it back',
  },
  sw: {
    books: 'Kwenye vitabu',
    booksWhy: 'Debiti na krediti za kila ingizo; jumla yake ni sifuri.',
    booksNone: 'Hakuna kilichoandikwa kwa ajili yake.',
    account: 'Akaunti',
    debit: 'Debiti',
    credit: 'Krediti',
    sum: 'Jumla',
    balanced: 'Inalingana',
    unbalanced: 'Hailingani',
    accounts: {
      'rail:collection': (rail) => `Pochi ya ${rail}`,
      'rail:charges': (rail) => `Ada zilizolipwa ${rail}`,
      fees: (rail) => `Ada za ${rail}`,
      suspense: (rail) => `Bado haijapangiwa, ${rail}`,
      credit: (rail) => `Akiba ya wateja, ${rail}`,
      'transfer:in_flight': (rail) => `Ziko njiani, ${rail}`,
      'owner:drawings': (rail) => `Zilizotumwa kwa mwenye biashara, ${rail}`,
      'owner:capital': (rail) => `Zilizowekwa na mwenye biashara, ${rail}`,
    },
    revenue: (stream) => `Mapato: ${stream}`,
    kinds: {
      payment: 'Imeandikwa',
      'payment-in-suspense': 'Imeandikwa, bado haijapangiwa',
      'payment-matched': 'Imepangiwa ankara yake',
      'refund-placed': 'Kurudisha, zimetolewa pesa zilipo',
      'refund-unplaced': 'Kurudisha, zimewekwa zilipokuwa',
      'transfer-reserved': 'Imetengwa',
      'transfer-completed': 'Imefika',
      'transfer-released': 'Imeachiliwa tena',
      'transfer-reversed': 'Imerudishwa',
      'fee-corrected': 'Ada kama ilivyotozwa',
    },
    undone: (fix) => `Imetenguliwa: ${fix}`,
    proof: 'Kinachothibitisha',
    proofWhy:
      'Yale M-Pesa au Airtel ilisema, yamehifadhiwa yalivyokuja. SHA-256 yake hubadilika herufi moja ikibadilika.',
    proofNone: 'Mtoa huduma bado hajathibitisha mwisho wake.',
    refundLink: 'Uhamisho unaozirudisha',
  },
});
