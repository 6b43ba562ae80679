import { createHash } from 'node:crypto';
import { compactNairobi, decimalOf, type EpochMs, shillings } from '#kernel';
import type { Callbacks } from './callbacks.ts';
import type { SimulatorConfig, Timings } from './config.ts';
import type { Dice } from './dice.ts';
import { type Ledger, orgAccounts } from './ledger.ts';
import type { Phones } from './phones.ts';
import { numberIn, type Store, textIn } from './store.ts';
import type { Transaction } from './transactions.ts';

export type C2bVersion = 1 | 2;
export const responseTypes = ['Completed', 'Cancelled'] as const;

export interface C2bUrls {
  readonly version: C2bVersion;
  readonly responseType: (typeof responseTypes)[number];
  readonly confirmationUrl: string;
  readonly validationUrl: string;
}

export interface NoticeFacts {
  readonly receipt: string;
  readonly at: EpochMs;
  readonly amountKes: number;
  readonly shortCode: string;
  readonly accountReference: string;
  readonly msisdn: string;
  readonly thirdPartyId: string;
  /** Utility or merchant funds after the payment; nothing while it is only being validated. */
  readonly orgBalanceKes: number | undefined;
}

export interface Confirmations {
  urls(): C2bUrls | undefined;
  setUrls(urls: C2bUrls): void;
  forgetUrls(): boolean;
  /** Call it in the transaction that settled the payment. */
  send(payment: Transaction, thirdPartyId?: string): void;
  notice(facts: NoticeFacts, version: C2bVersion): Readonly<Record<string, string>>;
}

interface ConfirmationsDeps {
  readonly store: Store;
  readonly config: SimulatorConfig;
  readonly timings: Timings;
  readonly dice: Dice;
  readonly callbacks: Callbacks;
  readonly phones: Phones;
  readonly ledger: Ledger;
}

/** Version 1: SHA-256 of the number, hex (the exact pre-image is assumed). 2: masked. */
export const hiddenMsisdn = (msisdn: string, version: C2bVersion): string =>
  version === 1
    ? createHash('sha256').update(msisdn).digest('hex')
    : `${msisdn.slice(0, 4)} ***** ${msisdn.slice(-3)}`;

const amountText = (amountKes: number): string => decimalOf(shillings(amountKes));

/** The payload of validation and confirmation: every value is text (documented). */
export function createConfirmations(deps: ConfirmationsDeps): Confirmations {
  const { store, config, timings, dice, callbacks, phones, ledger } = deps;
  const notice: Confirmations['notice'] = (facts, version) => {
    const isTill = facts.shortCode === config.tillNumber;
    const [first = '', ...others] = (phones.find(facts.msisdn)?.name ?? '').split(/\s+/);
    return {
      TransactionType: isTill ? 'Buy Goods' : 'Pay Bill',
      TransID: facts.receipt,
      TransTime: compactNairobi(facts.at),
      // Both spellings are documented; each version keeps to one here (assumed).
      TransAmount: version === 1 ? String(facts.amountKes) : amountText(facts.amountKes),
      BusinessShortCode: facts.shortCode,
      BillRefNumber: isTill ? '' : facts.accountReference,
      InvoiceNumber: '',
      OrgAccountBalance: facts.orgBalanceKes === undefined ? '' : amountText(facts.orgBalanceKes),
      ThirdPartyTransID: facts.thirdPartyId,
      MSISDN: hiddenMsisdn(facts.msisdn, version),
      FirstName: first.toUpperCase(),
      MiddleName: others.slice(0, -1).join(' ').toUpperCase(),
      LastName: (others.at(-1) ?? '').toUpperCase(),
    };
  };
  const urls = (): C2bUrls | undefined => {
    const row = store.first('select * from c2b_urls where short_code = ?', config.shortCode);
    if (row === undefined) return undefined;
    return {
      version: numberIn(row, 'version') === 1 ? 1 : 2,
      responseType: textIn(row, 'response_type') === 'Cancelled' ? 'Cancelled' : 'Completed',
      confirmationUrl: textIn(row, 'confirmation_url'),
      validationUrl: textIn(row, 'validation_url'),
    };
  };
  return {
    urls,
    notice,
    setUrls: ({ version, responseType, confirmationUrl, validationUrl }) =>
      void store.run(
        `insert or replace into c2b_urls
           (short_code, version, response_type, confirmation_url, validation_url)
         values (?, ?, ?, ?, ?)`,
        config.shortCode,
        version,
        responseType,
        confirmationUrl,
        validationUrl,
      ),
    forgetUrls: () =>
      store.run('delete from c2b_urls where short_code = ?', config.shortCode) === 1,
    send: (payment, thirdPartyId = '') => {
      const known = urls();
      // Without URLs a payment completes and nobody is told (documented).
      if (known === undefined) return;
      const isTill = payment.shortCode === config.tillNumber;
      const account = isTill ? orgAccounts.merchant : orgAccounts.utility;
      const facts = {
        ...payment,
        at: payment.settledAt,
        thirdPartyId,
        orgBalanceKes: ledger.balanceKes(account),
      };
      callbacks.enqueue({
        kind: 'c2b-confirmation',
        correlation: payment.receipt,
        url: known.confirmationUrl,
        body: notice(facts, known.version),
        lagMs: dice.span(timings.confirmationLagMs),
      });
    },
  };
}
