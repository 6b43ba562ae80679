import { type Clock, err, ok, type Result } from '#kernel';
import type { Callbacks } from './callbacks.ts';
import type { Confirmations } from './confirmations.ts';
import type { SimulatorConfig, Timings } from './config.ts';
import type { Dice } from './dice.ts';
import { type Body, looseText } from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import type { KnobBoard } from './knobs.ts';
import type { Payments } from './payments.ts';
import type { Phones } from './phones.ts';
import type { PhoneAction } from './prompt-machine.ts';
import { createPromptOutcomes, type PromptOutcomes } from './prompt-outcomes.ts';
import type { Prompt, Prompts } from './prompt-store.ts';
import {
  type MerchantProof,
  parsePromptRequest,
  parseQueryRequest,
  passwordFor,
  promptAck,
  type PromptRequest,
  queryAnswer,
} from './prompt-wire.ts';
import { type GatewayRefusal, invalidField, refusals } from './refusals.ts';
import type { Store } from './store.ts';
import type { Tasks } from './tasks.ts';
import type { Transactions } from './transactions.ts';
import type { WireIds } from './wire-ids.ts';

export interface StkDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly config: SimulatorConfig;
  readonly timings: Timings;
  readonly knobs: KnobBoard;
  readonly dice: Dice;
  readonly ids: WireIds;
  readonly tasks: Tasks;
  readonly callbacks: Callbacks;
  readonly prompts: Prompts;
  readonly phones: Phones;
  readonly payments: Payments;
  readonly transactions: Transactions;
  readonly confirmations: Confirmations;
}

export type ActRefusal = 'no-such-prompt' | 'prompt-not-open';

export interface Stk {
  submit(body: Body): Result<WireAnswer, GatewayRefusal>;
  query(body: Body): Result<WireAnswer, GatewayRefusal>;
  act(checkoutRequestId: string, action: PhoneAction): Result<Prompt, ActRefusal>;
}

export function createStk(deps: StkDeps): Stk {
  const { store, tasks, prompts } = deps;
  const outcomes = createPromptOutcomes(deps);
  tasks.on('prompt-show', (id, finish) => finish(() => outcomes.show(id)));
  tasks.on('prompt-act', (subject, finish) => {
    const [id = '', action] = subject.split(' ');
    finish(() => {
      if (action === 'approve' || action === 'cancel' || action === 'wrong-pin') act(id, action);
    });
  });
  tasks.on('prompt-expire', (id, finish) => finish(() => outcomes.expire(id)));
  tasks.on('prompt-settle', (id, finish) => finish(() => outcomes.settle(id)));
  tasks.on('prompt-late-success', (id, finish) => finish(() => outcomes.payLate(id)));

  const act: Stk['act'] = (id, action) =>
    store.transaction(() => {
      const prompt = prompts.find(id);
      if (prompt === undefined) return err('no-such-prompt');
      const event = action === 'ignore' ? 'ignore' : 'act';
      if (!prompts.apply(prompt, event, { action })) return err('prompt-not-open');
      if (action === 'ignore') return ok({ ...prompt, action });
      const { settleDelayMs } = deps.knobs.current();
      const delayMs = deps.dice.span(settleDelayMs ?? deps.timings.settleDelayMs);
      tasks.add({ kind: 'prompt-settle', subject: id, delayMs });
      return ok({ ...prompt, state: 'settling', action });
    });
  return {
    act,
    submit: (body) => {
      const request = parsePromptRequest(body, deps.config);
      if (!request.ok) return err(invalidField('stk', request.error));
      const stranger = strangerOf(request.value, deps.config);
      if (stranger !== undefined) return err(stranger);
      return store.transaction(() => accept(request.value, deps, outcomes));
    },
    query: (body) => answerQuery(body, deps),
  };
}

/** The password must really decode to the short code, the passkey and the timestamp sent. */
function strangerOf(
  { shortCode, password, timestamp }: MerchantProof,
  config: SimulatorConfig,
): GatewayRefusal | undefined {
  if (shortCode !== config.shortCode) return refusals.merchantUnknown;
  const expected = passwordFor({ shortCode, passkey: config.passkey, timestamp });
  return password === expected ? undefined : refusals.wrongPasskey;
}

function accept(
  request: PromptRequest,
  deps: StkDeps,
  outcomes: PromptOutcomes,
): Result<WireAnswer, GatewayRefusal> {
  const { clock, ids, prompts, tasks, dice, timings, knobs } = deps;
  const isBusy = prompts.isBusy(request.msisdn);
  if (isBusy && knobs.current().subscriberLocked === 'sync') {
    return err(refusals.subscriberLocked);
  }
  const submittedAt = clock.now();
  const merchantRequestId = ids.requestId();
  const checkoutRequestId = ids.checkoutRequestId(submittedAt, request.msisdn);
  const prompt = { ...request, merchantRequestId, checkoutRequestId, submittedAt };
  if (isBusy) {
    prompts.addRefused(prompt, '1001');
    outcomes.announceBusy(checkoutRequestId);
  } else {
    prompts.add(prompt);
    const delayMs = dice.span(timings.promptDelayMs);
    tasks.add({ kind: 'prompt-show', subject: checkoutRequestId, delayMs });
  }
  const body = promptAck({ merchantRequestId, checkoutRequestId });
  return ok({ body, accepted: checkoutRequestId });
}

/** The synchronous status query, with the silences that were measured around it. */
function answerQuery(body: Body, deps: StkDeps): Result<WireAnswer, GatewayRefusal> {
  const { prompts, dice, ids, knobs } = deps;
  const request = parseQueryRequest(body);
  if (!request.ok) return err(invalidField('stk', request.error));
  const stranger = strangerOf(request.value, deps.config);
  if (stranger !== undefined) return err(stranger);
  const prompt = prompts.find(looseText(body, 'CheckoutRequestID'));
  if (prompt === undefined) return err(refusals.unknownCheckout);
  const isNoise = dice.chance(knobs.current().queryNoise);
  const silence = { errorCode: '500.001.1001', errorMessage: '' };
  if (isNoise && prompt.state === 'done') {
    // Observed: 4 of 19 answers after the verdict.
    const errorMessage = dice.pick(['', 'The transaction is being processed']);
    return err({ ...silence, status: 500, errorMessage });
  }
  // Observed: HTTP 200 that carries an error code, twice before a dismissal.
  if (isNoise) return ok({ body: { requestId: ids.requestId(), ...silence } });
  return ok({ body: queryAnswer(prompt, prompt.state === 'done' ? prompt.resultCode : undefined) });
}
