import { describe, expect, it } from 'vitest';

import { createIdSource, createVirtualClock, shillings, type FixId, type Msisdn } from '#kernel';
import { isPayable, type Charge } from '#billing';

import { exceptionKinds, type ExceptionKind } from '../exceptions/store.ts';
import { chargeOf, payerPhone, paymentOf } from '../facts-test-kit.ts';
import type { Payment } from '../payments/store.ts';
import { decideFix, type FixFacts } from './decide.ts';
import { factsOf, fixKinds, type Fix, type FixOf } from './fix.ts';

const ids = createIdSource({ clock: createVirtualClock(0), shard: 0 });
const others = '254799999999' as Msisdn;

const own = paymentOf(500);
const second = paymentOf(200, { receipt: 'R2' });
const held = paymentOf(300, { state: 'credit', customer: payerPhone });
const earned = paymentOf(500, {
  state: 'earned',
  streamId: 'airtime',
  earnedBy: 'airtime',
  earnedMinor: shillings(500),
});
const split = paymentOf(500, { state: 'earned', earnedMinor: shillings(500) });
const partly = paymentOf(500, { earnedBy: 'airtime', earnedMinor: shillings(300) });
const moving = paymentOf(500, { state: 'refunding' });
const gone = paymentOf(500, { state: 'refunded' });
const reversed = paymentOf(500, { state: 'reversed' });
const nameless = paymentOf(500, { payer: '2547*****678' });
const c500 = chargeOf(500);
const c300 = chargeOf(300);
const c200 = chargeOf(200);
const c700 = chargeOf(700);
const paid = chargeOf(500, { state: 'paid' });
const theirs = chargeOf(300, { msisdn: others });
const all = [own, second, held, earned, split, partly, moving, gone, nameless];

const facts = (of: Payment | undefined, more: Partial<FixFacts> = {}): FixFacts => ({
  exception: { kind: 'underpaid', state: 'open', fixId: undefined },
  after: undefined,
  payment: of,
  payments: new Map(all.map((one) => [one.id, one])),
  charges: new Map([c500, c300, c200, c700, paid, theirs].map((one) => [one.id, one])),
  takenBack: new Set(),
  told: undefined,
  isPayable,
  isReversible: true,
  ...more,
});

const bookReversal: Fix = { kind: 'book-reversal' };
const told = (of: Payment, kes: number): FixFacts =>
  facts(of, {
    exception: { kind: 'reversed-by-provider', state: 'open', fixId: undefined },
    takenBack: new Set([of.id]),
    told: { amountMinor: shillings(kes), receipt: 'BACK1', at: 0 },
  });

const match = (...allocations: FixOf<'match'>['allocations']): FixOf<'match'> => ({
  kind: 'match',
  allocations,
  rest: 'stays',
  phone: undefined,
});
const part = (of: Charge, kes?: number, from?: Payment) => ({
  chargeId: of.id,
  amountMinor: kes === undefined ? undefined : shillings(kes),
  paymentId: from?.id,
});
const refund = (part_: 'whole' | 'rest', by?: 'reversal' | 'payout'): Fix => ({
  kind: 'refund',
  part: part_,
  by,
});
const keep: Fix = { kind: 'keep' };
const someFix = ids.next('fix');

const refusedAs = (fix: Fix, given: FixFacts): string => {
  const decision = decideFix(fix, given);
  return decision.ok ? 'applied' : decision.error.kind;
};

