import { createHash } from 'node:crypto';

import {
  businessDateOf,
  idFromNumber,
  invariant,
  numberFromId,
  shillings,
  type Msisdn,
  type PaymentId,
  type RailId,
  type Result,
} from '#kernel';
import { suspense } from '#ledger';
import type { PayoutResult, QueueTimeout, ReceiptReport } from '#rails';

import {
  openBusiness,
  owner,
  payoutNumber,
  paybillWallets,
  type BusinessOptions,
  type Engine,
  type TestBusiness,
} from '../../test/support/business.ts';
import {
  createTransfers,
  type MoneyOutEvent,
  type RefundEnd,
  type RefundOrder,
  type Transfer,
  type TransferOrder,
  type TransferRefusal,
  type Transfers,
  type TransfersDeps,
} from './index.ts';

type Completed = Extract<PayoutResult, { verdict: 'completed' }>;
type FoundReport = Extract<ReceiptReport, { verdict: 'found' }>;

export const capMinor = shillings(2_000);

/** A business that sweeps KES 2,000 of M-Pesa a day once it has earned 5,000, which it has. */
export async function openSweeping(options: BusinessOptions = {}): Promise<TestBusiness> {
  const sweep = { dailyCapMinor: capMinor, triggerMinor: shillings(5_000), reserveMinor: 0n };
  const town = await openBusiness({ sweeps: { mpesa: sweep }, ...options });
  await town.earn(shillings(10_000));
  return town;
}

export const orderOf = (more: Partial<TransferOrder> = {}): TransferOrder => ({
  rail: 'mpesa',
  amountMinor: shillings(1_000),
  why: 'rent',
  requestedBy: owner,
  requestKey: undefined,
  ...more,
});

export const completedResult = (transfer: Transfer, more: Partial<Completed> = {}): Completed => ({
  kind: 'payout-result',
  code: '0',
  description: 'done',
  ownId: transfer.ownId,
  providerRequestId: `AG_${transfer.ownId}`,
  verdict: 'completed',
  receipt: 'OUT1',
  amountMinor: transfer.amountMinor,
  completedAt: undefined,
  ...more,
});

export const failedResult = (transfer: Transfer): PayoutResult => ({
  kind: 'payout-result',
  code: '2040',
  description: 'unregistered',
  ownId: transfer.ownId,
  providerRequestId: `AG_${transfer.ownId}`,
  verdict: 'failed',
  reason: 'other',
});

/** An answer about a receipt: how that transaction stands, with its receipt or without. */
export const reportOf = (
  told: Pick<FoundReport, 'receipt' | 'state'> & Partial<FoundReport>,
): FoundReport => ({
  kind: 'receipt-report',
  code: '0',
  description: '',
  verdict: 'found',
  amountMinor: undefined,
  occurredAt: undefined,
  originalOwnId: undefined,
  originalRequestId: undefined,
  ...told,
});

export const queueTimeout: QueueTimeout = {
  kind: 'queue-timeout',
  ownId: undefined,
  providerRequestId: undefined,
};

/** Orders a transfer by hand that nothing speaks against. */
export async function planned(
  { business }: Engine,
  more: Partial<TransferOrder> = {},
): Promise<Transfer> {
  const answer = await business.transfers.request(orderOf(more));
  invariant(answer.ok, 'planned');
  return answer.value;
}

/** Transfers of an engine whose refunds are told to the test. */
export interface Desk {
  readonly transfers: Transfers;
  readonly ends: readonly RefundEnd[];
  /** Orders a refund as a caller does: within a transaction of its own. */
  refund(order: RefundOrder): Promise<Result<Transfer, TransferRefusal>>;
  /** A callback on the address made for a transfer. */
  tell(transfer: Transfer, event: MoneyOutEvent): Promise<void>;
}

const urlsOf = (channel: string) => (subject: bigint) => ({
  resultUrl: `https://duka.example/${channel}/${subject}`,
  timeoutUrl: `https://duka.example/${channel}/late/${subject}`,
});

const deskSettings = {
  dailyCapMinor: 0n,
  triggerMinor: 0n,
  reserveMinor: 0n,
  checkEveryMs: 3_600_000,
  payoutNumber,
};

