/** What a device can be told of. */
export const topics = [
  'payments',
  'targets',
  'minimum',
  'transfers',
  'exceptions',
  'engine',
  'weather',
  'password',
] as const;
export type Topic = (typeof topics)[number];

export const languages = ['en', 'sw'] as const;
export type Language = (typeof languages)[number];
export type InBoth<Words> = Readonly<Record<Language, Words>>;

/** How soon a device that sleeps is woken for it (RFC 8030, section 5.3). */
export type Urgency = 'low' | 'normal' | 'high';

interface Manner {
  readonly name: InBoth<string>;
  readonly about: InBoth<string>;
  readonly urgency: Urgency;
  /** Older, it is no news. */
  readonly freshMs: number;
  /** At most one note to a device in so long; what comes meanwhile is told together. */
  readonly collectMs: number;
  /** Chosen already when somebody switches notes on. */
  readonly usual: boolean;
}

const hourMs = 60 * 60 * 1000;

export const manners: Readonly<Record<Topic, Manner>> = {
  payments: {
    name: { en: 'Payments', sw: 'Malipo' },
    about: {
      en: 'Confirmed money. What comes within half a minute is told together.',
      sw: 'Pesa iliyothibitishwa. Yanayokuja ndani ya nusu dakika huelezwa pamoja.',
    },
    urgency: 'high',
    freshMs: hourMs,
    collectMs: 30_000,
    usual: true,
  },
  targets: {
    name: { en: 'Target reached', sw: 'Lengo limefikiwa' },
    about: {
      en: 'Once a day for each rail, and for both together.',
      sw: 'Mara moja kwa siku kwa kila njia, na kwa zote pamoja.',
    },
    urgency: 'normal',
    freshMs: 6 * hourMs,
    collectMs: 0,
    usual: true,
  },
  minimum: {
    name: { en: 'Minimum missed', sw: 'Kiwango cha chini hakikufikiwa' },
    about: {
      en: 'After midnight, when the day brought less than its minimum.',
      sw: 'Baada ya usiku wa manane, siku ikileta chini ya kiwango chake cha chini.',
    },
    urgency: 'low',
    freshMs: 18 * hourMs,
    collectMs: 0,
    usual: false,
  },
  transfers: {
    name: { en: 'Transfers', sw: 'Uhamisho' },
    about: {
      en: 'Completed, failed, taken back, or nobody knows.',
      sw: 'Umekamilika, umeshindwa, umerudishwa, au haujulikani.',
    },
    urgency: 'normal',
    freshMs: 24 * hourMs,
    collectMs: 0,
    usual: true,
  },
  exceptions: {
    name: { en: 'Exceptions', sw: 'Mambo ya kuangalia' },
    about: {
      en: 'Something that a person has to decide.',
      sw: 'Jambo ambalo mtu anapaswa kuliamua.',
    },
    urgency: 'normal',
    freshMs: 24 * hourMs,
    collectMs: 30_000,
    usual: true,
  },
  engine: {
    name: { en: 'Engine', sw: 'Injini' },
    about: { en: 'Stopped, or started again.', sw: 'Imesimamishwa, au imeanzishwa tena.' },
    urgency: 'high',
    freshMs: 12 * hourMs,
    collectMs: 0,
    usual: true,
  },
  weather: {
    name: { en: 'Rail weather', sw: 'Hali ya njia' },
    about: {
      en: 'A provider hardly answers, or calls to it are held back.',
      sw: 'Mtoa huduma hajibu vizuri, au maombi kwake yamezuiwa.',
    },
    urgency: 'normal',
    freshMs: 2 * hourMs,
    collectMs: 600_000,
    usual: true,
  },
  password: {
    name: { en: 'Operator password', sw: 'Nenosiri la opereta' },
    about: {
      en: '14, 7 and 1 days before it runs out, and on the day.',
      sw: 'Siku 14, 7 na 1 kabla halijaisha muda, na siku yenyewe.',
    },
    urgency: 'normal',
    freshMs: 24 * hourMs,
    collectMs: 0,
    usual: true,
  },
};
