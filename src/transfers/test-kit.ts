import { shillings } from '#kernel';
import type { PayoutResult, QueueTimeout } from '#rails';

import {
  openBusiness,
  owner,
  type BusinessOptions,
  type TestBusiness,
} from '../../test/support/business.ts';
import type { Transfer, TransferOrder } from './index.ts';

type Completed = Extract<PayoutResult, { verdict: 'completed' }>;

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

export const queueTimeout: QueueTimeout = {
  kind: 'queue-timeout',
  ownId: undefined,
  providerRequestId: undefined,
};