export function openDesk({ business }: Engine, more: Partial<TransfersDeps> = {}): Desk {
  const { database, collections, evidence, ids, clock } = business;
  const ends: RefundEnd[] = [];
  const transfers = createTransfers({
    ...business,
    settings: new Map<RailId, typeof deskSettings>([
      ['mpesa', deskSettings],
      ['airtel', deskSettings],
    ]),
    combinedDailyCapMinor: shillings(1_000_000),
    quietHours: undefined,
    autoTopUps: new Set(),
    isRunning: business.engine.isRunning,
    earnedOn: business.targets.earnedOn,
    payoutUrls: urlsOf('payout'),
    refundUrls: urlsOf('refund'),
    topUpUrls: urlsOf('top-up'),
    statusUrls: urlsOf('status'),
    balanceUrls: urlsOf('balance')(0n),
    walletNames: new Map([['mpesa', paybillWallets]]),
    openTroubles: collections.openExceptions,
    closeTroubles: collections.resolveExceptions,
    onRefundEnd: async (_, end) => void ends.push(end),
    ...more,
  });
  return {
    transfers,
    ends,
    refund: (order) => database.transaction((tx) => transfers.requestRefund(tx, order)),
    tell: (transfer, event) =>
      database.transaction(async (tx) => {
        const callbackId = ids.next('callback');
        const body = Buffer.from(callbackId);
        const digest = createHash('sha256').update(body).digest();
        await evidence.keepCallbacks(tx, [
          {
            id: callbackId,
            channel: 'refund-result',
            receivedAt: clock.now(),
            contentDay: businessDateOf(clock.now()),
            digest,
            body,
            source: 'test',
            authentic: true,
            verdict: event.kind,
          },
        ]);
        const subject = numberFromId(transfer.id);
        const { rail } = transfer;
        const others = await transfers.record(tx, [{ callbackId, rail, event, subject }]);
        invariant(others.length === 0, 'the event is about money out');
      }),
  };
}

/** Ends a test's town, whose books of transfers have to prove. */
export async function closeProved(town: TestBusiness, { transfers }: Desk): Promise<void> {
  const checks = await transfers.checks();
  await town.close();
  invariant(
    checks.every(({ ok }) => ok),
    'the books of transfers prove',
  );
}

export interface PaidByStranger {
  readonly paymentId: PaymentId;
  readonly receipt: string;
  readonly amountMinor: bigint;
}

/** A payment that nobody could place: it waits in suspense. */
export async function payIntoSuspense(
  town: TestBusiness,
  payment: { readonly receipt: string; readonly amountMinor: bigint; readonly payer?: string },
): Promise<PaidByStranger> {
  const { receipt, amountMinor, payer } = payment;
  await town.deliver('paybill-confirmation', 0n, {
    kind: 'payer-payment',
    receipt,
    amountMinor,
    shortCode: '600111',
    accountReference: 'whose is this',
    payer,
    payerName: undefined,
    occurredAt: town.clock.now(),
  });
  const [row] = await town.rows<{ id: bigint }>(
    `select id from payment where receipt = '${receipt}'`,
  );
  invariant(row !== undefined, 'the payment is booked');
  return { paymentId: idFromNumber('payment', row.id), receipt, amountMinor };
}

export const payerNumber = '254722000222' as Msisdn;

export const refundOrderOf = (
  paid: PaidByStranger,
  more: Partial<RefundOrder> = {},
): RefundOrder => ({
  ...paid,
  rail: 'mpesa',
  by: { kind: 'reversal' },
  paidFrom: suspense('mpesa'),
  why: 'paid twice',
  requestedBy: owner,
  requestKey: `refund ${paid.receipt}`,
  ...more,
});

/** What a provider says of a reversal or a move of own money: its own ids alone. */
export const providersWord = (
  transfer: Pick<Transfer, 'amountMinor' | 'refund'>,
  more: Partial<Completed> = {},
): Completed => ({
  kind: 'payout-result',
  code: '0',
  description: 'done',
  ownId: 'provider-9',
  providerRequestId: `AG_R_${transfer.refund?.receipt}`,
  verdict: 'completed',
  receipt: 'BACK1',
  amountMinor: transfer.amountMinor,
  completedAt: undefined,
  originalReceipt: transfer.refund?.receipt,
  ...more,
});
