import {
  floorShillings,
  formatMoney,
  parseMsisdn,
  railHintOf,
  railIds,
  railNames,
  type RailId,
} from '#kernel';
import type { Charge } from '#billing';
import { findStream } from '#streams';
import type { PayInstructions } from '#api/contract';

import type { ApiDeps, PayTo } from './deps.ts';

/** The channel name under which checkout tokens are made: no callback can be mistaken for one. */
export const checkoutChannel = 'checkout';

/**
 * The network of the phone, where its number tells; else the stream's usual rail, else whichever is
 * set up. Undefined leaves the refusal to billing.
 */
export function railFor(
  order: { readonly stream: string; readonly phone: string },
  rails: ApiDeps['rails'],
): RailId | undefined {
  const phone = parseMsisdn(order.phone);
  const wishes = [
    phone.ok ? railHintOf(phone.value) : undefined,
    findStream(order.stream)?.rail,
    ...railIds,
  ];
  return wishes.find((rail) => rail !== undefined && rails.has(rail));
}

/** The prompt goes out as soon as the one before it has ended. */
const stillWaiting = 'prompt-pending';

/** What the payer does now. Money on either rail's number finds the charge by its reference. */
export function instructionsFor(
  charge: Charge,
  { payTo, engineRunning }: { readonly payTo: ApiDeps['payTo']; readonly engineRunning: boolean },
): PayInstructions {
  const prompt =
    engineRunning &&
    charge.consent !== undefined &&
    ['open', 'prompting', 'prompted'].includes(charge.state) &&
    (charge.reason === undefined || charge.reason === stillWaiting);
  const rail = [charge.rail, ...railIds].find((id) => payTo?.has(id) === true);
  const to = rail === undefined ? undefined : payTo?.get(rail);
  const place = rail === undefined || to === undefined ? null : placeOf(charge, rail, to);
  if (charge.state === 'unknown') {
    const text = `Wait: ${railNames[charge.rail]} has not said yet what became of the payment.`;
    return { prompt: false, text, payTo: null };
  }
  const asked = `${railNames[charge.rail]} is about to ask for the PIN on the phone.`;
  const byHand = place === null ? 'ask the seller how to pay.' : sentenceOf(charge, place);
  const text = prompt ? `${asked} If nothing comes, ${byHand}` : capitalised(byHand);
  return { prompt, text, payTo: place };
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const placeOf = (charge: Charge, rail: RailId, to: PayTo) => ({
  rail,
  kind: to.kind,
  number: to.number,
  account: to.kind === 'paybill' ? charge.reference : null,
  amount: floorShillings(charge.amountMinor),
});

const sentenceOf = (charge: Charge, place: ReturnType<typeof placeOf>): string =>
  `pay ${formatMoney(charge.amountMinor)} by ${railNames[place.rail]} to ${place.kind} ` +
  `${place.number}${place.account === null ? '' : `, account number ${place.account}`}.`;
