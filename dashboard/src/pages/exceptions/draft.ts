import { decimalOf, parseMsisdn } from '#kernel';

import { minorOf } from '../../text/format.ts';
import { plainOf, typedMinor } from './figures.ts';
import type { ChargeView, FixAsked, FixKindName } from './shapes.ts';

export interface DraftAllocation {
  readonly charge: ChargeView;
  readonly amount: string;
}

/** What was chosen and typed so far, whichever fix it is for: switching loses nothing. */
export interface Draft {
  readonly allocations: readonly DraftAllocation[];
  readonly rest: 'stays' | 'credit';
  readonly short: ChargeView | undefined;
  readonly stream: string;
  readonly phone: string;
  readonly part: 'whole' | 'rest';
  readonly by: 'usual' | 'reversal' | 'payout';
}

export const emptyDraft: Draft = {
  allocations: [],
  rest: 'stays',
  short: undefined,
  stream: '',
  phone: '',
  part: 'whole',
  by: 'usual',
};

export type DraftFault =
  | 'needCharge'
  | 'amountWrong'
  | 'amountWhole'
  | 'tooMuch'
  | 'phoneNeeded'
  | 'phoneWrong'
  | 'streamChoose';

export interface DraftFacts {
  readonly restMinor: bigint;
  readonly hasPayer: boolean;
}

type Read =
  | { readonly ok: true; readonly fix: FixAsked }
  | { readonly ok: false; readonly fault: DraftFault };

const fault = (name: DraftFault): Read => ({ ok: false, fault: name });
const done = (fix: FixAsked): Read => ({ ok: true, fix });

/** What the allocations take of the payment; what is no amount takes nothing. */
export const takenMinor = ({ allocations }: Draft): bigint =>
  allocations.reduce((sum, { amount }) => sum + (typedMinor(amount) ?? 0n), 0n);

/** As much as the charge asks for and the payment still has. */
export function addCharge(draft: Draft, charge: ChargeView, { restMinor }: DraftFacts): Draft {
  if (draft.allocations.some((one) => one.charge.id === charge.id)) return draft;
  const left = restMinor - takenMinor(draft);
  const asks = minorOf(charge.amountDecimal);
  const amount = plainOf(left > 0n && left < asks ? left : asks);
  return { ...draft, allocations: [...draft.allocations, { charge, amount }] };
}

/** What is wrong with one line of a match. */
export function faultOfAllocation({ charge, amount }: DraftAllocation): DraftFault | undefined {
  const minor = typedMinor(amount);
  if (minor === undefined) return 'amountWrong';
  return minor === minorOf(charge.amountDecimal) ? undefined : 'amountWhole';
}

function faultOfPhone(phone: string, { hasPayer }: DraftFacts): DraftFault | undefined {
  if (phone.trim() === '') return hasPayer ? undefined : 'phoneNeeded';
  return parseMsisdn(phone).ok ? undefined : 'phoneWrong';
}

const phoneOf = (phone: string): { readonly phone?: string } =>
  phone.trim() === '' ? {} : { phone: phone.trim() };

function readMatch(draft: Draft, facts: DraftFacts): Read {
  const { allocations, rest, phone } = draft;
  if (allocations.length === 0) return fault('needCharge');
  const wrong = allocations.flatMap((one) => faultOfAllocation(one) ?? [])[0];
  if (wrong !== undefined) return fault(wrong);
  const taken = takenMinor(draft);
  if (taken > facts.restMinor) return fault('tooMuch');
  const isCredit = rest === 'credit' && taken < facts.restMinor;
  const wrongPhone = isCredit ? faultOfPhone(phone, facts) : undefined;
  if (wrongPhone !== undefined) return fault(wrongPhone);
  return done({
    kind: 'match',
    allocations: allocations.map(({ charge, amount }) => ({
      chargeId: charge.id,
      amountDecimal: decimalOf(typedMinor(amount) ?? 0n),
    })),
    rest: isCredit ? 'credit' : 'stays',
    ...(isCredit ? phoneOf(phone) : {}),
  });
}

/** The fix as it is sent, or the first thing that is missing for it. */
export function readDraft(kind: FixKindName, draft: Draft, facts: DraftFacts): Read {
  switch (kind) {
    case 'match':
      return readMatch(draft, facts);
    case 'accept-short':
      return draft.short === undefined
        ? fault('needCharge')
        : done({ kind, chargeId: draft.short.id });
    case 'assign-stream':
      return draft.stream === '' ? fault('streamChoose') : done({ kind, stream: draft.stream });
    case 'assign-customer': {
      const wrong = faultOfPhone(draft.phone, facts);
      return wrong === undefined ? done({ kind, ...phoneOf(draft.phone) }) : fault(wrong);
    }
    case 'refund':
      return done({
        kind,
        part: draft.part,
        ...(draft.by === 'usual' ? {} : { by: draft.by }),
      });
    case 'book-reversal':
    case 'keep':
    case 'dismiss':
      return done({ kind });
    default:
      return kind satisfies never;
  }
}
