import type { ExceptionTrace, ExceptionView, FixAnswer } from './deps.ts';
import { testPaymentTrace } from './traces-test-kit.ts';

/** What the engine answers about an exception and its fix, for tests of the commands. */

const testFix = {
  id: 'fx_0000000000001',
  exceptionId: 'ex_0000000000001',
  kind: 'match',
  reason: 'She called',
  appliedBy: 'cli',
  appliedAt: '2026-11-23T11:05:00.000Z',
  transferId: null,
  undoes: null,
  undoneBy: null,
} as const;

export const testException: ExceptionView = {
  id: 'ex_0000000000001',
  kind: 'unknown-reference',
  title: 'Money came for an account number nobody uses.',
  why: 'It earns nothing.',
  state: 'open',
  rail: 'mpesa',
  subject: 'pay_0000000000002',
  amountDecimal: '350.50',
  detail: {},
  openedAt: '2026-11-23T10:00:00.000Z',
  resolvedAt: null,
  fixId: null,
  fixes: ['match', 'refund', 'keep'],
  suggestions: [
    {
      fix: {
        kind: 'match',
        allocations: [{ chargeId: 'ch_0000000000001' }],
        rest: 'stays',
      },
      why: 'The same phone owes exactly this much.',
      reason: { kind: 'same-phone', reference: 'B7K9M2QX' },
    },
    {
      fix: { kind: 'assign-customer' },
      why: 'The payer is known.',
      reason: { kind: 'payer-known' },
    },
    {
      fix: { kind: 'refund', part: 'rest' },
      why: 'Nobody knows what it was for.',
      reason: { kind: 'purpose-unknown' },
    },
  ],
};

export const testExceptionTrace: ExceptionTrace = {
  exception: testException,
  payment: {
    ...testPaymentTrace.payment,
    id: 'pay_0000000000002',
    state: 'suspense',
    stream: null,
    earnedDecimal: '0.00',
    amountDecimal: '350.50',
  },
  allocations: [],
  history: [],
};

export const testFixAnswer: FixAnswer = {
  ...testExceptionTrace,
  exception: { ...testException, state: 'resolved', fixId: testFix.id, suggestions: [] },
  allocations: [
    {
      fixId: testFix.id,
      paymentId: 'pay_0000000000002',
      chargeId: 'ch_0000000000001',
      stream: 'ai-services',
      amountDecimal: '300.00',
      waivedDecimal: '20.00',
      reversedBy: null,
    },
  ],
  history: [testFix],
  fix: testFix,
};
