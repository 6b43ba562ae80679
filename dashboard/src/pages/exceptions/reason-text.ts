import type { ReasonView } from '#api/contract';

import { money } from '../../text/format.ts';

type ReasonKind = ReasonView['kind'];
type ReasonOf = { readonly [Reason in ReasonView as Reason['kind']]: Reason };
type ReasonWords = { readonly [Kind in ReasonKind]: (reason: ReasonOf[Kind]) => string };

/** The engine says in English why it suggests a fix; the same in Swahili. */
const swahili: ReasonWords = {
  'named-charge-left-over': ({ reference, leftDecimal }) =>
    `Malipo yametaja ankara ${reference}; ${money(leftDecimal)} inabaki.`,
  'named-charge-short': ({ reference, waivedDecimal }) =>
    `Malipo yametaja ankara ${reference}; ${money(waivedDecimal)} itasamehewa.`,
  'named-charge-together': ({ reference, receipt }) =>
    `Pamoja na risiti ${receipt}, ndicho kiasi ambacho ankara ${reference} inadai.`,
  'near-reference': ({ accountReference, reference }) =>
    `Kati ya “${accountReference}” na ankara ${reference} kuna kosa moja tu la kuandika, ` +
    'na kiasi ni kilekile.',
  'near-reference-left-over': ({ accountReference, reference, leftDecimal }) =>
    `Kati ya “${accountReference}” na ankara ${reference} kuna kosa moja tu la kuandika; ` +
    `${money(leftDecimal)} inabaki.`,
  'near-reference-short': ({ accountReference, reference, waivedDecimal }) =>
    `Kati ya “${accountReference}” na ankara ${reference} kuna kosa moja tu la kuandika; ` +
    `${money(waivedDecimal)} itasamehewa.`,
  'same-phone': ({ reference }) =>
    `Simu hiyohiyo inadaiwa kiasi hiki hasa kwa ankara ${reference}.`,
  'same-phone-together': ({ references }) =>
    `Kati ya ankara zote za simu hiyohiyo, ni ${references.join(', ')} pekee ` +
    'zinazofikia kiasi hiki kwa pamoja.',
  'alike-phone': ({ reference }) =>
    `Ni ankara pekee ya kiasi hiki (${reference}) yenye simu inayofanana na ya mlipaji.`,
  'paid-before': () => 'Ankara iliyotajwa ilikuwa imeshalipwa.',
  'purpose-unknown': () => 'Ikiwa hakuna anayejua zililipia nini, pesa zinarudi kwa mlipaji.',
  'payer-known': () =>
    'Mlipaji anajulikana: pesa zinaweza kusubiri ankara ya baadaye ya simu hiyohiyo.',
  'earned-late': () => 'Pesa ni mapato; mwambie mteja kuwa zimefika.',
  'nothing-booked': () => 'Hakuna kilichoandikwa; taarifa imehifadhiwa.',
  'still-counted': () => 'Malipo bado yanahesabiwa ingawa mlipaji ana pesa zake tena.',
  'refunded-as-well': () => 'Urejesho pia umeyarudisha malipo haya; hayahesabiwi tena.',
  'counted-no-more': () => 'Malipo hayahesabiwi tena; patana na mlipaji kuhusu alichopokea.',
};

const say = <Kind extends ReasonKind>(kind: Kind, reason: ReasonOf[Kind]): string =>
  swahili[kind](reason);

/** The reason in Swahili; nothing for a kind that a newer engine has. */
export const inSwahili = (reason: ReasonView): string | undefined =>
  Object.hasOwn(swahili, reason.kind) ? say(reason.kind, reason) : undefined;
