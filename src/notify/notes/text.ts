import { formatMoney, nairobiHourOf, railNames, unreachable, type EpochMs } from '#kernel';
import type { TargetKind } from '#targets';

import { exceptionTexts } from './exception-text.ts';
import type { Facts, Note } from './note.ts';
import type { Language } from './topic.ts';

/** What stands on a lock screen, and the page that a touch opens. */
export interface Told {
  readonly title: string;
  readonly body: string;
  readonly path: string;
}

type Of<Kind extends Facts['kind']> = Extract<Facts, { readonly kind: Kind }>;
type Tell<Kind extends Facts['kind']> = (facts: Of<Kind>, note: Note) => Omit<Told, 'path'>;
type Words = { readonly [Kind in Facts['kind']]: Tell<Kind> } & {
  readonly payments: (note: Note) => Omit<Told, 'path'>;
  readonly exceptions: (note: Note, newest: Of<'exception'>) => Omit<Told, 'path'>;
  readonly test: Omit<Told, 'path'>;
};

const minuteMs = 60_000;
/** `14:05` in Nairobi, whose hours begin with those of the world. */
const minuteOf = (at: EpochMs): string =>
  `${String(nairobiHourOf(at)).padStart(2, '0')}:` +
  String(Math.floor(at / minuteMs) % 60).padStart(2, '0');

/** `26/11/2026`, as Kenyans write a day. */
const dayOf = (date: string): string => date.split('-').toReversed().join('/');

const dotted = (parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== '').join(' · ');

const targetName = (kind: TargetKind, together: string): string =>
  kind === 'combined' ? together : railNames[kind];

const en: Words = {
  payment: ({ rail, stream, receiptEnd }, { amountMinor, lastAt }) => ({
    title: `${formatMoney(amountMinor)} received`,
    body: dotted([railNames[rail], stream, `receipt …${receiptEnd}`, minuteOf(lastAt)]),
  }),
  payments: ({ count, amountMinor, firstAt, lastAt }) => ({
    title: `${count} payments, ${formatMoney(amountMinor)}`,
    body:
      minuteOf(firstAt) === minuteOf(lastAt)
        ? `Confirmed at ${minuteOf(lastAt)}`
        : `Confirmed between ${minuteOf(firstAt)} and ${minuteOf(lastAt)}`,
  }),
  target: ({ target }, { amountMinor }) => ({
    title:
      target === 'combined'
        ? "Today's target is reached"
        : `${railNames[target]}: today's target is reached`,
    body: `${formatMoney(amountMinor)} confirmed.`,
  }),
  minimum: ({ date, missed }, { amountMinor }) => ({
    title: `Below the minimum: ${missed.map((kind) => targetName(kind, 'together')).join(', ')}`,
    body: `${formatMoney(amountMinor)} was confirmed on ${dayOf(date)}.`,
  }),
  transfer: ({ rail, end }, { amountMinor, lastAt }) =>
    end === 'completed'
      ? {
          title: `Transfer arrived: ${formatMoney(amountMinor)}`,
          body: dotted([railNames[rail], minuteOf(lastAt)]),
        }
      : {
          title: end === 'failed' ? 'A transfer failed' : 'A transfer was taken back',
          body: `${railNames[rail]}. Open it to see why and what to do.`,
        },
  exception: ({ exception, rail }) => ({
    title: exceptionTexts[exception].en,
    body: dotted([
      rail === null ? null : railNames[rail],
      exception === 'unknown-transfer'
        ? 'Do not send it again before you know.'
        : 'Open it to see what to do.',
    ]),
  }),
  exceptions: ({ count }, { exception }) => ({
    title: `${count} things to look at`,
    body: `Newest: ${exceptionTexts[exception].en}`,
  }),
  engine: ({ state }) =>
    state === 'stopped'
      ? {
          title: 'The engine was stopped',
          body: 'Nothing goes out until it is started. Income is still recorded.',
        }
      : { title: 'The engine runs again', body: 'Prompts and transfers go out.' },
  breaker: ({ rail, state }) => {
    if (state === 'closed') {
      return { title: `${railNames[rail]} answers again`, body: 'Calls to it go out.' };
    }
    return state === 'failing'
      ? {
          title: `${railNames[rail]}: calls are held back`,
          body: 'It does not answer. The engine tries again by itself.',
        }
      : {
          title: `${railNames[rail]} did not take our operator`,
          body: 'Payouts wait until you act. Open it to see what to do.',
        };
  },
  storm: ({ rail }) => ({
    title: `${railNames[rail]} hardly answers`,
    body: 'One call in four gets no answer. What was prompted is asked about later.',
  }),
  password: ({ rail, daysLeft }) => ({
    title: `${railNames[rail]}: the operator's password ${endsEn(daysLeft)}`,
    body: "Set a new one in the provider's portal, then in the settings.",
  }),
  test: { title: 'This is a test', body: 'Notes reach this device.' },
};

function endsEn(daysLeft: number): string {
  if (daysLeft > 1) return `ends in ${daysLeft} days`;
  if (daysLeft === 1) return 'ends tomorrow';
  return daysLeft === 0 ? 'ends today' : 'has ended';
}

