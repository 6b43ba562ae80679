import {
  floorShillings,
  formatMoney,
  idFromNumber,
  numberFromId,
  parseMsisdn,
  railHintOf,
  railIds,
  railNames,
  type RailId,
} from '#kernel';
import type { Charge } from '#billing';
import { findStream } from '#streams';
import type { PayInstructions } from '#api/contract';

import type { Parts } from './app.ts';
import type { ApiDeps, PayTo } from './deps.ts';

/** The channel name under which checkout tokens are made: no callback can be mistaken for one. */
const checkoutChannel = 'checkout';

/**
 * The network of the phone, where its number tells; else the stream's usual rail, else whichever is
 * set up. Undefined leaves the refusal to billing.
 */
export function railFor(
  order: { readonly stream: string; readonly phone: string },
  rails: Pick<ApiDeps['rails'], 'has'>,
): RailId | undefined {
  const phone = parseMsisdn(order.phone);
  const wishes = [
    phone.ok ? railHintOf(phone.value) : undefined,
    findStream(order.stream)?.rail,
    ...railIds,
  ];
  return wishes.find((rail) => rail !== undefined && rails.has(rail));
}

/** What the answer to a payer depends on besides the charge itself. */
export interface CheckoutFacts {
  readonly payTo: ApiDeps['payTo'];
  readonly engineRunning: boolean;
  /** Rails whose prompts do not go out now. */
  readonly heldBack: ReadonlySet<RailId>;
  /** Rails whose provider draws codes to pay by. */
  readonly drawing: ReadonlySet<RailId>;
  readonly token: string;
}

export async function instructionsNow(parts: Parts, charge: Charge): Promise<PayInstructions> {
  const { payTo, engine, weather, rails } = parts;
  const asked = [charge.rail, charge.fallback?.rail].filter((rail) => rail !== undefined);
  const passages = await Promise.all(asked.map((rail) => weather.look(rail, 'prompts')));
  const drawing = railIds.filter((rail) => rails.get(rail)?.paymentCodes !== undefined);
  return instructionsFor(charge, {
    payTo,
    engineRunning: await engine.isRunning(),
    heldBack: new Set(asked.filter((_, n) => passages[n]?.kind === 'shut')),
    drawing: new Set(drawing),
    token: checkoutTokenOf(parts, charge),
  });
}

export const checkoutTokenOf = (
  { callbackTokens }: Pick<ApiDeps, 'callbackTokens'>,
  charge: Charge,
): string =>
  callbackTokens.tokenFor({ channel: checkoutChannel, subject: numberFromId(charge.id) });

export async function chargeOfToken(
  { callbackTokens, billing }: Pick<ApiDeps, 'callbackTokens' | 'billing'>,
  token: string,
): Promise<Charge | undefined> {
  const verdict = callbackTokens.verify({ channel: checkoutChannel, token });
  return verdict.authentic ? billing.find(idFromNumber('charge', verdict.subject)) : undefined;
}

/** The prompt goes out as soon as the one before it has ended. */
const stillWaiting = 'prompt-pending';
/** The other rail is asked in its place, where the payer named one. */
const railIsDown = 'provider-down';

/** What the payer does now. Money on either rail's number finds the charge by its reference. */
export function instructionsFor(charge: Charge, facts: CheckoutFacts): PayInstructions {
  const { payTo } = facts;
  const rail = [charge.rail, ...railIds].find((id) => payTo?.has(id) === true);
  const to = rail === undefined ? undefined : payTo?.get(rail);
  const place = rail === undefined || to === undefined ? null : placeOf(charge, rail, to);
  if (charge.state === 'unknown') {
    const text = `Wait: ${railNames[charge.rail]} has not said yet what became of the payment.`;
    return { prompt: false, text, payTo: null, fallback: null, codePath: null };
  }
  const fallback = fallbackNow(charge, facts);
  const isHeldBack = charge.state === 'open' && facts.heldBack.has(charge.rail);
  const prompt = fallback !== null || (isAboutToAsk(charge, facts) && !isHeldBack);
  const byHand = place === null ? 'ask the seller how to pay.' : sentenceOf(charge, place);
  const ownRail = railNames[charge.rail];
  const asked =
    fallback === null
      ? `${ownRail} is about to ask for the PIN on the phone.`
      : `${ownRail} cannot ask just now: ${railNames[fallback]} is about to ask for the PIN.`;
  const silent = isHeldBack && facts.engineRunning ? `${ownRail} cannot ask just now. ` : '';
  const text = prompt ? `${asked} If nothing comes, ${byHand}` : `${silent}${capitalised(byHand)}`;
  const draws = !prompt && rail !== undefined && place !== null && facts.drawing.has(rail);
  const codePath = draws ? `/api/qmoi/checkout/${facts.token}/qr.png` : null;
  return { prompt, text, payTo: place, fallback, codePath };
}

const isAboutToAsk = (charge: Charge, { engineRunning }: CheckoutFacts): boolean =>
  engineRunning &&
  charge.consent !== undefined &&
  ['open', 'prompting', 'prompted'].includes(charge.state) &&
  (charge.reason === undefined || charge.reason === stillWaiting);

/** The rail that asks in place of a silent one; the worker makes sure that no phone has it yet. */
function fallbackNow(charge: Charge, { engineRunning, heldBack }: CheckoutFacts): RailId | null {
  const { fallback, reason } = charge;
  if (!engineRunning || charge.state !== 'open') return null;
  if (fallback === undefined || fallback.usedAt !== undefined) return null;
  const isSilent = reason === railIsDown || (reason === undefined && heldBack.has(charge.rail));
  return isSilent && !heldBack.has(fallback.rail) ? fallback.rail : null;
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
