import { Link } from '@tanstack/react-router';

import { railIds } from '#kernel';
import type { Status } from '#api/contract';

import { kes, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { RailMark } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { holdText } from '../../text/hold-text.ts';
import { todayText } from './text.ts';

/** What goes to the owner's own phones next, or why nothing does. */
export function NextTransfers({ status }: { readonly status: Status }) {
  const t = useText(todayText);
  const w = useText(words);
  const h = useText(holdText);
  const f = useFormats();
  return (
    <Card
      title={t.next}
      beside={
        <Link to="/transfers" className="text-accent text-sm underline underline-offset-4">
          {w.transfers}
        </Link>
      }
    >
      <ul className="flex flex-col gap-3 text-sm">
        {railIds.map((rail) => {
          const outlook = status.transfers[rail];
          if (outlook === null) return null;
          const { next, payoutNumber } = outlook;
          return (
            <li key={rail} className="flex flex-col gap-1">
              <span className="flex items-center justify-between gap-2">
                <RailMark rail={rail} />
                {next.kind === 'send' && (
                  <span className="figure font-semibold">{kes(next.amount)}</span>
                )}
              </span>
              <span className="text-soft text-xs">
                {next.kind === 'send' ? `→ ${payoutNumber ?? ''}` : h[next.why]}
                {next.kind === 'hold' && next.until !== undefined && (
                  <> ({f.moment(timeOf(next.until))})</>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
