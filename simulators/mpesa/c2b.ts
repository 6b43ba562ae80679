import { type Clock, err, ok, type Result } from '#kernel';
import type { Callbacks } from './callbacks.ts';
import type { C2bUrls, C2bVersion, Confirmations } from './confirmations.ts';
import { responseTypes } from './confirmations.ts';
import type { SimulatorConfig } from './config.ts';
import {
  type Body,
  looseText,
  msisdnField,
  oneOf,
  parseFields,
  parseJsonObject,
  shortCodeField,
  textField,
  urlField,
  wholeKes,
} from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import type { KnobBoard } from './knobs.ts';
import { customerAccount, type Ledger, outsideAccounts } from './ledger.ts';
import type { PaymentRefusal, Payments } from './payments.ts';
import type { Phones } from './phones.ts';
import { type GatewayRefusal, invalidField, refusals, unknownResource } from './refusals.ts';
import type { Store } from './store.ts';
import { c2bFees } from './tariff.ts';
import type { Tasks } from './tasks.ts';
import type { Transactions } from './transactions.ts';
import type { WireIds } from './wire-ids.ts';

export interface C2bDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly config: SimulatorConfig;
  readonly knobs: KnobBoard;
  readonly ids: WireIds;
  readonly tasks: Tasks;
  readonly callbacks: Callbacks;
  readonly confirmations: Confirmations;
  readonly ledger: Ledger;
  readonly phones: Phones;
  readonly payments: Payments;
  readonly transactions: Transactions;
}

export interface PayRequest {
  readonly msisdn: string;
  readonly shortCode: string;
  readonly accountReference: string;
  readonly amountKes: number;
}
export type PayRefusal =
  | { readonly kind: 'no-such-phone' | 'no-such-short-code' }
  | { readonly kind: 'refused'; readonly code: PaymentRefusal; readonly reason: string }
  /** The business said no, or said nothing and wants silence to cancel. */
  | { readonly kind: 'not-validated'; readonly code: string };

export interface C2b {
  register(body: Body, version: C2bVersion): Result<WireAnswer, GatewayRefusal>;
  simulate(body: Body, version: C2bVersion): Result<WireAnswer, GatewayRefusal>;
  /** A payer types paybill, account and amount; answers when the money has moved or not. */
  pay(request: PayRequest): Promise<Result<{ receipt: string }, PayRefusal>>;
}

/** Validation is given up after this (documented). */
const validationBudgetMs = 8000;
/** Words no registered URL may contain, in any case (documented). */
const bannedWords = /m-?pesa|safaricom|exec?|cmd|sql|query|ngrok|mockbin|requestbin/i;
const simulationDelayMs = 500;

const reasons: Record<PaymentRefusal, string> = {
  '1': 'insufficient-funds',
  '3': 'over-transaction-limit',
  '4': 'over-daily-limit',
};

export function createC2b(deps: C2bDeps): C2b {
  const { store, config, confirmations, ids, tasks } = deps;
  tasks.on('c2b-simulated', (subject, finish) => {
    const request = requestFrom(subject);
    void validate(deps, request).then((verdict) =>
      finish(() => {
        fundSandboxPayer(deps, request);
        if (verdict.ok) settle(deps, request, verdict.value);
      }),
    );
  });
  return {
    register: (body, version) => {
      const parsed = parseRegistration(body, config, version);
      if (!parsed.ok) return err(invalidField('c2b', parsed.error));
      // Production registers once; the sandbox overwrites (documented).
      if (config.profile === 'production' && confirmations.urls() !== undefined) {
        return err(refusals.urlsRegistered);
      }
      confirmations.setUrls(parsed.value);
      return ok({
        body: {
          OriginatorCoversationID: ids.requestId(),
          ResponseCode: '0',
          ResponseDescription: version === 1 ? 'success' : 'Success',
        },
      });
    },
    simulate: (body, version) => {
      if (config.profile === 'production') {
        return err(unknownResource(`/mpesa/c2b/v${version}/simulate`));
      }
      const parsed = parseSimulation(body, config);
      if (!parsed.ok) return err(invalidField('c2b', parsed.error));
      const receipt = ids.receipt(deps.clock.now());
      const initiatedAt = deps.clock.now();
      const subject = JSON.stringify({ ...parsed.value, receipt, initiatedAt });
      store.transaction(() =>
        tasks.add({ kind: 'c2b-simulated', subject, delayMs: simulationDelayMs }),
      );
      return ok({ body: simulationAck(ids, version), accepted: receipt });
    },
    pay: async (request) => {
      const { clock, phones } = deps;
      if (phones.find(request.msisdn) === undefined) return err({ kind: 'no-such-phone' });
      if (request.shortCode !== config.shortCode && request.shortCode !== config.tillNumber) {
        return err({ kind: 'no-such-short-code' });
      }
      const started = { ...request, receipt: ids.receipt(clock.now()), initiatedAt: clock.now() };
      const refused = refusalOf(deps, started);
      if (refused !== undefined) return err(refused);
      const verdict = await validate(deps, started);
      if (!verdict.ok) return err({ kind: 'not-validated', code: verdict.error });
      // The wallet may have been emptied while the business was being asked.
      return store.transaction(() => {
        const late = refusalOf(deps, started);
        if (late !== undefined) return err(late);
        settle(deps, started, verdict.value);
        return ok({ receipt: started.receipt });
      });
    },
  };
}

