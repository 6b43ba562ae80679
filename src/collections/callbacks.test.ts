import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { shillings, type ChargeId } from '#kernel';

import { openBusiness, type TestBusiness } from '../../test/support/business.ts';
import { bodyOf } from '../../test/support/scripted-rail.ts';
import { byHand, found, stkFailed, stkPaid } from './test-kit.ts';

let town: TestBusiness;

beforeEach(async () => {
  town = await openBusiness();
});
afterEach(() => town.closeProved());

const stateOf = async (id: ChargeId) => (await town.business.billing.find(id))?.state;
const payments = async (): Promise<readonly string[]> =>
  (
    await town.rows<{ text: string }>(
      "select receipt || ' ' || state || ' ' || road as text from payment order by id",
    )
  ).map(({ text }) => text);
const verification = async () =>
  (await town.rows<{ id: bigint; state: string }>('select id, state from verification'))[0];
const janitor = async (afterMs: number): Promise<void> => {
  await town.clock.advance(afterMs);
  await town.business.collections.askAboutUnknowns();
};

describe('a prompt that is paid', () => {
  it('is booked once, with everything that belongs to it', async () => {
    const { charge, promptId, requestId } = await town.prompted();
    const paid = stkPaid({ providerRequestId: requestId });
    const acknowledged = { statusCode: 200, body: 'received' };
    expect(await town.deliver('stk-result', promptId, paid)).toEqual(acknowledged);
    expect(await town.deliver('stk-result', promptId, paid)).toEqual(acknowledged);

    expect(await stateOf(charge.id)).toBe('paid');
    const [payment, ...more] = await town.business.collections.paymentsOf(charge.id);
    expect(more).toEqual([]);
    expect(payment).toMatchObject({ state: 'earned', receipt: 'RCPT1', streamId: 'ai-services' });
    expect(payment?.payer).toBe('254712345678');
    const entries = await town.business.ledger.entriesOf(payment?.id ?? '');
    expect(entries.map(({ account, amountMinor }) => [account, amountMinor])).toEqual([
      ['rail:mpesa:collection', 50_000n],
      ['revenue:ai-services', -50_000n],
    ]);
    const counts = await town.rows<{ count: bigint }>(`
      select count(*) as count from callback
      union all select count(*) from evidence
      union all select count(*) from audit_record where action = 'payments.booked'
      union all select count(*) from event where topic = 'payment.confirmed'
      union all select sum(payments) from daily_revenue
      union all select sum(payments) from hourly_revenue where hour = 12
      union all select count(*) from prompt where state = 'paid'`);
    expect(counts.map(({ count }) => count)).toEqual([1n, 1n, 1n, 1n, 1n, 1n, 1n]);
  });

  it('late, after the payer declined, is money all the same', async () => {
    const { charge, promptId } = await town.prompted();
    await town.deliver('stk-result', promptId, stkFailed());
    expect(await stateOf(charge.id)).toBe('declined');
    await town.deliver('stk-result', promptId, stkPaid());
    expect(await stateOf(charge.id)).toBe('paid');
    expect(await payments()).toEqual(['RCPT1 earned stk-callback']);
    expect(await town.exceptions()).toEqual(['late-success']);
  });

  it('stays paid when a refusal limps behind', async () => {
    const { charge, promptId } = await town.prompted();
    await town.deliver('stk-result', promptId, stkPaid());
    await town.deliver('stk-result', promptId, stkFailed());
    expect(await stateOf(charge.id)).toBe('paid');
  });

  it('late, after the charge expired, is money all the same', async () => {
    const charge = await town.charge({ expiresInMs: 1_000 });
    await town.clock.advance(2_000);
    await town.business.billing.expire();
    expect(await stateOf(charge.id)).toBe('expired');
    await town.deliver('paybill-confirmation', 0n, byHand({ accountReference: charge.reference }));
    expect(await stateOf(charge.id)).toBe('paid');
  });
});

