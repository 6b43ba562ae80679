import { useInfiniteQuery } from '@tanstack/react-query';

import type { StatementView } from '#api/contract';

import { useActorName } from '../../text/actors.ts';
import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Empty, Waiting } from '../../ui/answer.tsx';
import { RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { When } from '../../ui/time.tsx';
import { CommitProgress, useCommit } from './preview.tsx';
import { statementsQuery } from './queries.ts';
import { reconciliationText } from './text.ts';

/** What was imported, newest first; what was cut off can be gone on with. */
export function Imports() {
  const t = useText(reconciliationText);
  const w = useText(words);
  const list = useInfiniteQuery(statementsQuery);
  const items = list.data?.pages.flatMap((page) => page.items);
  return (
    <Card title={t.imports} flush>
      {list.error !== null && (
        <div className="p-4">
          <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
        </div>
      )}
      {items === undefined && list.error === null && (
        <div className="p-4">
          <Waiting />
        </div>
      )}
      {items?.length === 0 && <Empty title={t.noImports}>{t.noImportsWhy}</Empty>}
      {items !== undefined && items.length > 0 && (
        <ul className="divide-line divide-y">
          {items.map((statement) => (
            <One key={statement.id} statement={statement} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <div className="flex justify-center p-4">
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {w.older}
          </Button>
        </div>
      )}
    </Card>
  );
}

function One({ statement }: { readonly statement: StatementView }) {
  const t = useText(reconciliationText);
  const f = useFormats();
  const nameOf = useActorName();
  const { cover, paymentsBooked, exceptionsOpened, linesDone, lineCount } = statement;
  return (
    <li className="flex flex-col gap-1 px-4 py-3 text-sm">
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <RailMark rail={statement.rail} bare />
        <strong className="min-w-0 font-semibold break-all">{statement.name}</strong>
        <span className="text-soft ml-auto text-xs">
          <When at={statement.importedAt} /> {t.importedBy(nameOf(statement.importedBy))}
        </span>
      </span>
      <span className="text-soft">
        {statement.account}
        {cover !== null && `, ${t.span(f.moment(timeOf(cover.from)), f.moment(timeOf(cover.to)))}`}
      </span>
      <span className="figure">
        {paymentsBooked === 0
          ? t.bookedNone
          : t.booked(f.count(paymentsBooked), paymentsBooked === 1, money(statement.bookedDecimal))}
        {exceptionsOpened > 0 &&
          ` ${t.toLookAt(f.count(exceptionsOpened), exceptionsOpened === 1)}.`}
      </span>
      {statement.state === 'booking' && (
        <Unfinished
          id={statement.id}
          label={t.unfinished(f.count(linesDone), f.count(lineCount))}
        />
      )}
    </li>
  );
}

function Unfinished({ id, label }: { readonly id: string; readonly label: string }) {
  const t = useText(reconciliationText);
  const commit = useCommit(id, () => undefined);
  return (
    <span className="flex flex-col gap-2">
      <span className="text-warn font-medium">{label}</span>
      {commit.error !== null && <ProblemNote error={commit.error} />}
      {commit.isPending ? (
        <CommitProgress id={id} />
      ) : (
        <span>
          <Button onClick={() => commit.mutate({})}>{t.goOn}</Button>
        </span>
      )}
    </span>
  );
}
