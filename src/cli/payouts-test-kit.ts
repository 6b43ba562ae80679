import type { PayeeView, TransferPreviewView } from '#api/contract';

/** What the engine answers before money goes out, for tests of the commands. */

/** Short of money by the books, and with a working wallet that has it. */
export const testPreview: TransferPreviewView = {
  type: 'mpesa',
  kind: 'manual',
  amount: 2_000,
  feeDecimal: '13.00',
  books: {
    walletDecimal: '2200.00',
    suspenseDecimal: '450.00',
    customerCreditDecimal: '0.00',
    reserveDecimal: '500.00',
    inFlightDecimal: '0.00',
    afterDecimal: '200.00',
  },
  payoutWallet: {
    account: 'Utility Account',
    availableDecimal: '1250.00',
    reportedAt: '2026-11-23T11:00:00.000Z',
    stale: false,
  },
  workingWallet: {
    account: 'Working Account',
    availableDecimal: '9000.00',
    reportedAt: '2026-11-23T11:00:00.000Z',
    stale: false,
  },
  walletPoll: null,
  most: 1_250,
  coversNow: false,
  forecast: { at: '2026-11-23T13:20:00.000Z', basisDays: 28 },
  topUp: { from: 'Working Account', missingDecimal: '750.00' },
  refusals: [{ kind: 'balance-too-low', detail: 'The M-Pesa wallet can spare KES 1,250.' }],
  sweep: null,
};

export const testPayee: PayeeView = {
  id: 'pe_0000000000001',
  type: 'mpesa',
  number: '2547•••••001',
  label: 'configured number',
  state: 'unconfirmed',
  confirmed: false,
  bySandbox: false,
  active: true,
  coolingUntil: null,
  warning: null,
  testId: null,
  addedBy: 'engine:configuration',
  addedAt: '2026-11-23T09:00:00.000Z',
  confirmedBy: null,
  confirmedAt: null,
};