describe('what does not fit', () => {
  it('a forged address books nothing', async () => {
    const { charge } = await town.prompted();
    await town.deliver('stk-result', 'forged', stkPaid());
    expect(await stateOf(charge.id)).toBe('prompted');
    expect(await town.exceptions()).toEqual(['forged-callback']);
    expect(await town.countOf('callback')).toBe(1);
  });

  it('a token made for another channel is no token', async () => {
    const { promptId } = await town.prompted();
    const token = town.business.tokens.tokenFor({ channel: 'stk-result', subject: promptId });
    const channel = 'paybill-confirmation';
    await town.business.intake.receive({ channel, token, body: bodyOf(byHand()), source: 'x' });
    expect(await payments()).toEqual([]);
    expect(await town.exceptions()).toEqual(['forged-callback']);
  });

  it('another CheckoutRequestID books nothing', async () => {
    const { charge, promptId } = await town.prompted();
    await town.deliver('stk-result', promptId, stkPaid({ providerRequestId: 'ws_CO_9' }));
    expect(await stateOf(charge.id)).toBe('prompted');
    expect(await town.exceptions()).toEqual(['forged-callback']);
  });

  it.each([
    ['amount', stkPaid({ amountMinor: shillings(5) })],
    ['payer', stkPaid({ payer: '254799999999' })],
  ])('another %s is verified before it counts', async (_, event) => {
    const { charge, promptId } = await town.prompted();
    await town.deliver('stk-result', promptId, event);
    expect(await payments()).toEqual([]);
    await janitor(3_000);
    expect(town.mpesa.receiptQuestions).toEqual(['RCPT1']);
    const claim = await verification();
    await town.deliver('status-result', claim?.id ?? 0n, found());
    expect(await payments()).toEqual(['RCPT1 earned receipt-report']);
    expect(await stateOf(charge.id)).toBe('paid');
    expect((await verification())?.state).toBe('confirmed');
  });

  it('an address of ours without an attempt is verified, and waits in suspense', async () => {
    await town.deliver('stk-result', 4_711n, stkPaid());
    await janitor(3_000);
    await town.deliver('status-result', (await verification())?.id ?? 0n, found());
    expect(await payments()).toEqual(['RCPT1 suspense receipt-report']);
    expect(await town.exceptions()).toEqual(['unknown-reference']);
  });

  it('a foreign short code books nothing', async () => {
    await town.deliver('paybill-confirmation', 0n, byHand({ shortCode: '999999' }));
    expect(await payments()).toEqual([]);
    expect(await town.exceptions()).toEqual(['forged-callback']);
  });

  it('an unlisted sender is verified before it counts', async () => {
    await town.deliverUnlisted('paybill-confirmation', 0n, byHand());
    expect(await payments()).toEqual([]);
    await janitor(3_000);
    await town.deliver('status-result', (await verification())?.id ?? 0n, found());
    expect(await payments()).toEqual(['RCPT1 earned receipt-report']);
  });
});

