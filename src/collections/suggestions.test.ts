import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { shillings } from '#kernel';

import { openInbox, type Inbox } from './fixes/test-kit.ts';
import { createSubsetFinder } from './suggestions/client.ts';
import type { Suggestion } from './suggestions/suggest.ts';
import { byHand } from './test-kit.ts';

describe('the only amounts that add up', () => {
  // What is asked here is right or wrong, however busy the machine is.
  const finder = createSubsetFinder({ timeLimitSeconds: 60 });
  const find = async (kes: readonly number[], target: number) => {
    const found = await finder.findOnly(kes.map(shillings), shillings(target));
    return found === undefined ? undefined : [...found].map((index) => kes[index]);
  };

  it.each<readonly [string, { kes: readonly number[]; target: number; only?: readonly number[] }]>([
    ['two of three', { kes: [300, 450, 1_250], target: 750, only: [300, 450] }],
    ['all', { kes: [120, 340, 560], target: 1_020, only: [120, 340, 560] }],
    ['one alone', { kes: [120, 340, 560], target: 340, only: [340] }],
    ['none', { kes: [120, 340, 560], target: 345 }],
    ['more than one way', { kes: [100, 200, 300], target: 300 }],
    ['the same amount twice', { kes: [250, 250, 100], target: 350 }],
    ['nothing to choose from', { kes: [], target: 100 }],
    ['too many to choose from', { kes: Array.from({ length: 41 }, (_, n) => n + 1), target: 3 }],
  ])('%s', async (_what, { kes, target, only }) => {
    expect(await find(kes, target)).toEqual(only);
  });

  it('agree with trying them all', async () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(amounts, fc.integer({ min: 1, max: 120 }), async (kes, target) => {
        const ways = Array.from({ length: 2 ** kes.length }, (_, mask) =>
          kes.filter((_amount, index) => (mask >> index) % 2 === 1),
        ).filter((some) => some.reduce((sum, one) => sum + one, 0) === target);
        expect(await find(kes, target)).toEqual(ways.length === 1 ? ways[0] : undefined);
      }),
      { numRuns: 40 },
    );
  });

  it('are found in cents among forty, exactly', async () => {
    const kes = Array.from({ length: 40 }, (_, n) => BigInt(1_000_003 + n * n * 7_919));
    const target = [3, 11, 29].reduce((sum, index) => sum + (kes[index] ?? 0n), 0n);
    // In time, or not at all.
    const found = await createSubsetFinder().findOnly(kes, target);
    const sum = [...(found ?? [])].reduce((total, index) => total + (kes[index] ?? 0n), 0n);
    expect(found === undefined || sum === target).toBe(true);
  });
});

