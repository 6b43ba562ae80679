import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { newestPaymentsQuery } from '../../api/queries.ts';
import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { todayText } from './text.ts';

/** The newest payments, each from the books; a new one slides in when it is confirmed. */
export function Feed() {
  const t = useText(todayText);
  const f = useFormats();
  const payments = useQuery(newestPaymentsQuery);
  return (
    <Card
      title={t.feed}
      flush
      beside={
        <Link to="/payments" className="text-accent text-sm underline underline-offset-4">
          {t.allPayments}
        </Link>
      }
    >
      <Answer query={payments} lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t.nothing}>{t.nothingWhy}</Empty>
          ) : (
            <ol aria-live="polite" aria-relevant="additions" className="divide-line divide-y">
              {items.map((payment) => (
                <li key={payment.id} className="come-in">
                  <Link
                    to="/payments/$id"
                    params={{ id: payment.id }}
                    className="hover:bg-sunk flex min-h-14 items-center gap-3 px-4 py-2"
                  >
                    <RailMark rail={payment.rail} bare />
                    <span className="min-w-0 grow">
                      <span className="figure block text-base font-semibold">
                        {money(payment.amountDecimal)}
                      </span>
                      <span className="text-soft block truncate text-xs">
                        {payment.payerName ?? payment.payer ?? payment.receipt}
                      </span>
                    </span>
                    <span className="flex flex-col items-end gap-1">
                      <span className="text-soft figure text-xs">
                        {f.clock(timeOf(payment.bookedAt))}
                      </span>
                      {payment.state !== 'earned' && <Badge tone="warn">{t.suspense}</Badge>}
                    </span>
                  </Link>
                </li>
              ))}
            </ol>
          )
        }
      </Answer>
    </Card>
  );
}
