import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { statusQuery } from '../../api/queries.ts';
import { useActorName } from '../../text/actors.ts';
import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Answer } from '../../ui/answer.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { When } from '../../ui/time.tsx';
import { Subject } from './details.tsx';
import { useFixWords } from './fix-words.ts';
import { chargeQuery } from './queries.ts';
import type { AppliedFixView, ExceptionTraceView } from './shapes.ts';
import { exceptionsText } from './text.ts';

/** The charge a payer named, or seems to have meant. */
export function ChargeFacts({ id }: { readonly id: string }) {
  const t = useText(exceptionsText);
  const trace = useQuery(chargeQuery(id));
  const streamName = useStreamName();
  return (
    <Card title={t.charge}>
      <Answer query={trace}>
        {({ charge }) => (
          <div className="flex flex-col gap-3">
            <Facts
              facts={[
                { name: t.chargeReference, value: <Copy text={charge.reference} /> },
                {
                  name: t.chargeAsks,
                  value: (
                    <span className="figure">
                      {money(charge.amountDecimal)} · {t.chargeState[charge.state]}
                    </span>
                  ),
                },
                {
                  name: t.chargeFor,
                  value: [streamName(charge.stream), charge.description, charge.phone]
                    .filter((part) => part !== null && part !== '')
                    .join(' · '),
                },
              ]}
            />
            {charge.paymentId !== null && (
              <Link
                to="/payments/$id"
                params={{ id: charge.paymentId }}
                className="text-accent self-start py-2 text-sm underline underline-offset-4"
              >
                {t.paidBy}
              </Link>
            )}
          </div>
        )}
      </Answer>
    </Card>
  );
}

export function useStreamName(): (id: string) => string {
  const { data } = useQuery({ ...statusQuery, enabled: false });
  return (id) => data?.streams.find((stream) => stream.id === id)?.name ?? id;
}

export function Allocations({ allocations }: Pick<ExceptionTraceView, 'allocations'>) {
  const t = useText(exceptionsText);
  const streamName = useStreamName();
  return (
    <Card title={t.allocations} flush>
      <ul className="divide-line divide-y">
        {allocations.map((one) => (
          <li
            key={`${one.fixId} ${one.chargeId ?? one.stream}`}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3 text-sm"
          >
            <span className="min-w-0">
              {streamName(one.stream)} ·{' '}
              {one.chargeId === null ? t.noCharge : <Subject id={one.chargeId} />}
            </span>
            <span className="figure flex items-center gap-2 font-semibold">
              {one.reversedBy !== null && <Badge tone="plain">{t.takenBack}</Badge>}
              {money(one.amountDecimal)}
              {one.waivedDecimal !== '0.00' && (
                <span className="text-soft font-normal">{t.waived(money(one.waivedDecimal))}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Every decision about it, with who and why; what was undone stays. */
export function History({ history }: { readonly history: readonly AppliedFixView[] }) {
  const t = useText(exceptionsText);
  const f = useFixWords();
  const actor = useActorName();
  return (
    <Card title={t.history} flush>
      <ol className="divide-line divide-y">
        {history.map((fix) => (
          <li key={fix.id} className="flex flex-col gap-1 px-4 py-3 text-sm">
            <span className="flex flex-wrap items-center gap-2">
              <strong className="font-semibold">{f.name(fix.kind)}</strong>
              {fix.undoneBy !== null && <Badge tone="plain">{t.undone}</Badge>}
              <span className="text-soft ml-auto text-xs">
                <When at={fix.appliedAt} />
              </span>
            </span>
            <span>
              {fix.reason} <span className="text-soft">({actor(fix.appliedBy)})</span>
            </span>
            {fix.transferId !== null && (
              <span>
                {t.refund}: <Subject id={fix.transferId} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