describe('a callback before the answer to our request', () => {
  const early = async (): Promise<{ charge: { id: ChargeId }; promptId: bigint }> => {
    let promptId = 0n;
    town.mpesa.script.prompt = async () => {
      promptId = (await town.rows<{ id: bigint }>('select id from prompt'))[0]?.id ?? 0n;
      await town.deliver('stk-result', promptId, stkPaid());
      expect(await payments()).toEqual([]);
      return { kind: 'accepted', providerRequestId: 'ws_CO_1' };
    };
    const charge = await town.charge();
    await town.business.collections.sendPrompts();
    return { charge, promptId };
  };

  it('is booked as soon as the answer is in', async () => {
    const { charge } = await early();
    await janitor(0);
    expect(await payments()).toEqual(['RCPT1 earned stk-callback']);
    expect(await stateOf(charge.id)).toBe('paid');
    expect(town.mpesa.receiptQuestions).toEqual([]);
  });

  const answerLost = async (): Promise<ChargeId> => {
    town.mpesa.script.prompt = () => ({ kind: 'unknown', cause: 'timeout' });
    const { charge, promptId } = await town.prompted();
    await town.deliver('stk-result', promptId, stkPaid());
    for (const afterMs of [3_000, 10_000, 30_000, 20_000]) await janitor(afterMs);
    expect(town.mpesa.receiptQuestions).toEqual(['RCPT1']);
    return charge.id;
  };

  it('is asked for by receipt when the answer is lost', async () => {
    const id = await answerLost();
    expect(await payments()).toEqual([]);
    await town.deliver('status-result', (await verification())?.id ?? 0n, found());
    expect(await payments()).toEqual(['RCPT1 earned receipt-report']);
    expect(await stateOf(id)).toBe('paid');
  });

  it('is refuted when the provider knows no such receipt', async () => {
    const id = await answerLost();
    const { id: claim } = (await verification()) ?? { id: 0n };
    const denial = { code: '2033', description: '', kind: 'receipt-report' } as const;
    await town.deliver('status-result', claim, { ...denial, verdict: 'not-found' });
    expect((await verification())?.state).toBe('refuted');
    expect(await town.exceptions()).toEqual(['unconfirmed-claim']);
    expect(await stateOf(id)).toBe('unknown');
    // The provider thinks better of it.
    await town.deliver('status-result', claim, found());
    expect(await payments()).toEqual(['RCPT1 earned receipt-report']);
    expect(await town.exceptions('resolved')).toContain('unconfirmed-claim');
  });

  it('is booked from the list where no question can be asked', async () => {
    town.mpesa.script.receipt = () => ({ kind: 'unknown', cause: 'no operator' });
    town.mpesa.script.list = () => ({
      kind: 'listed',
      payments: [
        {
          receipt: 'RCPT1',
          amountMinor: shillings(500),
          occurredAt: town.clock.now(),
          accountReference: '',
          ownId: undefined,
          payer: undefined,
          raw: 'row',
        },
      ],
    });
    await answerLost();
    expect(await payments()).toEqual(['RCPT1 earned list']);
  });

  it('goes to a person when nobody answers, and still counts when somebody does', async () => {
    await answerLost();
    await janitor(300_000);
    for (let n = 0; n < 6; n += 1) await janitor(86_400_000);
    expect((await verification())?.state).toBe('given-up');
    expect(await town.exceptions()).toContain('unconfirmed-claim');
    await town.deliver('status-result', (await verification())?.id ?? 0n, found());
    expect(await payments()).toEqual(['RCPT1 earned receipt-report']);
  });
});

describe('one receipt on two roads', () => {
  const roads = async (reference: 'charge' | 'empty') => {
    const { charge, promptId } = await town.prompted();
    const accountReference = reference === 'charge' ? charge.reference : '';
    return {
      charge,
      stk: () => town.deliver('stk-result', promptId, stkPaid()),
      hand: () => town.deliver('paybill-confirmation', 0n, byHand({ accountReference })),
      promptId,
      accountReference,
    };
  };

  it.each([
    ['charge', 'stk first'],
    ['charge', 'hand first'],
    ['empty', 'stk first'],
    ['empty', 'hand first'],
    ['charge', 'together'],
    ['empty', 'together'],
  ] as const)('with the reference of %s, %s: one payment, two proofs', async (reference, order) => {
    const { charge, stk, hand } = await roads(reference);
    if (order === 'together') await Promise.all([hand(), stk()]);
    else if (order === 'stk first') await stk().then(hand);
    else await hand().then(stk);
    expect(await town.countOf('payment')).toBe(1);
    expect(await town.countOf('evidence')).toBe(2);
    expect(await stateOf(charge.id)).toBe('paid');
    expect(await town.rows('select state, stream_id from payment')).toEqual([
      { state: 'earned', stream_id: 'ai-services' },
    ]);
    expect(await town.countOf("prompt where state = 'paid'")).toBe(1);
    expect(await town.exceptions()).toEqual([]);
    expect(await town.countOf("event where topic = 'payment.confirmed'")).toBe(1);
  });

  it.each(['charge', 'empty'] as const)('in two engines at once (%s)', async (reference) => {
    const { charge, stk, accountReference } = await roads(reference);
    const other = await town.neighbour();
    await Promise.all([
      stk(),
      other.deliver('paybill-confirmation', 0n, byHand({ accountReference })),
    ]);
    expect(await town.countOf('payment')).toBe(1);
    expect(await town.countOf('evidence')).toBe(2);
    expect(await stateOf(charge.id)).toBe('paid');
  });

  it.each(['apart', 'together'])('with two amounts (%s) is shown to a person', async (how) => {
    const { promptId } = await town.prompted();
    const stk = () => town.deliver('stk-result', promptId, stkPaid());
    const hand = () =>
      town.deliver('paybill-confirmation', 0n, byHand({ amountMinor: shillings(900) }));
    if (how === 'apart') await stk().then(hand);
    else await Promise.all([stk(), hand()]);
    expect(await town.countOf('payment')).toBe(1);
    expect(await town.exceptions()).toEqual(['receipt-contradiction']);
  });
});