describe('a fix is refused', () => {
  const resolved = (fixId: FixId | undefined) =>
    ({ kind: 'underpaid', state: 'resolved', fixId }) as const;
  it.each<readonly [string, Fix, FixFacts]>([
    ['already-resolved', keep, facts(own, { exception: resolved(undefined) })],
    ['already-resolved', keep, facts(own, { exception: resolved(someFix) })],
    [
      'already-resolved',
      keep,
      facts(own, { exception: resolved(someFix), after: ids.next('fix') }),
    ],
    ['fix-not-allowed', { kind: 'dismiss' }, facts(own)],
    ['refund-under-way', keep, facts(moving)],
    ['refund-under-way', match(part(c500)), facts(moving)],
    ['reversed-by-provider', refund('whole'), facts(earned, { takenBack: new Set([earned.id]) })],
    ['reversed-by-provider', match(part(c500)), facts(own, { takenBack: new Set([own.id]) })],
    [
      'reversed-by-provider',
      match(part(c700), part(c700, 200, second)),
      facts(own, { takenBack: new Set([second.id]) }),
    ],
    ['applied', keep, facts(own, { takenBack: new Set([own.id]) })],
    ['applied', bookReversal, told(earned, 500)],
    ['applied', bookReversal, told(held, 300)],
    ['fix-not-allowed', bookReversal, facts(own)],
    ['refund-under-way', bookReversal, told(moving, 500)],
    ['nothing-left', bookReversal, told(gone, 500)],
    ['nothing-left', bookReversal, told(reversed, 500)],
    ['several-streams', bookReversal, told(split, 500)],
    ['partly-earned', bookReversal, told(partly, 500)],
    ['more-than-payment', bookReversal, told(own, 501)],
    ['more-than-payment', bookReversal, told(earned, 501)],
    ['more-than-payment', bookReversal, told(split, 501)],
    ['more-than-payment', bookReversal, told(partly, 501)],
    ['nothing-left', match(part(c500)), facts(reversed)],
    ['nothing-left', refund('whole'), facts(reversed)],
    ['nothing-left', match(part(c500)), facts(earned)],
    ['nothing-left', match(part(c500)), facts(gone)],
    ['nothing-left', match(part(c200, 200, gone)), facts(own)],
    ['no-such-payment', match(part(c200, 200, paymentOf(1))), facts(own)],
    ['no-such-charge', match(part(chargeOf(1))), facts(own)],
    ['charge-already-paid', match(part(paid)), facts(own)],
    ['other-customer', match(part(theirs)), facts(held)],
    ['nothing-allocated', match(), facts(own)],
    ['nothing-allocated', match(part(c200, 200, second)), facts(own)],
    ['nothing-allocated', match(part(c500), part(c500)), facts(own)],
    ['too-many-allocations', match(...Array.from({ length: 41 }, () => part(c200))), facts(own)],
    ['more-than-payment', match(part(c500, 500), part(c200, 200)), facts(own)],
    ['more-than-payment', match(part(c300, 300)), facts(partly)],
    ['charge-not-paid-in-full', match(part(c700)), facts(own)],
    ['charge-not-paid-in-full', match(part(c500, 499)), facts(own)],
    ['more-than-charge', match(part(c300, 301)), facts(own)],
    ['payer-not-known', { ...match(part(c300)), rest: 'credit' }, facts(nameless)],
    ['not-a-phone-number', { ...match(part(c300)), rest: 'credit', phone: '12' }, facts(nameless)],
    ['no-such-charge', { kind: 'accept-short', chargeId: undefined }, facts(own)],
    ['not-short', { kind: 'accept-short', chargeId: c500.id }, facts(own)],
    ['charge-already-paid', { kind: 'accept-short', chargeId: paid.id }, facts(own)],
    ['unknown-stream', { kind: 'assign-stream', streamId: 'gold' }, facts(own)],
    ['nothing-left', { kind: 'assign-stream', streamId: 'airtime' }, facts(earned)],
    ['not-a-phone-number', { kind: 'assign-customer', phone: '12' }, facts(own)],
    ['payer-not-known', { kind: 'assign-customer', phone: undefined }, facts(nameless)],
    ['nothing-left', { kind: 'assign-customer', phone: others }, facts(held)],
    ['nothing-left', refund('whole'), facts(gone)],
    ['nothing-left', refund('rest'), facts(earned)],
    ['partly-earned', refund('whole'), facts(partly)],
    ['several-streams', refund('whole'), facts(split)],
    ['only-whole-is-reversed', refund('rest', 'reversal'), facts(partly)],
    ['rail-cannot-reverse', refund('whole', 'reversal'), facts(own, { isReversible: false })],
    ['payer-not-known', refund('whole'), facts(nameless, { isReversible: false })],
  ])('as %s', (kind, fix, given) => {
    expect(refusedAs(fix, given)).toBe(kind);
  });
});

