import type { PromptResultCode } from './codes.ts';
import type { SpanMs } from './knobs.ts';
import { unreachableTestNumber } from './phones.ts';
import { type EarlyFacts, earlyVerdictOf, verdictOf } from './prompt-machine.ts';
import type { Prompt } from './prompt-store.ts';
import { type PaidFacts, promptCallback } from './prompt-wire.ts';
import type { StkDeps } from './stk.ts';

/** Same payer, same amount, within two minutes (documented). */
const repeatWindowMs = 2 * 60 * 1000;

/** What becomes of a prompt. Every function here runs inside the transaction of its task. */
export interface PromptOutcomes {
  show(id: string): void;
  expire(id: string): void;
  settle(id: string): void;
  payLate(id: string): void;
  /** Of a prompt that was born refused because the phone had another one. */
  announceBusy(id: string): void;
}

export function createPromptOutcomes(deps: StkDeps): PromptOutcomes {
  const { clock, timings, knobs, dice, tasks, prompts, phones, payments } = deps;

  const { announce, fail, collect, isUnreachable } = createOutcomeSteps(deps);
  const scheduleAnswer = (prompt: Prompt): void => {
    const id = prompt.checkoutRequestId;
    const { onPrompt, afterMs } = phones.find(prompt.msisdn)?.script ?? {};
    if (onPrompt === 'approve' || onPrompt === 'cancel' || onPrompt === 'wrong-pin') {
      tasks.add({ kind: 'prompt-act', subject: `${id} ${onPrompt}`, delayMs: afterMs ?? 0 });
    }
    tasks.add({ kind: 'prompt-expire', subject: id, delayMs: dice.span(timings.ignoreAfterMs) });
  };
  return {
    show: (id) => {
      const prompt = prompts.find(id);
      if (prompt === undefined) return;
      const code = earlyVerdictOf(earlyFactsOf(prompt, deps));
      if (code !== undefined) {
        if (!fail(prompt, 'refuse', code)) return;
        announce(prompt, { code, lagMs: timings.callbackLagMs });
      } else if (isUnreachable(prompt.msisdn)) {
        const waitedMs = clock.now() - prompt.submittedAt;
        const delayMs = Math.max(0, dice.span(timings.unreachableAfterMs) - waitedMs);
        tasks.add({ kind: 'prompt-expire', subject: id, delayMs });
      } else if (prompts.apply(prompt, 'show', { shownAt: clock.now() })) scheduleAnswer(prompt);
    },
    expire: (id) => {
      const prompt = prompts.find(id);
      if (prompt === undefined) return;
      const code = dice.chance(knobs.current().expireAs1019) ? '1019' : '1037';
      if (!fail(prompt, 'expire', code)) return;
      const wasShown = prompt.shownAt !== undefined;
      const lagMs = wasShown ? timings.callbackLagMs : timings.unreachableCallbackLagMs;
      announce(prompt, { code, lagMs });
      const { lateSuccessAfter1037 } = knobs.current();
      if (code === '1037' && dice.chance(lateSuccessAfter1037.rate)) {
        const delayMs = lagMs.max + dice.span(lateSuccessAfter1037);
        tasks.add({ kind: 'prompt-late-success', subject: id, delayMs });
      }
    },
    settle: (id) => {
      const prompt = prompts.find(id);
      if (prompt?.action === undefined || prompt.action === 'ignore') return;
      const { action, msisdn } = prompt;
      const wrongPins = phones.find(msisdn)?.wrongPins ?? 0;
      const isPinLocked = wrongPins >= knobs.current().pinLockAfter;
      const code = verdictOf({ action, isPinLocked, refusal: payments.refusalOf(prompt) });
      if (code === '2001') phones.countWrongPin(msisdn);
      if (action === 'approve' && !isPinLocked) phones.forgetWrongPins(msisdn);
      if (code === '0') collect(prompt, 'settle');
      else if (fail(prompt, 'settle', code)) {
        announce(prompt, { code, lagMs: timings.callbackLagMs });
      }
    },
    payLate: (id) => {
      const prompt = prompts.find(id);
      if (prompt === undefined || prompt.resultCode !== '1037') return;
      if (phones.find(prompt.msisdn) === undefined) return;
      if (payments.refusalOf(prompt) === undefined) collect(prompt, 'pay-late');
    },
    announceBusy: (id) => {
      const prompt = prompts.find(id);
      if (prompt !== undefined) announce(prompt, { code: '1001', lagMs: timings.callbackLagMs });
    },
  };
}

