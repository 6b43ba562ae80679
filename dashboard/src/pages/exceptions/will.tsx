import { useQueries, useQuery } from '@tanstack/react-query';

import { formatMoney } from '#kernel';

import { statusQuery } from '../../api/queries.ts';
import { minorOf, money, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Waiting } from '../../ui/answer.tsx';
import { restOf } from './figures.ts';
import { fixText } from './fix-text.ts';
import { chargeQuery } from './queries.ts';
import type { ExceptionTraceView, FixAsked } from './shapes.ts';

interface WillProps {
  readonly fix: FixAsked;
  readonly trace: ExceptionTraceView;
}

/** What the fix will do to the money, before it is done. */
export function Will({ fix, trace }: WillProps) {
  const t = useText(fixText);
  const { sentences, waits } = useSentences(fix, trace);
  if (waits) return <Waiting lines={2} />;
  return (
    <div className="bg-sunk rounded-md p-4">
      <p className="text-soft text-xs font-medium">{t.form.happens}</p>
      <ul className="mt-1 flex flex-col gap-1 text-base">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {fix.kind === 'refund' ? (
        <p className="text-bad mt-2 text-sm font-medium">{t.form.noUndo}</p>
      ) : (
        <p className="text-soft mt-2 text-sm">{t.form.undoable}</p>
      )}
    </div>
  );
}

interface Told {
  readonly sentences: readonly string[];
  readonly waits: boolean;
}

const chargeIdsOf = (fix: FixAsked, trace: ExceptionTraceView): readonly string[] => {
  if (fix.kind === 'match') return fix.allocations.map(({ chargeId }) => chargeId);
  if (fix.kind !== 'accept-short') return [];
  const id = fix.chargeId ?? trace.payment?.chargeId;
  return id === undefined || id === null ? [] : [id];
};

function useSentences(fix: FixAsked, trace: ExceptionTraceView): Told {
  const t = useText(fixText);
  const f = useFormats();
  const { data: status } = useQuery({ ...statusQuery, enabled: false });
  const asked = useQueries({ queries: chargeIdsOf(fix, trace).map((id) => chargeQuery(id)) });
  const charges = asked.flatMap(({ data }) => data?.charge ?? []);
  const streamName = (id: string): string =>
    status?.streams.find((stream) => stream.id === id)?.name ?? id;
  const { payment } = trace;
  const rest = payment === null ? 0n : restOf(payment);
  const all = formatMoney(rest);
  const payer = payment?.payerName ?? payment?.payer ?? t.will.payer;

  const matched = (match: Extract<FixAsked, { kind: 'match' }>): readonly string[] => {
    const own = match.allocations.filter(
      ({ paymentId }) => paymentId === undefined || paymentId === payment?.id,
    );
    const others = match.allocations.filter((one) => !own.includes(one));
    let left = rest;
    const paid = own.flatMap(({ chargeId, amountDecimal }) => {
      const charge = charges.find(({ id }) => id === chargeId);
      if (charge === undefined) return [];
      const asks = minorOf(amountDecimal ?? charge.amountDecimal);
      const takes = asks < left ? asks : left;
      left -= takes;
      return [t.will.pays(formatMoney(takes), charge.reference, streamName(charge.stream))];
    });
    const together = others.flatMap(({ chargeId, amountDecimal }) => {
      const charge = charges.find(({ id }) => id === chargeId);
      if (charge === undefined) return [];
      const lacks = minorOf(amountDecimal ?? charge.amountDecimal);
      const amount = amountDecimal === undefined ? lacks - rest : lacks;
      return [t.will.together(formatMoney(amount), charge.reference)];
    });
    if (left <= 0n) return [...paid, ...together];
    const restSays =
      match.rest === 'credit'
        ? t.will.restCredit(formatMoney(left), match.phone ?? payer)
        : t.will.restStays(formatMoney(left));
    return [...paid, ...together, restSays];
  };

  const sentencesOf = (): readonly string[] => {
    switch (fix.kind) {
      case 'match':
        return matched(fix);
      case 'accept-short':
        return charges.map(({ reference, amountDecimal }) =>
          t.will.waives(all, reference, formatMoney(minorOf(amountDecimal) - rest)),
        );
      case 'assign-stream':
        return [t.will.earns(all, streamName(fix.stream), f.day(payment?.businessDate ?? ''))];
      case 'assign-customer':
        return [t.will.holds(all, fix.phone ?? payer)];
      case 'refund': {
        const whole = payment === null ? all : money(payment.amountDecimal);
        return [t.will.refunds(fix.part === 'whole' ? whole : all, payer)];
      }
      case 'book-reversal':
        return [t.will.reverses(money(trace.exception.amountDecimal ?? '0.00'))];
      case 'keep':
        return [t.will.keeps];
      case 'dismiss':
        return [t.will.dismisses];
      default:
        return fix satisfies never;
    }
  };
  return { sentences: sentencesOf(), waits: asked.some(({ isPending }) => isPending) };
}
