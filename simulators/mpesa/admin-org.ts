import { isoOf } from '#kernel';
import { type AdminAnswer, type AdminMount, refused } from './admin-answer.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { CallbackRecord } from './callback-store.ts';
import type { ConversationResultCode } from './codes.ts';
import { looseText, oneOf, textField, wholeKes } from './fields.ts';
import { parseKnobs } from './knobs.ts';
import { orgAccounts, outsideAccounts } from './ledger.ts';
import { statementAccounts } from './statements.ts';
import type { Transaction } from './transactions.ts';

const rowsMax = 5000;
const rowsUsual = 200;

/** The organisation's side, the truth about money, and everything that can be turned. */
export function mountOrgRoutes(mount: AdminMount, deps: AdminDeps): void {
  const { ledger, transactions, knobs, callbacks, initiator, tokens, log } = deps;
  mount('GET', '/health', () => ({
    body: {
      ok: true,
      profile: deps.config.profile,
      shortCode: deps.config.shortCode,
      at: isoOf(deps.clock.now()),
      initiator: {
        failures: initiator.state().failures,
        isLocked: initiator.state().isLocked,
        passwordExpiresAt: isoOf(initiator.state().passwordExpiresAt),
      },
    },
  }));
  mount('GET', '/org', () => ({ body: orgBalances(deps) }));
  mount('POST', '/org/deposit', ({ body }) => {
    const amount = wholeKes(body, 'amount');
    if (!amount.ok) return refused(400, 'bad-amount', 'amount is whole shillings');
    const into = looseText(body, 'account') === '' ? 'utility' : looseText(body, 'account');
    if (into !== 'utility' && into !== 'working') {
      return refused(400, 'bad-account', 'account is utility or working');
    }
    ledger.post({
      kind: 'deposit',
      receipt: deps.ids.receipt(deps.clock.now()),
      postings: [
        { account: outsideAccounts.deposits, amountKes: -amount.value },
        { account: orgAccounts[into], amountKes: amount.value },
      ],
    });
    return { body: orgBalances(deps) };
  });
  mountStatement(mount, deps);
  mountReversals(mount, deps);
  mount('GET', '/truth', ({ count }) => {
    const after = count('after', { fallback: 0, max: Number.MAX_SAFE_INTEGER });
    const limit = count('limit', { fallback: rowsUsual, max: rowsMax });
    return { body: { transactions: transactions.after(after, limit).map(shownTruth) } };
  });
  mount('GET', '/conservation', () => ({ body: ledger.conservation() }));
  mount('GET', '/knobs', () => ({ body: knobs.current() }));
  mount('PUT', '/knobs', ({ body }) => {
    const change = parseKnobs(body);
    return change.ok ? { body: knobs.set(change.value) } : refused(400, 'bad-knob', change.error);
  });
  mount('GET', '/requests', ({ count }) => ({
    body: { requests: log.recent(count('limit', { fallback: rowsUsual, max: rowsMax })) },
  }));
  mount('GET', '/callbacks', ({ count }) => {
    const limit = count('limit', { fallback: rowsUsual, max: rowsMax });
    return { body: { callbacks: callbacks.recent(limit).map(shownCallback) } };
  });
  mount('POST', '/reset-tokens', () => ({ body: { revoked: tokens.reset() } }));
  mount('DELETE', '/c2b-urls', () => ({ body: { forgot: deps.confirmations.forgetUrls() } }));
  mount('POST', '/initiator', ({ body }) => {
    const action = oneOf(body, 'action', ['unlock', 'renew-password']);
    if (!action.ok) return refused(400, 'bad-action', 'unlock or renew-password');
    if (action.value === 'unlock') initiator.unlock();
    else initiator.renewPassword();
    return { body: { ...initiator.state() } };
  });
}

/** Times are epoch milliseconds; without them everything until now is shown. */
function mountStatement(mount: AdminMount, { statements, clock }: AdminDeps): void {
  mount('GET', '/statement', ({ query, count }) => {
    const account = statementAccounts.find((name) => name === query('account'));
    if (account === undefined) {
      return refused(400, 'bad-account', `account is one of ${statementAccounts.join(', ')}`);
    }
    if (query('format') !== 'csv') return refused(400, 'bad-format', 'format is csv');
    const max = Number.MAX_SAFE_INTEGER;
    const fromAt = count('from', { fallback: 0, max });
    const toAt = count('to', { fallback: clock.now(), max });
    const csv = statements.csv({ account, fromAt, toAt });
    return csv.ok
      ? { body: csv.value, contentType: 'text/csv; charset=utf-8' }
      : refused(409, 'too-long', csv.error);
  });
}

const reversalRefusals: Partial<Record<ConversationResultCode, AdminAnswer>> = {
  R000001: refused(409, 'already-reversed', 'it was given back before'),
  1: refused(409, 'insufficient-balance', 'the account does not hold this much'),
};

/** Customer care gives a payment back by itself: the whole of it, once. */
function mountReversals(mount: AdminMount, { reversal }: AdminDeps): void {
  mount('POST', '/reversals', ({ body }) => {
    const receipt = textField(body, 'receipt', { min: 1, max: 20 });
    if (!receipt.ok) return refused(400, 'bad-receipt', 'receipt is that of a payment');
    const done = reversal.byCare(receipt.value);
    if (done.ok) return { body: { receipt: done.value.receipt } };
    return (
      reversalRefusals[done.error] ??
      refused(404, 'no-such-payment', 'nobody paid the business under this receipt')
    );
  });
}

function orgBalances({ ledger, config }: AdminDeps) {
  const balance = (account: (typeof orgAccounts)[keyof typeof orgAccounts]): string =>
    String(ledger.balanceKes(account));
  return {
    shortCode: config.shortCode,
    utility: balance(orgAccounts.utility),
    merchant: balance(orgAccounts.merchant),
    working: balance(orgAccounts.working),
    float: balance(orgAccounts.float),
    chargesPaid: balance(orgAccounts.chargesPaid),
    settlement: balance(orgAccounts.settlement),
  };
}

const shownTruth = (it: Transaction) => ({
  seq: it.seq,
  kind: it.kind,
  receipt: it.receipt,
  amount: String(it.amountKes),
  fee: String(it.feeKes),
  msisdn: it.msisdn,
  accountReference: it.accountReference,
  shortCode: it.shortCode,
  checkoutRequestId: it.checkoutRequestId ?? null,
  conversationId: it.conversationId ?? null,
  originatorConversationId: it.originatorConversationId ?? null,
  originalReceipt: it.originalReceipt ?? null,
  at: isoOf(it.settledAt),
});

const shownCallback = (it: CallbackRecord) => ({
  ...it,
  dueAt: isoOf(it.dueAt),
  attemptedAt: it.attemptedAt === undefined ? null : isoOf(it.attemptedAt),
  httpStatus: it.httpStatus ?? null,
  error: it.error ?? null,
});