/** The steps that several ends share. */
function createOutcomeSteps(deps: StkDeps) {
  const { clock, config, timings, knobs, dice, prompts, phones, payments } = deps;
  const announce = (
    prompt: Prompt,
    news: { code: PromptResultCode; paid?: PaidFacts; lagMs: SpanMs },
  ): void => {
    const style = {
      hasEmptyBalance: dice.chance(knobs.current().missingValue),
      hasStringCodes: knobs.current().stringCodes,
    };
    deps.callbacks.enqueue({
      kind: 'stk',
      correlation: prompt.checkoutRequestId,
      url: prompt.callbackUrl,
      shortCodeHeader: config.shortCode,
      body: promptCallback({ ...prompt, code: news.code, paid: news.paid }, style),
      lagMs: dice.span(news.lagMs),
    });
  };
  const fail = (prompt: Prompt, event: 'refuse' | 'expire' | 'settle', code: PromptResultCode) =>
    prompts.apply(prompt, event, { resultCode: code, finishedAt: clock.now() });
  const collect = (prompt: Prompt, event: 'settle' | 'pay-late'): void => {
    const receipt = deps.ids.receipt(clock.now());
    const shortCode =
      prompt.transactionType === 'CustomerBuyGoodsOnline' ? prompt.partyB : config.shortCode;
    const change = { resultCode: '0', receipt, finishedAt: clock.now() } as const;
    if (!prompts.apply(prompt, event, change)) return;
    const payment = payments.collect({
      kind: 'stk',
      receipt,
      msisdn: prompt.msisdn,
      amountKes: prompt.amountKes,
      shortCode,
      accountReference: prompt.accountReference,
      checkoutRequestId: prompt.checkoutRequestId,
      initiatedAt: prompt.submittedAt,
    });
    announce(prompt, { code: '0', paid: payment, lagMs: timings.callbackLagMs });
    if (knobs.current().stkAlsoConfirmsC2b) deps.confirmations.send(payment);
  };
  const isUnreachable = (msisdn: string): boolean => {
    if (config.profile === 'sandbox' && msisdn === unreachableTestNumber) return true;
    const phone = phones.find(msisdn);
    // A number without a wallet here is a phone that never answers (assumed).
    return phone === undefined || phone.script.onPrompt === 'unreachable';
  };
  return { announce, fail, collect, isUnreachable };
}

function earlyFactsOf(prompt: Prompt, deps: StkDeps): EarlyFacts {
  const { config, knobs, clock, transactions } = deps;
  const { amountKes, msisdn, partyB, transactionType, accountReference } = prompt;
  const isPaybill = transactionType === 'CustomerPayBillOnline';
  const rightParty = isPaybill ? config.shortCode : config.tillNumber;
  const isOurs = partyB === config.shortCode || partyB === config.tillNumber;
  const wrong = isOurs ? 'wrong-product' : 'no-such-party';
  const text = `Do you want to pay KSH ${amountKes} to ${config.organisationName} Account no. `;
  const since = clock.now() - repeatWindowMs;
  return {
    assignment: partyB === rightParty ? 'ok' : wrong,
    promptLength: text.length + accountReference.length,
    amountKes,
    isRepeat: knobs.current().refuseRepeats && transactions.hasRepeat({ msisdn, amountKes, since }),
  };
}
