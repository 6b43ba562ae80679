import type { EpochMs } from '#kernel';
import { isPromptResultCode, type PromptResultCode } from './codes.ts';
import {
  nextPromptState,
  type PhoneAction,
  phoneActions,
  type PromptEvent,
  type PromptState,
  promptStates,
} from './prompt-machine.ts';
import {
  numberIn,
  optionalNumberIn,
  optionalTextIn,
  type Row,
  type Store,
  textIn,
} from './store.ts';

export interface Prompt {
  readonly checkoutRequestId: string;
  readonly merchantRequestId: string;
  readonly msisdn: string;
  readonly amountKes: number;
  readonly accountReference: string;
  readonly description: string;
  readonly transactionType: string;
  readonly partyB: string;
  readonly callbackUrl: string;
  readonly state: PromptState;
  readonly action: PhoneAction | undefined;
  readonly resultCode: PromptResultCode | undefined;
  readonly receipt: string | undefined;
  readonly submittedAt: EpochMs;
  readonly shownAt: EpochMs | undefined;
  readonly finishedAt: EpochMs | undefined;
}
export type NewPrompt = Omit<
  Prompt,
  'state' | 'action' | 'resultCode' | 'receipt' | 'shownAt' | 'finishedAt'
>;
export interface PromptChange {
  readonly action?: PhoneAction;
  readonly resultCode?: PromptResultCode;
  readonly receipt?: string;
  readonly shownAt?: EpochMs;
  readonly finishedAt?: EpochMs;
}

export interface Prompts {
  add(prompt: NewPrompt): void;
  /** A prompt that ended before it began; it never takes the phone. */
  addRefused(prompt: NewPrompt, code: PromptResultCode): void;
  find(checkoutRequestId: string): Prompt | undefined;
  isBusy(msisdn: string): boolean;
  /** Moves the prompt along the table; false when the event does not apply to its state. */
  apply(prompt: Prompt, event: PromptEvent, change: PromptChange): boolean;
  /** One that is being ignored is still on the phone, but no longer asks: it is not listed. */
  inState(state: PromptState, limit: number): readonly Prompt[];
}

function promptFrom(row: Row): Prompt {
  const code = optionalTextIn(row, 'result_code');
  return {
    checkoutRequestId: textIn(row, 'checkout_request_id'),
    merchantRequestId: textIn(row, 'merchant_request_id'),
    msisdn: textIn(row, 'msisdn'),
    amountKes: numberIn(row, 'amount_kes'),
    accountReference: textIn(row, 'account_reference'),
    description: textIn(row, 'description'),
    transactionType: textIn(row, 'transaction_type'),
    partyB: textIn(row, 'party_b'),
    callbackUrl: textIn(row, 'callback_url'),
    state: promptStates.find((state) => state === textIn(row, 'state')) ?? 'done',
    action: phoneActions.find((action) => action === optionalTextIn(row, 'action')),
    resultCode: code !== undefined && isPromptResultCode(code) ? code : undefined,
    receipt: optionalTextIn(row, 'receipt'),
    submittedAt: numberIn(row, 'submitted_at'),
    shownAt: optionalNumberIn(row, 'shown_at'),
    finishedAt: optionalNumberIn(row, 'finished_at'),
  };
}

export function createPrompts(store: Store): Prompts {
  const insert = (it: NewPrompt, refusedAs: PromptResultCode | undefined): void =>
    void store.run(
      `insert into prompts (checkout_request_id, merchant_request_id, msisdn, amount_kes,
         account_reference, description, transaction_type, party_b, callback_url, state,
         result_code, submitted_at, finished_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      it.checkoutRequestId,
      it.merchantRequestId,
      it.msisdn,
      it.amountKes,
      it.accountReference,
      it.description,
      it.transactionType,
      it.partyB,
      it.callbackUrl,
      refusedAs === undefined ? 'submitted' : 'done',
      refusedAs ?? null,
      it.submittedAt,
      refusedAs === undefined ? null : it.submittedAt,
    );
  return {
    add: (prompt) => insert(prompt, undefined),
    addRefused: insert,
    find: (id) => {
      const row = store.first('select * from prompts where checkout_request_id = ?', id);
      return row === undefined ? undefined : promptFrom(row);
    },
    isBusy: (msisdn) =>
      store.first(
        `select 1 as busy from prompts where msisdn = ? and state <> 'done' limit 1`,
        msisdn,
      ) !== undefined,
    apply: (prompt, event, change) => {
      const next = nextPromptState(prompt.state, event);
      if (next === undefined) return false;
      const changed = store.run(
        `update prompts set state = ?, action = coalesce(?, action),
           result_code = coalesce(?, result_code), receipt = coalesce(?, receipt),
           shown_at = coalesce(?, shown_at), finished_at = coalesce(?, finished_at)
         where checkout_request_id = ? and state = ?`,
        next,
        change.action ?? null,
        change.resultCode ?? null,
        change.receipt ?? null,
        change.shownAt ?? null,
        change.finishedAt ?? null,
        prompt.checkoutRequestId,
        prompt.state,
      );
      return changed === 1;
    },
    inState: (state, limit) =>
      store
        .all(
          `select * from prompts where state = ? and (state <> 'open' or action is null)
           order by submitted_at limit ?`,
          state,
          limit,
        )
        .map(promptFrom),
  };
}