describe('money that comes by hand', () => {
  it.each([
    ['ai', 'earned', []],
    ['rent november', 'suspense', ['unknown-reference']],
    ['', 'suspense', ['unknown-reference']],
    ['A\u0000I', 'earned', []],
    ['x'.repeat(5_000), 'suspense', ['unknown-reference']],
  ])('for %j', async (accountReference, state, kinds) => {
    await town.deliver('paybill-confirmation', 0n, byHand({ accountReference }));
    expect(await payments()).toEqual([`RCPT1 ${state} paybill-confirmation`]);
    expect(await town.exceptions()).toEqual(kinds);
  });

  it('for a charge, as the payer typed it', async () => {
    const charge = await town.charge();
    const typed = ` ${charge.reference.toLowerCase().slice(0, 4)}-${charge.reference.slice(4)}`;
    await town.deliver('paybill-confirmation', 0n, byHand({ accountReference: typed }));
    expect(await stateOf(charge.id)).toBe('paid');
    await town.business.collections.sendPrompts();
    expect(town.mpesa.prompts).toEqual([]);
  });

  it.each([
    ['one slip away', (text: string) => text.slice(1), 'wrong-reference'],
    ['two slips away', (text: string) => text.slice(2), 'unknown-reference'],
  ])('for a charge, %s, books nothing to it', async (_, slip, kind) => {
    const charge = await town.charge();
    const accountReference = slip(charge.reference);
    await town.deliver('paybill-confirmation', 0n, byHand({ accountReference }));
    expect(await town.exceptions()).toEqual([kind]);
    expect(await stateOf(charge.id)).not.toBe('paid');
  });

  it('that names neither what for nor who is told as that', async () => {
    const nameless = { payer: undefined, payerName: undefined };
    await town.deliver('paybill-confirmation', 0n, byHand({ accountReference: '', ...nameless }));
    expect(await town.exceptions()).toEqual(['unknown-payer']);
  });

  it('with another amount waits in suspense, and the charge stays payable', async () => {
    const charge = await town.charge();
    const accountReference = charge.reference;
    const short = byHand({ accountReference, amountMinor: shillings(100) });
    await town.deliver('paybill-confirmation', 0n, short);
    expect(await town.exceptions()).toEqual(['underpaid']);
    await town.deliver('paybill-confirmation', 0n, byHand({ accountReference, receipt: 'RCPT2' }));
    expect(await stateOf(charge.id)).toBe('paid');
  });

  it.each(['one after the other', 'together', 'in two engines'])(
    'twice for one charge, %s: the second waits in suspense',
    async (how) => {
      const { reference: accountReference, id } = await town.charge();
      const other = how === 'in two engines' ? await town.neighbour() : town;
      const first = () => town.deliver('paybill-confirmation', 0n, byHand({ accountReference }));
      const second = () =>
        other.deliver('paybill-confirmation', 0n, byHand({ accountReference, receipt: 'RCPT2' }));
      if (how === 'one after the other') await first().then(second);
      else await Promise.all([first(), second()]);
      const states = await town.rows<{ state: string }>('select state from payment order by state');
      expect(states.map(({ state }) => state)).toEqual(['earned', 'suspense']);
      expect(await town.exceptions()).toEqual(['duplicate-payment']);
      expect(await stateOf(id)).toBe('paid');
    },
  );
});
