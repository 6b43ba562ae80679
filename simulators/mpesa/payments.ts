import { type Clock, invariant } from '#kernel';
import type { SimulatorConfig } from './config.ts';
import { customerAccount, type Ledger, orgAccounts, outsideAccounts } from './ledger.ts';
import type { Phones } from './phones.ts';
import { c2bFees, limitsKes } from './tariff.ts';
import type { Transaction, Transactions } from './transactions.ts';

export interface Payment {
  readonly kind: 'stk' | 'c2b';
  readonly receipt: string;
  readonly msisdn: string;
  readonly amountKes: number;
  /** The paybill or the till that is paid. */
  readonly shortCode: string;
  readonly accountReference: string;
  readonly checkoutRequestId?: string;
  readonly initiatedAt: number;
}

/** Why the core would not move it; the codes are those of a prompt's result. */
export type PaymentRefusal = '1' | '3' | '4';

export interface Payments {
  refusalOf(payment: { msisdn: string; amountKes: number }): PaymentRefusal | undefined;
  /** Moves the money. Ask `refusalOf` in the same transaction first. */
  collect(payment: Payment): Transaction;
}

interface PaymentsDeps {
  readonly clock: Clock;
  readonly config: SimulatorConfig;
  readonly ledger: Ledger;
  readonly phones: Phones;
  readonly transactions: Transactions;
}

/** Money from a wallet to the organisation, whichever way the payer was asked. */
export function createPayments(deps: PaymentsDeps): Payments {
  const { clock, config, ledger, phones, transactions } = deps;
  return {
    refusalOf: ({ msisdn, amountKes }) => {
      if (amountKes > limitsKes.perTransaction) return '3';
      const spentKes = phones.spentTodayKes(msisdn, clock.now());
      if (spentKes + amountKes > limitsKes.perDay) return '4';
      const { customerKes } = c2bFees(amountKes, config.c2bTariff);
      return phones.balanceKes(msisdn) < amountKes + customerKes ? '1' : undefined;
    },
    collect: ({ checkoutRequestId, ...payment }) => {
      const { amountKes, msisdn, shortCode, receipt, kind } = payment;
      invariant(amountKes >= 1, 'a payment is at least one shilling');
      const { customerKes, businessKes } = c2bFees(amountKes, config.c2bTariff);
      const isTill = shortCode === config.tillNumber;
      ledger.post({
        kind,
        receipt,
        postings: [
          { account: customerAccount(msisdn), amountKes: -amountKes - customerKes },
          { account: isTill ? orgAccounts.merchant : orgAccounts.utility, amountKes },
          { account: orgAccounts.chargesPaid, amountKes: -businessKes },
          { account: outsideAccounts.fees, amountKes: customerKes + businessKes },
        ],
      });
      return transactions.record({
        ...payment,
        feeKes: businessKes,
        checkoutRequestId,
        conversationId: undefined,
        originatorConversationId: undefined,
        originalReceipt: undefined,
        settledAt: clock.now(),
      });
    },
  };
}