interface StartedPayment extends PayRequest {
  readonly receipt: string;
  readonly initiatedAt: number;
}

function refusalOf(deps: C2bDeps, payment: PayRequest): PayRefusal | undefined {
  const code = deps.payments.refusalOf(payment);
  return code === undefined ? undefined : { kind: 'refused', code, reason: reasons[code] };
}

function settle(deps: C2bDeps, payment: StartedPayment, thirdPartyId: string): void {
  if (deps.payments.refusalOf(payment) !== undefined) return;
  const settled = deps.payments.collect({ kind: 'c2b', ...payment });
  deps.confirmations.send(settled, thirdPartyId);
}

/** Answers the business's own id, or the code of its refusal. */
async function validate(
  { callbacks, confirmations, knobs, clock }: C2bDeps,
  payment: StartedPayment,
): Promise<Result<string, string>> {
  const urls = confirmations.urls();
  if (urls === undefined || !knobs.current().externalValidation) return ok('');
  const facts = { ...payment, at: clock.now(), thirdPartyId: '', orgBalanceKes: undefined };
  const reply = await callbacks.ask({
    kind: 'c2b-validation',
    correlation: payment.receipt,
    url: urls.validationUrl,
    body: confirmations.notice(facts, urls.version),
    lagMs: 0,
    timeoutMs: validationBudgetMs,
  });
  return verdictFrom(reply?.body, urls);
}

/** No readable reply in time means the registered default (documented). */
function verdictFrom(reply: string | undefined, urls: C2bUrls): Result<string, string> {
  const parsed = parseJsonObject(reply ?? '');
  const code = parsed.ok ? looseText(parsed.value, 'ResultCode') : '';
  if (!parsed.ok || code === '') return urls.responseType === 'Completed' ? ok('') : err('timeout');
  return code === '0' ? ok(looseText(parsed.value, 'ThirdPartyTransID')) : err(code);
}

/** Simulated payments use test money that comes from nowhere (assumed). */
function fundSandboxPayer({ phones, ledger, config }: C2bDeps, payment: StartedPayment): void {
  const { msisdn, amountKes } = payment;
  if (phones.find(msisdn) === undefined) {
    phones.upsert({ msisdn, name: 'SANDBOX TESTER', balanceKes: 0 });
  }
  const grantKes = amountKes + c2bFees(amountKes, config.c2bTariff).customerKes;
  ledger.post({
    kind: 'sandbox-grant',
    receipt: payment.receipt,
    postings: [
      { account: outsideAccounts.deposits, amountKes: -grantKes },
      { account: customerAccount(msisdn), amountKes: grantKes },
    ],
  });
}

function parseRegistration(
  body: Body,
  config: SimulatorConfig,
  version: C2bVersion,
): Result<C2bUrls, string> {
  const code = shortCodeField(body, 'ShortCode');
  if (!code.ok || code.value !== config.shortCode) return err('ShortCode');
  // Exact case matters (documented).
  return parseFields({
    version: ok(version),
    responseType: oneOf(body, 'ResponseType', responseTypes),
    confirmationUrl: cleanUrl(body, 'ConfirmationURL', config),
    validationUrl: cleanUrl(body, 'ValidationURL', config),
  });
}

function cleanUrl(body: Body, name: string, config: SimulatorConfig): Result<string, string> {
  const parsed = urlField(body, name, config);
  return parsed.ok && bannedWords.test(parsed.value) ? err(name) : parsed;
}

function parseSimulation(body: Body, config: SimulatorConfig): Result<PayRequest, string> {
  const code = shortCodeField(body, 'ShortCode');
  const isOurs = code.ok && (code.value === config.shortCode || code.value === config.tillNumber);
  if (!isOurs) return err('ShortCode');
  const fields = parseFields({
    command: oneOf(body, 'CommandID', ['CustomerPayBillOnline', 'CustomerBuyGoodsOnline']),
    amountKes: wholeKes(body, 'Amount'),
    msisdn: msisdnField(body, 'Msisdn'),
    accountReference: textField(body, 'BillRefNumber', { min: 0, max: 20 }),
  });
  if (!fields.ok) return fields;
  const { msisdn, accountReference, amountKes } = fields.value;
  return ok({ msisdn, shortCode: code.value, accountReference, amountKes });
}

/** Version 1 answers without `ResponseCode` and with a `ConversationID` (observed). */
function simulationAck(ids: WireIds, version: C2bVersion) {
  const OriginatorCoversationID = ids.requestId();
  const ResponseDescription = 'Accept the service request successfully.';
  return version === 1
    ? { ConversationID: '', OriginatorCoversationID, ResponseDescription }
    : { OriginatorCoversationID, ResponseCode: '0', ResponseDescription };
}

function requestFrom(subject: string): StartedPayment {
  const parsed = parseJsonObject(subject);
  const body = parsed.ok ? parsed.value : {};
  return {
    msisdn: looseText(body, 'msisdn'),
    shortCode: looseText(body, 'shortCode'),
    accountReference: looseText(body, 'accountReference'),
    amountKes: Number(looseText(body, 'amountKes')),
    receipt: looseText(body, 'receipt'),
    initiatedAt: Number(looseText(body, 'initiatedAt')),
  };
}
