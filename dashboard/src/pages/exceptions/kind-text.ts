import { useLanguage } from '../../text/language.ts';
import type { ExceptionView } from './shapes.ts';

interface KindWords {
  readonly title: string;
  readonly why: string;
}

const looked = 'Vitabu havimsubiri mtu hapa, lakini ni vizuri mtu ajue liliishaje.';
const unplaced =
  'Pesa ni zako za kuzihesabu, lakini hakuna anayejua zililipia nini; bado si mapato.';

/** The engine says it in English; what it says of each kind, in Swahili. */
const swahili: Readonly<Record<string, KindWords>> = {
  'unknown-reference': {
    title: 'Pesa zimekuja kwa nambari ya akaunti isiyotumiwa na yeyote.',
    why: unplaced,
  },
  'wrong-reference': {
    title: 'Nambari ya akaunti imekosewa herufi moja tu ya ankara.',
    why: 'Huenda mteja amelipa na bado anaonekana anadaiwa.',
  },
  'unknown-payer': {
    title: 'Pesa zimekuja bila kusema ni za nini wala nani amelipa.',
    why: 'Hakuna wa kuuliza; urejesho mzima hauhitaji nambari.',
  },
  overpaid: {
    title: 'Ankara imelipwa zaidi ya ilivyodai.',
    why: 'Ankara inaonekana haijalipwa, na mteja anadai kilichozidi.',
  },
  underpaid: {
    title: 'Ankara imelipwa pungufu ya ilivyodai.',
    why: 'Ankara inaonekana haijalipwa ingawa pesa zake zimekuja.',
  },
  'duplicate-payment': {
    title: 'Ankara iliyokwisha kulipwa imelipwa tena.',
    why: 'Mteja amelipa mara mbili na atataka ya pili irudishwe, au iwekwe kwa jina lake.',
  },
  'late-success': {
    title: 'Ankara imelipwa baada ya kukataliwa au kuisha muda.',
    why: 'Pesa ni mapato, lakini huenda mteja aliambiwa malipo yameshindikana.',
  },
  'receipt-contradiction': {
    title: 'Risiti ileile imeripotiwa kwa kiasi tofauti na kilichoandikwa.',
    why: 'Vitabu na mtoa huduma wanasema kiasi tofauti; vitabu vinashika cha kwanza.',
  },
  'forged-callback': {
    title: 'Mtu ametuma taarifa isiyohusu ombi letu lolote.',
    why: 'Hakuna kilichoandikwa. Zikiwa nyingi, mtu anajaribu kujifanya mtoa huduma.',
  },
  'unreadable-callback': {
    title: 'Mtoa huduma ametuma kitu kisichosomeka; kimehifadhiwa kilivyo.',
    why: looked,
  },
  'unprocessed-callback': {
    title: 'Taarifa haikuweza kuandikwa; imehifadhiwa ilivyo.',
    why: looked,
  },
  'unknown-outcome': {
    title: 'Mtoa huduma hajasema ombi la malipo liliishaje.',
    why: looked,
  },
  'unknown-transfer': {
    title: 'Mtoa huduma hajasema uhamisho uliishaje.',
    why: looked,
  },
  'unconfirmed-claim': {
    title: 'Taarifa imedai pesa ambazo mtoa huduma hakuzithibitisha.',
    why: looked,
  },
  'unmatched-payout': {
    title: 'Taarifa ya akaunti inaonyesha pesa zilizotoka, na hakuna uhamisho wetu uliothibitika.',
    why: looked,
  },
  'reversed-by-provider': {
    title: 'Mtoa huduma amerudisha malipo yaliyo kwenye vitabu.',
    why: 'Mlipaji ana pesa zake tena, na huenda ana alichonunua pia.',
  },
  'missing-on-statement': {
    title: 'Malipo yaliyo kwenye vitabu hayapo kwenye taarifa inayopaswa kuwa nayo.',
    why: looked,
  },
  'fee-differs': {
    title: 'Mtoa huduma ametoza ada tofauti na bei yake.',
    why: looked,
  },
  'payout-mismatch': {
    title: 'Mtoa huduma anasema jambo tofauti na vitabu kuhusu uhamisho.',
    why: looked,
  },
  'rail-locked': {
    title: 'Mtoa huduma amemkataa opereta wetu; anachosaini kimezuiwa.',
    why: looked,
  },
  'operator-password': {
    title: 'Nenosiri la opereta linakwisha muda, na malipo ya kutoka pamoja nalo.',
    why: looked,
  },
  'low-float': {
    title: 'Uhamisho umefika na pochi ya kuulipa haina pesa za kutosha.',
    why: looked,
  },
};

export interface KindText extends KindWords {
  /** The language these words are in, where it is not that of the page. */
  readonly lang: 'en' | undefined;
}

export function useKindText({ kind, title, why }: ExceptionView): KindText {
  const language = useLanguage();
  if (language === 'en') return { title, why, lang: undefined };
  const words = swahili[kind];
  return words === undefined ? { title, why, lang: 'en' } : { ...words, lang: undefined };
}
