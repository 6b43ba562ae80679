import { err, isoOf, ok, parseMsisdn, type Result, unreachable } from '#kernel';
import { type AdminAnswer, type AdminMount, refused } from './admin-answer.ts';
import type { AdminDeps } from './admin-deps.ts';
import type { PayRefusal, PayRequest } from './c2b.ts';
import { type Body, looseText, oneOf, parseFields, textField, wholeKes } from './fields.ts';
import { defaultScript, type Phone, promptHabits, type Script } from './phones.ts';
import { phoneActions, type PromptState, promptStates } from './prompt-machine.ts';
import type { Prompt } from './prompt-store.ts';
import { limitsKes } from './tariff.ts';
import type { Transaction } from './transactions.ts';

const historyMax = 200;
const promptsMax = 500;
const scriptDelayMsMax = 60 * 60 * 1000;

/** Virtual phones: their wallets, their habits, their prompts and what they pay. */
export function mountPhoneRoutes(mount: AdminMount, deps: AdminDeps): void {
  const { phones, stk, prompts, c2b } = deps;
  const phoneAt = (param: string): Phone | undefined => {
    const parsed = parseMsisdn(param);
    return parsed.ok ? phones.find(parsed.value) : undefined;
  };
  mount('POST', '/phones', ({ body }) => {
    const parsed = parsePhone(body);
    if (!parsed.ok) return refused(400, 'bad-phone', `${parsed.error} is wrong`);
    return { body: shownPhone(phones.upsert(parsed.value), deps) };
  });
  mount('GET', '/phones/:msisdn', ({ param }) => {
    const phone = phoneAt(param('msisdn'));
    return phone === undefined ? noSuchPhone : { body: shownPhone(phone, deps) };
  });
  mount('PUT', '/phones/:msisdn/script', ({ param, body }) => {
    const phone = phoneAt(param('msisdn'));
    if (phone === undefined) return noSuchPhone;
    const script = parseScript(body);
    if (!script.ok) return refused(400, 'bad-script', `${script.error} is wrong`);
    phones.setScript(phone.msisdn, script.value);
    return { body: { msisdn: phone.msisdn, script: script.value } };
  });
  mount('POST', '/phones/:msisdn/unlock', ({ param }) => {
    const phone = phoneAt(param('msisdn'));
    if (phone === undefined) return noSuchPhone;
    phones.forgetWrongPins(phone.msisdn);
    return { body: { msisdn: phone.msisdn, wrongPins: 0 } };
  });
  mount('POST', '/phones/:msisdn/pay', async ({ param, body }) => {
    const request = parsePay(param('msisdn'), body);
    if (!request.ok) return refused(400, 'bad-payment', `${request.error} is wrong`);
    const paid = await c2b.pay(request.value);
    return paid.ok ? { body: paid.value } : payRefusal(paid.error);
  });
  mount('GET', '/prompts', ({ query }) => {
    const asked = query('state') === '' ? 'open' : query('state');
    const state = promptStates.find((candidate) => candidate === asked);
    if (state === undefined) return refused(400, 'bad-state', promptStates.join(', '));
    return { body: { prompts: prompts.inState(state, promptsMax).map(shownPrompt) } };
  });
  mount('POST', '/prompts/:id', ({ param, body }) => {
    const action = oneOf(body, 'action', phoneActions);
    if (!action.ok) return refused(400, 'bad-action', phoneActions.join(', '));
    const acted = stk.act(param('id'), action.value);
    if (acted.ok) return { body: shownPrompt(acted.value) };
    return refused(acted.error === 'no-such-prompt' ? 404 : 409, acted.error, param('id'));
  });
}

const noSuchPhone = refused(404, 'no-such-phone', 'make it with POST /sim/phones');

function parseScript(body: Body): Result<Script, string> {
  const onPrompt = oneOf(body, 'onPrompt', promptHabits);
  if (!onPrompt.ok) return onPrompt;
  const given = body['afterMs'] ?? defaultScript.afterMs;
  const fits =
    typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= scriptDelayMsMax;
  return fits ? ok({ onPrompt: onPrompt.value, afterMs: given }) : err('afterMs');
}

function parsePhone(
  body: Body,
): Result<{ msisdn: string; name: string; balanceKes: number; script?: Script }, string> {
  const msisdn = parseMsisdn(looseText(body, 'msisdn'));
  const name = textField(body, 'name', { min: 1, max: 80 });
  const balance = looseText(body, 'balance') === '' ? '0' : looseText(body, 'balance');
  const balanceKes = Number(balance);
  if (!msisdn.ok) return err('msisdn');
  if (!name.ok) return name;
  if (!/^\d{1,9}$/.test(balance) || balanceKes > limitsKes.wallet) return err('balance');
  const phone = { msisdn: msisdn.value, name: name.value, balanceKes };
  const given: unknown = body['script'];
  if (given === undefined) return ok(phone);
  const script = parseScript({ ...Object(given) });
  return script.ok ? ok({ ...phone, script: script.value }) : script;
}

function parsePay(param: string, body: Body): Result<PayRequest, string> {
  const msisdn = parseMsisdn(param);
  return parseFields({
    msisdn: msisdn.ok ? msisdn : err('msisdn'),
    shortCode: textField(body, 'shortCode', { min: 1, max: 10 }),
    // What the payer types: anything short, or nothing at a till.
    accountReference: textField(body, 'accountReference', { min: 0, max: 20 }),
    amountKes: wholeKes(body, 'amount'),
  });
}

function payRefusal(refusal: PayRefusal): AdminAnswer {
  switch (refusal.kind) {
    case 'no-such-phone':
      return noSuchPhone;
    case 'no-such-short-code':
      return refused(409, 'no-such-short-code', 'no such paybill or till');
    case 'refused':
      return {
        status: 409,
        body: { error: refusal.reason, message: `result ${refusal.code}`, code: refusal.code },
      };
    case 'not-validated':
      return {
        status: 409,
        body: { error: 'not-validated', message: 'the business refused', code: refusal.code },
      };
    default:
      return unreachable(refusal, 'refusal of a payment');
  }
}

const shownPhone = (phone: Phone, { phones, transactions }: AdminDeps) => ({
  msisdn: phone.msisdn,
  name: phone.name,
  balance: String(phones.balanceKes(phone.msisdn)),
  script: phone.script,
  wrongPins: phone.wrongPins,
  history: transactions.ofPhone(phone.msisdn, historyMax).map(shownMove),
});

/** Seen from the wallet: payouts and reversals come in, payments go out. */
const shownMove = (move: Transaction) => ({
  kind: move.kind,
  direction: move.kind === 'b2c' || move.kind === 'reversal' ? 'in' : 'out',
  receipt: move.receipt,
  amount: String(move.amountKes),
  accountReference: move.accountReference,
  at: isoOf(move.settledAt),
});

const shownPrompt = (prompt: Prompt) => ({
  id: prompt.checkoutRequestId,
  msisdn: prompt.msisdn,
  amount: String(prompt.amountKes),
  accountReference: prompt.accountReference,
  description: prompt.description,
  state: prompt.state satisfies PromptState,
  resultCode: prompt.resultCode ?? null,
  receipt: prompt.receipt ?? null,
  submittedAt: isoOf(prompt.submittedAt),
  shownAt: prompt.shownAt === undefined ? null : isoOf(prompt.shownAt),
});
