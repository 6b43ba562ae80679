import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { invariant, shillings, type ExceptionId, type PaymentId } from '#kernel';

import type { Exception } from './exceptions/store.ts';
import { matching, openInbox, type Inbox } from './fixes/test-kit.ts';

let inbox: Inbox;
let payment: PaymentId;
/** What its reference was not known for. */
let id: ExceptionId;

beforeEach(async () => {
  inbox = await openInbox();
  payment = await inbox.pay({ receipt: 'R1' });
  ({ id } = await inbox.about(payment));
});
afterEach(() => inbox.town.closeProved());

const reversal = async (): Promise<Exception> => {
  const all = await inbox.allAbout(payment);
  const found = all.find(({ kind }) => kind === 'reversed-by-provider');
  invariant(found !== undefined, 'a statement has told of it');
  return found;
};

describe('more than a payment was', () => {
  it('is not booked, and leaves what rests on the payment alone', async () => {
    const charges = [
      await inbox.town.charge({ amountMinor: shillings(300), streamId: 'airtime' }),
      await inbox.town.charge({ amountMinor: shillings(200), streamId: 'trading' }),
    ].map((charge) => charge.id);
    expect(await inbox.fix(id, matching(...charges))).toMatchObject({ ok: true });
    await inbox.giveBack(payment, { amountMinor: shillings(501) });
    expect((await reversal()).state).toBe('open');
    expect(await inbox.standing(payment)).toBe('earned 500/500');
    expect(await Promise.all(charges.map(inbox.chargeState))).toEqual(['paid', 'paid']);
  });
});
