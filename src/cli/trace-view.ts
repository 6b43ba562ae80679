import { railNames, unreachable } from '#kernel';

import type { ChargeTrace, PaymentTrace, Trace, TransferTrace } from './deps.ts';
import { flow, spread, wrap } from './layout.ts';
import type { Pen } from './pen.ts';
import { clockTime, dayAndTime, epochOf, kesOfDecimal } from './words.ts';

/** One line of the story: when, what, which, and what is known of it. */
interface Step {
  readonly at: string;
  readonly what: string;
  readonly id: string;
  readonly facts: readonly (string | undefined)[];
  /** Account and amount. */
  readonly entries?: readonly Entry[];
}

type Charge = NonNullable<PaymentTrace['charge']>;
type Prompt = PaymentTrace['prompts'][number];
type Evidence = PaymentTrace['evidence'][number];
type Entry = PaymentTrace['entries'][number];

const named = (name: string, fact: string | null): string | undefined =>
  fact === null ? undefined : `${name} ${fact}`;

const chargeStep = (charge: Charge): Step => ({
  at: charge.createdAt,
  what: 'charge',
  id: charge.id,
  facts: [
    charge.state,
    kesOfDecimal(charge.amountDecimal),
    charge.stream,
    `reference ${charge.reference}`,
    named('because', charge.reason),
  ],
});

const promptStep = (prompt: Prompt): Step => ({
  at: prompt.plannedAt,
  what: 'prompt',
  id: prompt.id,
  facts: [
    prompt.state,
    named('because', prompt.reason),
    named('code', prompt.code),
    named('provider id', prompt.providerRequestId),
  ],
});

const paymentStep = (payment: PaymentTrace['payment']): Step => ({
  at: payment.bookedAt,
  what: 'payment',
  id: payment.id,
  facts: [
    payment.state,
    kesOfDecimal(payment.amountDecimal),
    `receipt ${payment.receipt}`,
    named('from', payment.payer),
    `learned by ${payment.road}`,
  ],
});

const transferStep = (transfer: TransferTrace['transfer']): Step => ({
  at: transfer.plannedAt,
  what: 'transfer',
  id: transfer.id,
  facts: [
    transfer.state,
    kesOfDecimal(transfer.amountDecimal),
    `to ${transfer.payoutNumber}`,
    transfer.why,
    named('because', transfer.reason),
    named('receipt', transfer.receipt),
  ],
});

const digestShown = 16;

/** A callback is told twice: when it came in, and when it was taken for proof. */
const callbackSteps = (evidence: readonly Evidence[]): readonly Step[] =>
  evidence.flatMap(({ callbackId, channel, receivedAt, digest }) =>
    callbackId === null || receivedAt === null
      ? []
      : [
          {
            at: receivedAt,
            what: 'callback',
            id: callbackId,
            facts: [channel ?? undefined, named('sha256', digest?.slice(0, digestShown) ?? null)],
          },
        ],
  );

const evidenceStep = (evidence: Evidence): Step => ({
  at: evidence.recordedAt,
  what: 'evidence',
  id: '',
  facts: [evidence.kind, named('from', evidence.callbackId)],
});

function entrySteps(entries: readonly Entry[]): readonly Step[] {
  const byTransaction = Map.groupBy(entries, ({ transactionId }) => transactionId);
  return [...byTransaction].flatMap(([id, own]) => {
    const [first] = own;
    if (first === undefined) return [];
    return [{ at: first.postedAt, what: 'entries', id, facts: [first.kind], entries: own }];
  });
}

const chargeStory = ({ charge, prompts }: ChargeTrace): readonly Step[] => [
  chargeStep(charge),
  ...prompts.map(promptStep),
];

const paymentStory = (trace: PaymentTrace): readonly Step[] => [
  ...(trace.charge === null ? [] : [chargeStep(trace.charge)]),
  ...trace.prompts.map(promptStep),
  ...callbackSteps(trace.evidence),
  paymentStep(trace.payment),
  ...trace.evidence.map(evidenceStep),
  ...entrySteps(trace.entries),
];

const transferStory = (trace: TransferTrace): readonly Step[] => [
  transferStep(trace.transfer),
  ...callbackSteps(trace.evidence),
  ...trace.evidence.map(evidenceStep),
  ...entrySteps(trace.entries),
];

interface Story {
  readonly head: string;
  readonly steps: readonly Step[];
  /** Where the story goes on. */
  readonly further?: readonly string[];
}

function storyOf(found: Trace): Story {
  switch (found.kind) {
    case 'charge': {
      const { charge, payments } = found.trace;
      const head = `${kesOfDecimal(charge.amountDecimal)} owed on ${railNames[charge.rail]}`;
      const further = payments.map((id) => `Its payment: npx qmoi trace ${id}`);
      return { head, steps: chargeStory(found.trace), further };
    }
    case 'payment': {
      const { payment } = found.trace;
      const head =
        `${kesOfDecimal(payment.amountDecimal)} in by ${railNames[payment.type]}, ` +
        `receipt ${payment.receipt}`;
      return { head, steps: paymentStory(found.trace) };
    }
    case 'transfer': {
      const { transfer } = found.trace;
      const head = `${kesOfDecimal(transfer.amountDecimal)} out by ${railNames[transfer.type]}`;
      return { head, steps: transferStory(found.trace) };
    }
    default:
      return unreachable(found, 'trace');
  }
}

const indent = '  ';
const entryColumnsMax = 60;

const entryLines = (entries: readonly Entry[], columns: number): readonly string[] =>
  entries.flatMap(({ account, amountDecimal }) =>
    spread(
      account,
      amountDecimal.startsWith('-') ? amountDecimal : `+${amountDecimal}`,
      Math.min(columns, entryColumnsMax),
    ),
  );

function stepLines({ at, what, id, facts, entries = [] }: Step, pen: Pen): readonly string[] {
  const columns = pen.columns - indent.length;
  const known = facts.filter((fact) => fact !== undefined);
  return [
    `${clockTime(epochOf(at))} ${pen.strong(what)} ${pen.faint(id)}`.trimEnd(),
    ...[...flow(known, columns), ...entryLines(entries, columns)].map((line) => indent + line),
  ];
}

/** One shilling from what was owed to the books. */
export function traceView(found: Trace, pen: Pen): readonly string[] {
  const { head, steps, further = [] } = storyOf(found);
  const startedAt = steps[0]?.at;
  return [
    ...wrap(head, pen.columns).map(pen.strong),
    ...(startedAt === undefined ? [] : [pen.faint(dayAndTime(epochOf(startedAt)))]),
    '',
    ...steps.flatMap((step) => stepLines(step, pen)),
    ...further,
  ];
}
