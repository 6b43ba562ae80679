import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Empty } from '../../ui/answer.tsx';
import { Card } from '../../ui/card.tsx';
import { Ago } from '../../ui/time.tsx';
import { useKindText } from './kind-text.ts';
import { lastResolvedQuery } from './queries.ts';
import type { ExceptionView, StateFilter } from './shapes.ts';
import { exceptionsText } from './text.ts';

/** Nothing to look at, and what was dealt with last. */
export function NothingHere({ filter }: { readonly filter: StateFilter }) {
  const t = useText(exceptionsText);
  const { data: last } = useQuery(lastResolvedQuery);
  return (
    <Card>
      <Empty title={filter === 'resolved' ? t.emptyResolved : t.emptyOpen}>
        {t.emptyOpenWhy}
        {last !== undefined && last !== null && <Last exception={last} />}
      </Empty>
    </Card>
  );
}

function Last({ exception }: { readonly exception: ExceptionView }) {
  const t = useText(exceptionsText);
  const { title, lang } = useKindText(exception);
  const { id, amountDecimal, resolvedAt } = exception;
  return (
    <p className="mt-4">
      {t.lastResolved}{' '}
      <Link
        to="/exceptions/$id"
        params={{ id }}
        className="text-accent inline-block py-3 underline underline-offset-4"
      >
        <span lang={lang}>{title}</span>
        {amountDecimal !== null && ` ${money(amountDecimal)}`}
      </Link>{' '}
      {resolvedAt !== null && <Ago at={resolvedAt} />}
    </p>
  );
}