const sw: Words = {
  payment: ({ rail, stream, receiptEnd }, { amountMinor, lastAt }) => ({
    title: `Umepokea ${formatMoney(amountMinor)}`,
    body: dotted([railNames[rail], stream, `risiti …${receiptEnd}`, minuteOf(lastAt)]),
  }),
  payments: ({ count, amountMinor, firstAt, lastAt }) => ({
    title: `Malipo ${count}, ${formatMoney(amountMinor)}`,
    body:
      minuteOf(firstAt) === minuteOf(lastAt)
        ? `Yamethibitishwa saa ${minuteOf(lastAt)}`
        : `Yamethibitishwa kati ya ${minuteOf(firstAt)} na ${minuteOf(lastAt)}`,
  }),
  target: ({ target }, { amountMinor }) => ({
    title:
      target === 'combined'
        ? 'Lengo la leo limefikiwa'
        : `${railNames[target]}: lengo la leo limefikiwa`,
    body: `${formatMoney(amountMinor)} zimethibitishwa.`,
  }),
  minimum: ({ date, missed }, { amountMinor }) => ({
    title:
      'Chini ya kiwango cha chini: ' +
      missed.map((kind) => targetName(kind, 'kwa pamoja')).join(', '),
    body: `${formatMoney(amountMinor)} zilithibitishwa tarehe ${dayOf(date)}.`,
  }),
  transfer: ({ rail, end }, { amountMinor, lastAt }) =>
    end === 'completed'
      ? {
          title: `Uhamisho umefika: ${formatMoney(amountMinor)}`,
          body: dotted([railNames[rail], minuteOf(lastAt)]),
        }
      : {
          title: end === 'failed' ? 'Uhamisho umeshindwa' : 'Uhamisho umerudishwa',
          body: `${railNames[rail]}. Fungua uone sababu na la kufanya.`,
        },
  exception: ({ exception, rail }) => ({
    title: exceptionTexts[exception].sw,
    body: dotted([
      rail === null ? null : railNames[rail],
      exception === 'unknown-transfer' ? 'Usitume tena kabla ya kujua.' : 'Fungua uone la kufanya.',
    ]),
  }),
  exceptions: ({ count }, { exception }) => ({
    title: `Mambo ${count} ya kuangalia`,
    body: `La mwisho: ${exceptionTexts[exception].sw}`,
  }),
  engine: ({ state }) =>
    state === 'stopped'
      ? {
          title: 'Injini imesimamishwa',
          body: 'Hakuna kinachotumwa hadi ianzishwe. Mapato bado yanarekodiwa.',
        }
      : { title: 'Injini inafanya kazi tena', body: 'Maombi ya malipo na uhamisho yanatumwa.' },
  breaker: ({ rail, state }) => {
    if (state === 'closed') {
      return { title: `${railNames[rail]} inajibu tena`, body: 'Maombi kwake yanatumwa.' };
    }
    return state === 'failing'
      ? {
          title: `${railNames[rail]}: maombi yamezuiwa`,
          body: 'Haijibu. Injini itajaribu tena yenyewe.',
        }
      : {
          title: `${railNames[rail]} imekataa opereta wetu`,
          body: 'Malipo ya kutoka yanasubiri uchukue hatua. Fungua uone la kufanya.',
        };
  },
  storm: ({ rail }) => ({
    title: `${railNames[rail]} haijibu vizuri`,
    body: 'Ombi moja kati ya manne halijibiwi. Yaliyoombwa yataulizwa baadaye.',
  }),
  password: ({ rail, daysLeft }) => ({
    title: `${railNames[rail]}: nenosiri la opereta ${endsSw(daysLeft)}`,
    body: 'Weka jipya kwenye tovuti ya mtoa huduma, kisha kwenye mipangilio.',
  }),
  test: { title: 'Hii ni taarifa ya majaribio', body: 'Taarifa zinafika kwenye kifaa hiki.' },
};

function endsSw(daysLeft: number): string {
  if (daysLeft > 1) return `litaisha baada ya siku ${daysLeft}`;
  if (daysLeft === 1) return 'litaisha kesho';
  return daysLeft === 0 ? 'linaisha leo' : 'limeisha muda';
}

const words: Readonly<Record<Language, Words>> = { en, sw };

export function tellOf(note: Note, language: Language): Told {
  return { ...titled(note, words[language]), path: pathOf(note) };
}

export const testOf = (language: Language): Told => ({
  ...words[language].test,
  path: '/settings',
});

function titled(note: Note, say: Words): Omit<Told, 'path'> {
  const { facts, count } = note;
  switch (facts.kind) {
    case 'payment':
      return count > 1 ? say.payments(note) : say.payment(facts, note);
    case 'exception':
      return count > 1 ? say.exceptions(note, facts) : say.exception(facts, note);
    case 'target':
      return say.target(facts, note);
    case 'minimum':
      return say.minimum(facts, note);
    case 'transfer':
      return say.transfer(facts, note);
    case 'engine':
      return say.engine(facts, note);
    case 'breaker':
      return say.breaker(facts, note);
    case 'storm':
      return say.storm(facts, note);
    case 'password':
      return say.password(facts, note);
    default:
      return unreachable(facts, 'facts');
  }
}

function pathOf({ facts, count }: Note): string {
  switch (facts.kind) {
    case 'payment':
      return count > 1 ? '/payments' : `/payments/${facts.paymentId}`;
    case 'exception':
      return count > 1 ? '/exceptions' : `/exceptions/${facts.exceptionId}`;
    case 'transfer':
      return `/transfers/${facts.transferId}`;
    case 'target':
    case 'minimum':
      return '/targets';
    case 'engine':
      return '/';
    case 'breaker':
    case 'storm':
    case 'password':
      return '/system';
    default:
      return unreachable(facts, 'facts');
  }
}
