import { decimalOf, isoOf, shillings } from '#kernel';

import {
  type AdminCall,
  type AdminReply,
  type AdminRoute,
  badFields,
  done,
  limitFrom,
  numberFrom,
  problemsOf,
  refuse,
  wholeShillings,
} from './admin-call.ts';
import { nextAirtelId } from './airtel-ids.ts';
import { text, wholeNumber } from './checks.ts';
import { collectionFeeOf } from './fees.ts';
import { merchant, type Truth, walletOf } from './journal.ts';
import type { Parts } from './parts.ts';
import { internationalOf, nationalFrom } from './phones.ts';
import { kenya } from './profile.ts';

export function addMoneyAdmin(parts: Parts): readonly AdminRoute[] {
  const { journal, pinGuard } = parts;
  return [
    { method: 'GET', path: '/org', handle: () => done(orgOf(parts)) },
    {
      method: 'POST',
      path: '/org/float',
      handle: ({ fields }) => {
        const problems = problemsOf(fields, { amount: wholeNumber(1, 1_000_000_000_000) });
        if (problems.length > 0) return badFields(problems);
        journal.bringIn(merchant, shillings(Number(fields['amount'])));
        return done(orgOf(parts));
      },
    },
    {
      method: 'POST',
      path: '/org/unlock',
      handle: () => {
        pinGuard.unlock();
        return done(orgOf(parts));
      },
    },
    { method: 'POST', path: '/phones/:id/pay', handle: (call) => payUnasked(parts, call) },
    { method: 'POST', path: '/reversals', handle: (call) => reverseByCare(parts, call) },
    {
      method: 'GET',
      path: '/truth',
      handle: (call) => {
        const after = numberFrom(call.query['after'], 0);
        return done({ transactions: journal.truthAfter(after, limitFrom(call)).map(truthItem) });
      },
    },
    {
      method: 'GET',
      path: '/conservation',
      handle: () => {
        const { ok, sumMinor } = journal.conservation();
        return done({ ok, sum: decimalOf(sumMinor) });
      },
    },
  ];
}

const orgOf = ({ journal, pinGuard, context }: Parts): object => ({
  balance: decimalOf(journal.balanceOf(merchant)),
  name: context.config.merchantName,
  locked: pinGuard.isLocked(),
});

const truthItem = (truth: Truth): object => ({
  seq: truth.seq,
  kind: truth.kind,
  ownId: truth.ownId ?? null,
  airtelId: truth.airtelId,
  amount: decimalOf(truth.amountMinor),
  fee: decimalOf(truth.feeMinor),
  msisdn: internationalOf(truth.national),
  reference: truth.reference,
  refundOf: truth.refundOf ?? null,
  at: isoOf(truth.at),
});

const reversalRefusals = {
  'no-such-payment': [404, 'nobody paid the merchant under this id'],
  'already-reversed': [409, 'it was given back before'],
  'insufficient-balance': [409, 'the wallet does not hold this much'],
  'payee-limit': [409, 'the wallet of the payer is full'],
} as const;

/** Customer care gives a payment back by itself: the whole of it, once. */
function reverseByCare({ refunds }: Parts, { fields }: AdminCall): AdminReply {
  const problems = problemsOf(fields, { receipt: text(64) });
  if (problems.length > 0) return badFields(problems);
  const reversed = refunds.byCare(String(fields['receipt']));
  if (reversed.ok) return done({ receipt: reversed.value });
  const [httpStatus, message] = reversalRefusals[reversed.error];
  return refuse(httpStatus, reversed.error, message);
}

/** A customer pays unasked: money that has no own id and shows in the summary only (§18.22). */
function payUnasked({ context, journal, phones }: Parts, { id, fields }: AdminCall): AdminReply {
  const checks = { amount: wholeShillings, reference: text(64) };
  const problems = problemsOf(fields, checks);
  if (problems.length > 0) return badFields(problems);
  const national = nationalFrom(id) ?? '';
  if (phones.find(national) === undefined) return refuse(404, 'no-such-phone', id);
  const amountMinor = shillings(Number(fields['amount']));
  if (amountMinor < kenya.transactionMinMinor || amountMinor > kenya.transactionMaxMinor) {
    return refuse(409, 'bad-amount', 'from 1 to 250,000 shillings');
  }
  if (journal.balanceOf(walletOf(national)) < amountMinor) {
    return refuse(409, 'insufficient-balance', 'the wallet does not hold this much');
  }
  const airtelId = nextAirtelId(context, 'collection');
  const reference = String(fields['reference']);
  const feeMinor = collectionFeeOf(context, amountMinor);
  journal.settle({
    kind: 'collection',
    ownId: undefined,
    airtelId,
    amountMinor,
    feeMinor,
    national,
    reference,
  });
  return done({ airtelId });
}
