import { type Clock, err, ok, parseCompactNairobi, type Result } from '#kernel';
import type { Confirmations } from './confirmations.ts';
import type { SimulatorConfig } from './config.ts';
import { type Body, looseText, oneOf, shortCodeField, urlField } from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import { dottedNairobi } from './conversation-wire.ts';
import { type GatewayRefusal, invalidField, refusals } from './refusals.ts';
import type { Store } from './store.ts';
import type { Transaction, Transactions } from './transactions.ts';
import type { WireIds } from './wire-ids.ts';

export interface PullDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly config: SimulatorConfig;
  readonly ids: WireIds;
  readonly confirmations: Confirmations;
  readonly transactions: Transactions;
}

export interface Pull {
  register(body: Body): Result<WireAnswer, GatewayRefusal>;
  query(body: Body): Result<WireAnswer, GatewayRefusal>;
}

/** Only the last two days can be pulled (documented). */
const horizonMs = 48 * 60 * 60 * 1000;
/** Rows per answer (reported). */
const pageSize = 100;

export function createPull({ clock, store, config, ids, transactions }: PullDeps): Pull {
  const isRegistered = (): boolean =>
    store.first(
      'select 1 as known from pull_registrations where short_code = ?',
      config.shortCode,
    ) !== undefined;
  return {
    register: (body) => {
      const code = shortCodeField(body, 'ShortCode');
      if (!code.ok || code.value !== config.shortCode) return err(refusals.pullShortCode);
      const type = oneOf(body, 'RequestType', ['Pull']);
      const number = looseText(body, 'NominatedNumber');
      const callback = urlField(body, 'CallBackURL', config);
      if (!type.ok) return err(invalidField('pull', type.error));
      if (!/^(?:254|0)\d{9}$/.test(number)) return err(invalidField('pull', 'NominatedNumber'));
      if (!callback.ok) return err(invalidField('pull', callback.error));
      const wasKnown = isRegistered();
      store.run(
        `insert or ignore into pull_registrations (short_code, nominated_number, callback_url)
         values (?, ?, ?)`,
        config.shortCode,
        number,
        callback.value,
      );
      return ok({ body: registrationAnswer(ids.requestId(), config, wasKnown) });
    },
    query: (body) => {
      const code = shortCodeField(body, 'ShortCode');
      if (!code.ok || code.value !== config.shortCode || !isRegistered()) {
        return err(refusals.pullShortCode);
      }
      const from = dateIn(body, 'StartDate');
      const to = dateIn(body, 'EndDate');
      const offset = looseText(body, 'OffSetValue');
      if (!from.ok) return err(invalidField('pull', from.error));
      if (!to.ok) return err(invalidField('pull', to.error));
      if (!/^\d{0,9}$/.test(offset)) return err(invalidField('pull', 'OffSetValue'));
      const rows = transactions.collectedBetween({
        from: Math.max(from.value, clock.now() - horizonMs),
        // The end is written in whole seconds and includes its own.
        to: to.value + 999,
        offset: Number(offset),
        limit: pageSize,
      });
      return ok({ body: page(ids.requestId(), rows, config) });
    },
  };
}

/** `2026-11-23 08:00:00`, East Africa Time (documented). */
function dateIn(body: Body, name: string): Result<number, string> {
  const parsed = parseCompactNairobi(looseText(body, name).replaceAll(/[- :]/g, ''));
  return parsed.ok ? ok(parsed.value) : err(name);
}

/** Both spellings of the keys are documented; each profile keeps to one (assumed). */
function registrationAnswer(requestId: string, config: SimulatorConfig, wasKnown: boolean) {
  const status = wasKnown ? '1001' : '1000';
  const description = wasKnown
    ? 'ShortCode already Registered'
    : 'Short Code Registered Successfully';
  const facts = { ResponseRefID: requestId, ShortCode: config.shortCode };
  return config.profile === 'production'
    ? { ...facts, 'Response Status': status, 'Response Description': description }
    : { ...facts, ResponseStatus: status, ResponseDescription: description };
}

function page(requestId: string, rows: readonly Transaction[], config: SimulatorConfig) {
  const isEmpty = rows.length === 0;
  return {
    ResponseRefID: requestId,
    ResponseCode: isEmpty ? '1001' : '1000',
    ResponseMessage: isEmpty ? 'No transactions found' : 'Success',
    // A list inside a list (documented).
    Response: [rows.map((row) => rowOf(row, config))],
  };
}

/** East Africa Time although it ends in `Z` (documented sample, read with suspicion). */
function pullTimeOf(at: number): string {
  const [day, month, year, time] = dottedNairobi(at).split(/[. ]/);
  return `${year}-${month}-${day}T${time}Z`;
}

const rowOf = (row: Transaction, config: SimulatorConfig) => {
  const isTill = row.shortCode === config.tillNumber;
  return {
    transactionId: row.receipt,
    trxDate: pullTimeOf(row.settledAt),
    msisdn: row.msisdn,
    // Usually this placeholder and not the payer's name (reported).
    sender: 'MPESA',
    transactiontype: isTill ? 'c2b-buy-goods-debit' : 'c2b-pay-bill-debit',
    billreference: isTill ? '' : row.accountReference,
    amount: `${row.amountKes}.00`,
    organizationname: config.organisationName,
  };
};