describe('a fix is planned', () => {
  const planOf = (fix: Fix, given: FixFacts) => {
    const decision = decideFix(fix, given);
    if (!decision.ok) throw new Error(decision.error.kind);
    const { allocations, moves, refund: back, resolves } = decision.value;
    return {
      parts: allocations.map((one) => [
        one.charge?.id ?? one.streamId,
        Number(one.amountMinor / 100n),
        Number(one.waivedMinor / 100n),
      ]),
      moves: moves.map(({ to, customer }) => [to, customer]),
      back: back && [back.from, Number(back.amountMinor / 100n), back.by.kind],
      resolves,
    };
  };
  const nothing = { parts: [], moves: [], back: undefined, resolves: true };

  const planned: readonly (readonly [string, Fix, FixFacts, ReturnType<typeof planOf>])[] = [
    [
      'a whole match',
      match(part(c500)),
      facts(own),
      { ...nothing, parts: [[c500.id, 500, 0]], moves: [['earned', undefined]] },
    ],
    [
      'a match that leaves something to decide',
      match(part(c300)),
      facts(own),
      { ...nothing, parts: [[c300.id, 300, 0]], moves: [['suspense', undefined]], resolves: false },
    ],
    [
      'a match whose rest is credit of the payer',
      { ...match(part(c300)), rest: 'credit' },
      facts(own),
      { ...nothing, parts: [[c300.id, 300, 0]], moves: [['credit', payerPhone]] },
    ],
    [
      'what was said before what was not',
      match(part(c700), part(c700, 200, second)),
      facts(own),
      {
        ...nothing,
        parts: [
          [c700.id, 200, 0],
          [c700.id, 500, 0],
        ],
        moves: [
          ['earned', undefined],
          ['earned', undefined],
        ],
      },
    ],
    [
      'credit for its customer, the rest stays credit',
      match(part(c200)),
      facts(held),
      { ...nothing, parts: [[c200.id, 200, 0]], moves: [['credit', payerPhone]] },
    ],
    [
      'a short payment',
      { kind: 'accept-short', chargeId: c700.id },
      facts(own),
      { ...nothing, parts: [[c700.id, 500, 200]], moves: [['earned', undefined]] },
    ],
    [
      'the rest for a stream',
      { kind: 'assign-stream', streamId: 'trading' },
      facts(partly),
      { ...nothing, parts: [['trading', 200, 0]], moves: [['earned', undefined]] },
    ],
    [
      'a customer',
      { kind: 'assign-customer', phone: '0799 999 999' },
      facts(own),
      { ...nothing, moves: [['credit', others]] },
    ],
    [
      'a reversal',
      refund('whole'),
      facts(own),
      { ...nothing, back: ['suspense', 500, 'reversal'] },
    ],
    [
      'a payout where the rail reverses nothing',
      refund('whole'),
      facts(earned, { isReversible: false }),
      { ...nothing, back: ['earned', 500, 'payout'] },
    ],
    [
      'the rest back',
      refund('rest'),
      facts(partly),
      { ...nothing, back: ['suspense', 200, 'payout'] },
    ],
    [
      'the whole of credit',
      refund('rest'),
      facts(held),
      { ...nothing, back: ['credit', 300, 'reversal'] },
    ],
    ['nothing', keep, facts(own), nothing],
    [
      'to go on from a fix',
      keep,
      facts(own, {
        exception: { kind: 'underpaid', state: 'resolved', fixId: someFix },
        after: someFix,
      }),
      nothing,
    ],
  ];
  it.each(planned.map(([name, ...row]) => [name, row] as const))('%s', (_name, row) => {
    const [fix, given, plan] = row;
    expect(planOf(fix, given)).toEqual(plan);
  });
});

describe('every kind', () => {
  const kinds = Object.keys(exceptionKinds) as ExceptionKind[];
  it.each(kinds)('%s has words and a way to end it', (kind) => {
    const { why, fixes } = factsOf(kind);
    expect(exceptionKinds[kind]).toMatch(/\.$/);
    expect(why).toMatch(/\.$/);
    expect(fixes.some((fix) => fix === 'keep' || fix === 'dismiss')).toBe(true);
    expect(fixes.every((fix) => fixKinds.includes(fix))).toBe(true);
    expect(new Set(fixes).size).toBe(fixes.length);
  });
});