describe('proposals', () => {
  let inbox: Inbox;
  beforeAll(async () => {
    inbox = await openInbox();
  });
  afterAll(() => inbox.town.closeProved());

  const proposed = async (subject: string): Promise<readonly Suggestion[]> => {
    const { id } = await inbox.about(subject);
    return (await inbox.collections.propose(id))?.suggestions ?? [];
  };
  const charge = async (kes: number, phone: string) =>
    inbox.town.charge({ amountMinor: shillings(kes), phone });
  const shape = ({ fix }: Suggestion): readonly string[] =>
    fix.kind === 'match' ? [fix.kind, ...fix.allocations.map((one) => one.chargeId)] : [fix.kind];

  it('name the charge that was nearly typed', async () => {
    const { id, reference } = await charge(777, '0700000001');
    const typed = reference.slice(0, 6) + reference.charAt(7) + reference.charAt(6);
    const slip = typed === reference ? reference.slice(0, 7) : typed;
    const payment = await inbox.pay({ receipt: 'S1', kes: 777, reference: slip, payer: undefined });
    expect(await inbox.about(payment)).toMatchObject({ kind: 'wrong-reference' });
    const [first, ...more] = await proposed(payment);
    expect(first && shape(first)).toEqual(['match', id]);
    expect(first?.why).toContain(`one slip away from charge ${reference}`);
    expect(more.map(({ fix }) => fix.kind)).toContain('refund');
    expect(await inbox.followSuggestion(payment)).toEqual(first);
    expect(await proposed(payment)).toEqual([]);
  });

  it('name the only charge of the same phone and amount', async () => {
    const { id } = await charge(910, '0700000002');
    const payment = await inbox.pay({ receipt: 'S2', kes: 910, payer: '254700000002' });
    expect((await proposed(payment)).map(shape)).toEqual([
      ['match', id],
      ['assign-customer'],
      ['refund'],
    ]);
  });

  it('name the charges that only together make the amount', async () => {
    const some = [await charge(310, '0700000003'), await charge(475, '0700000003')];
    await charge(1_200, '0700000003');
    const payment = await inbox.pay({ receipt: 'S3', kes: 785, payer: '254700000003' });
    const [first] = await proposed(payment);
    expect(new Set(first && shape(first))).toEqual(new Set(['match', ...some.map(({ id }) => id)]));
    // Not among many: a page is read often, and the solver takes its time.
    const page = { before: undefined, limit: 1, state: undefined };
    const [listed] = await inbox.collections.proposals(page);
    expect(listed?.suggestions.map(({ fix }) => fix.kind)).toEqual(['assign-customer', 'refund']);
  });

  it('fit a number with its middle hidden', async () => {
    const { id } = await charge(333, '0711111678');
    await charge(333, '0711111999');
    const payment = await inbox.pay({ receipt: 'S4', kes: 333, payer: '2547*****678' });
    // It is held for nobody: the whole number is not known.
    expect((await proposed(payment)).map(shape)).toEqual([['match', id], ['refund']]);
  });

  it('do not call a charge the only one where there are too many to look at', async () => {
    const { id, reference } = await charge(222, '0711112678');
    const payment = await inbox.pay({ receipt: 'S11', kes: 222, payer: '2547*****678' });
    expect((await proposed(payment)).map(shape)).toContainEqual(['match', id]);
    await inbox.town.rows(`
      insert into charge (business_id, id, state, stream_id, rail, amount_minor, currency,
        reference, description, created_by, created_at, expires_at, updated_at)
      select business_id, n, state, stream_id, rail, amount_minor, currency, 'MANY' || n, '',
        created_by, created_at, expires_at, updated_at
      from charge, generate_series(1, 2001) as n where reference = '${reference}'`);
    expect((await proposed(payment)).map(shape)).toEqual([['refund']]);
    await inbox.town.rows("update charge set state = 'expired' where reference like 'MANY%'");
  });

  it('look at a few charges of one amount for a page, and at more for one exception', async () => {
    const { id } = await charge(155, '0711113678');
    for (let n = 0; n < 10; n += 1) await charge(155, '0722000111');
    const payment = await inbox.pay({ receipt: 'S12', kes: 155, payer: '2547*****678' });
    const page = { before: undefined, limit: 1, state: undefined };
    const listed = async () =>
      (await inbox.collections.proposals(page))[0]?.suggestions.map(({ fix }) => fix.kind);
    expect((await proposed(payment)).map(shape)).toEqual([['match', id], ['refund']]);
    expect(await listed()).toEqual(['refund']);
    await inbox.town.rows(
      "update charge set state = 'expired' where id = (select max(id) from charge)",
    );
    expect(await listed()).toEqual(['match', 'refund']);
  });

  it.each([
    ['in its first half', (of: string) => swapAt(of, 0)],
    ['in its second half', (of: string) => swapAt(of, 6)],
    ['in its middle', (of: string) => swapAt(of, 3)],
  ])('name the charge whose reference was mistyped %s', async (_where, slip) => {
    let [found, text] = ['', ''];
    // Of a reference in which the two are the same nothing is mistyped.
    for (let n = 0; n < 20 && text === found; n += 1) {
      const { reference } = await charge(611, '0700000021');
      [found, text] = [reference, slip(reference)];
    }
    const receipt = `S13 ${text}`;
    const payment = await inbox.pay({ receipt, kes: 611, reference: text, payer: undefined });
    const [first] = await proposed(payment);
    expect(first?.why).toContain(`one slip away from charge ${found}`);
    expect((await inbox.about(payment)).kind).toBe('wrong-reference');
  });

  it('say nothing where two charges are as likely', async () => {
    await charge(444, '0700000005');
    await charge(444, '0700000005');
    const payment = await inbox.pay({ receipt: 'S5', kes: 444, payer: '254700000005' });
    expect((await proposed(payment)).map(shape)).toEqual([['assign-customer'], ['refund']]);
  });

  it('put two short payments of one charge together, or let a little go', async () => {
    const { id, reference } = await charge(1_000, '0700000006');
    const first = await inbox.pay({ receipt: 'S6', kes: 950, reference });
    expect((await proposed(first)).map(shape)[0]).toEqual(['accept-short']);
    const second = await inbox.pay({ receipt: 'S7', kes: 50, reference });
    const [together] = await proposed(second);
    expect(together && shape(together)).toEqual(['match', id, id]);
    await inbox.followSuggestion(second);
    expect(await inbox.standing(first)).toBe('earned 950/950');
    expect(await inbox.about(first)).toMatchObject({ state: 'resolved' });
  });

  it('send a second payment of a charge back', async () => {
    const { reference } = await charge(120, '0700000007');
    await inbox.town.deliver('paybill-confirmation', 0n, {
      kind: 'payer-payment',
      receipt: 'S8',
      amountMinor: shillings(120),
      shortCode: '600111',
      accountReference: reference,
      payer: undefined,
      payerName: undefined,
      occurredAt: undefined,
    });
    const again = await inbox.pay({ receipt: 'S9', kes: 120, reference });
    expect((await proposed(again)).map(shape)).toEqual([['refund'], ['assign-customer']]);
  });

  it('dismiss what booked nothing', async () => {
    await inbox.town.deliver('paybill-confirmation', 'forged', byHand({ receipt: 'S10' }));
    const page = { before: undefined, limit: 1, state: 'open' } as const;
    const [forged] = await inbox.collections.exceptions(page);
    const subject = forged?.subject ?? '';
    const { id } = await inbox.about(subject);
    expect(await inbox.fix(id, { kind: 'keep' })).toMatchObject({
      error: { kind: 'fix-not-allowed', allowed: 'dismiss' },
    });
    expect((await inbox.followSuggestion(subject)).fix).toEqual({ kind: 'dismiss' });
    expect(await inbox.undo(id)).toMatchObject({ ok: true });
  });
});

const swapAt = (text: string, place: number): string =>
  text.slice(0, place) + text.charAt(place + 1) + text.charAt(place) + text.slice(place + 2);
