import type { PaymentTraceView } from '../../api/shapes.ts';
import { money, timeOf } from '../../text/format.ts';
import type { Step } from '../../trace/way.tsx';
import type { Tone } from '../../ui/tone.ts';
import type { traceText } from './trace-text.ts';

/** All of it has happened. */
interface Past extends Step {
  readonly at: string;
}

interface Words {
  readonly t: (typeof traceText)['en'];
  readonly nameOfFix: (kind: string) => string;
  readonly nameOfActor: (actor: string) => string;
  readonly nameOfEvidence: (said: PaymentTraceView['evidence'][number]) => string;
}

const promptTone: Readonly<Record<PaymentTraceView['prompts'][number]['state'], Tone>> = {
  paid: 'good',
  failed: 'bad',
  refused: 'bad',
  unknown: 'warn',
  accepted: 'accent',
  sending: 'accent',
};

/** Everything in the order in which it happened; of one second, in the order of causes. */
export function timelineOf(trace: PaymentTraceView, words: Words): readonly Past[] {
  const steps = [
    ...asked(trace, words),
    ...itself(trace, words),
    ...answered(trace, words),
    ...booked(trace, words),
    ...afterIt(trace, words),
  ];
  return steps.toSorted((a, b) => secondOf(a) - secondOf(b));
}

const secondOf = ({ at }: Past): number => Math.floor(timeOf(at) / 1000);

const asked = ({ charge, prompts }: PaymentTraceView, { t }: Words): readonly Past[] => [
  ...(charge === null
    ? []
    : [
        {
          key: charge.id,
          at: charge.createdAt,
          title: t.steps.charged(money(charge.amountDecimal)),
          tone: 'plain' as const,
          detail: [charge.reference, charge.description].filter(Boolean).join(' · '),
        },
      ]),
  ...prompts.map((prompt): Past => ({
    key: prompt.id,
    at: prompt.plannedAt,
    title: t.steps.prompted,
    tone: 'plain',
  })),
];

const answered = ({ prompts }: PaymentTraceView, { t }: Words): readonly Past[] =>
  prompts.map((prompt) => ({
    key: `${prompt.id} end`,
    at: prompt.settledAt ?? prompt.plannedAt,
    title: t.steps.answered[prompt.state],
    tone: promptTone[prompt.state],
    detail: [prompt.code, prompt.reason].filter((one) => one !== null).join(' · '),
  }));

const itself = (
  { payment, evidence }: PaymentTraceView,
  { t, nameOfEvidence }: Words,
): readonly Past[] => [
  { key: 'paid', at: payment.occurredAt, title: t.steps.paid, tone: 'plain' },
  ...evidence.map((one, n): Past => ({
    key: `evidence ${n}`,
    at: one.receivedAt ?? one.recordedAt,
    title: t.steps.proved[one.kind] ?? t.steps.told,
    tone: 'accent',
    detail: nameOfEvidence(one),
  })),
];

const booked = ({ payment, entries }: PaymentTraceView, { t }: Words): readonly Past[] => [
  {
    key: 'booked',
    at: payment.bookedAt,
    title: t.steps.booked(String(ofFirst(entries).length)),
    tone: 'good',
  },
];

/** Entries of the booking itself; later ones are of what was decided since. */
const ofFirst = (entries: PaymentTraceView['entries']) =>
  entries.filter((one) => one.transactionId === entries[0]?.transactionId);

const afterIt = (
  { exceptions, fixes, refund, reversal }: PaymentTraceView,
  { t, nameOfFix, nameOfActor }: Words,
): readonly Past[] => [
  ...exceptions.map((one): Past => ({
    key: one.id,
    at: one.openedAt,
    title: t.steps.exception,
    tone: 'warn',
    detail: one.title,
    exceptionId: one.id,
  })),
  ...fixes.map((one): Past => ({
    key: one.id,
    at: one.appliedAt,
    title: t.steps.fixed(nameOfFix(one.kind)),
    tone: 'accent',
    detail: [one.reason, t.by(nameOfActor(one.appliedBy))]
      .filter((part) => part !== '')
      .join(' · '),
    exceptionId: one.exceptionId,
  })),
  ...(refund === null
    ? []
    : [
        {
          key: refund.id,
          at: refund.settledAt ?? refund.plannedAt,
          title:
            refund.state === 'completed'
              ? t.steps.refunded(money(refund.amountDecimal))
              : t.steps.refund(money(refund.amountDecimal)),
          tone: refund.state === 'completed' ? ('good' as const) : ('warn' as const),
          detail: refund.receipt ?? refund.state,
          transferId: refund.id,
        },
      ]),
  ...(reversal === null
    ? []
    : [
        {
          key: 'reversed',
          at: reversal.reversedAt,
          title: t.steps.reversed,
          tone: 'bad' as const,
          detail: reversal.receipt,
        },
      ]),
];
