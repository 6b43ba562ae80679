import { useQuery, useQueryClient } from '@tanstack/react-query';

import type { StatementPreviewView, StatementView } from '#api/contract';
import { railNames } from '#kernel';

import { useOrder } from '../../api/order.ts';
import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { progressQuery } from './queries.ts';
import { reconciliationText } from './text.ts';

const rowNames = [
  'newPayments',
  'knownPayments',
  'otherPayments',
  'missingPayments',
  'reversedPayments',
  'settlingPayouts',
  'knownPayouts',
  'unmatchedPayouts',
  'fees',
  'topUps',
  'others',
] as const;

interface PreviewProps {
  readonly preview: StatementPreviewView;
  readonly onDone: (statement: StatementView) => void;
  readonly onDrop: () => void;
}

/** What importing the file would do; it is done by one press, once. */
export function Preview({ preview, onDone, onDrop }: PreviewProps) {
  const t = useText(reconciliationText);
  const f = useFormats();
  const commit = useCommit(preview.id, onDone);
  const { newPayments } = preview;
  return (
    <div className="flex flex-col gap-4">
      <h3 className="text-base font-semibold">{t.seen}</h3>
      <About preview={preview} />
      <Rows preview={preview} />
      {preview.remarks.map((remark) => (
        <p key={remark} lang="en" className="bg-warn-wash text-ink rounded-md p-3 text-sm">
          {remark}
        </p>
      ))}
      {preview.imported && <p className="text-warn text-sm font-medium">{t.already}</p>}
      {commit.error !== null && <ProblemNote error={commit.error} />}
      {commit.isPending ? (
        <CommitProgress id={preview.id} />
      ) : (
        <div className="flex flex-wrap gap-3">
          <Button onClick={onDrop}>{preview.imported ? t.another : t.discard}</Button>
          {!preview.imported && (
            <Button tone="primary" onClick={() => commit.mutate({})}>
              {newPayments.count === 0
                ? t.confirmNone
                : t.confirm(f.count(newPayments.count), money(newPayments.sumDecimal))}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** Committing again goes on where it was, or answers the same. */
export function useCommit(id: string, onDone: (statement: StatementView) => void) {
  const client = useQueryClient();
  return useOrder<StatementView>({
    path: `/statements/${id}/commit`,
    onDone: (statement) => {
      for (const list of ['statements', 'reconciliation', 'exceptions', 'payments', 'history']) {
        void client.invalidateQueries({ queryKey: [list] });
      }
      onDone(statement);
    },
  });
}

export function CommitProgress({ id }: { readonly id: string }) {
  const t = useText(reconciliationText);
  const f = useFormats();
  const { data } = useQuery(progressQuery(id, true));
  const all = data?.lineCount ?? 0;
  return (
    <div className="flex flex-col gap-2">
      <ProgressBar
        label={
          data === undefined || data === null
            ? t.bookingStarts
            : t.booking(f.count(data.linesDone), f.count(all))
        }
        share={all === 0 || data === null || data === undefined ? undefined : data.linesDone / all}
      />
      <p className="text-soft text-xs">{t.bookingLeave}</p>
    </div>
  );
}

function About({ preview }: { readonly preview: StatementPreviewView }) {
  const t = useText(reconciliationText);
  const f = useFormats();
  const { cover, shortCode, repeatedCount, incompleteCount } = preview;
  const lines = [
    f.count(preview.lineCount),
    ...(repeatedCount > 0 ? [t.repeated(f.count(repeatedCount))] : []),
    ...(incompleteCount > 0 ? [t.incomplete(f.count(incompleteCount))] : []),
  ];
  return (
    <Facts
      facts={[
        {
          name: t.whose,
          value: [
            railNames[preview.rail],
            preview.account,
            ...(shortCode === null ? [] : [t.shortCode(shortCode)]),
          ].join(', '),
        },
        { name: t.file, value: `${preview.name} (${preview.kind.toUpperCase()})` },
        {
          name: t.period,
          value:
            cover === null
              ? t.noPeriod
              : t.span(f.moment(timeOf(cover.from)), f.moment(timeOf(cover.to))),
        },
        { name: t.lines, value: lines.join('; ') },
      ]}
    />
  );
}

function Rows({ preview }: { readonly preview: StatementPreviewView }) {
  const t = useText(reconciliationText);
  const f = useFormats();
  const shown = rowNames.filter((name) => name === 'newPayments' || preview[name].count > 0);
  return (
    <table className="w-full text-sm">
      <thead>
        <tr className="text-soft border-line border-b text-left">
          <th scope="col" className="py-2 font-medium">
            {t.what}
          </th>
          <th scope="col" className="py-2 pl-3 text-right font-medium">
            {t.count}
          </th>
          <th scope="col" className="py-2 pl-3 text-right font-medium">
            {t.sum}
          </th>
        </tr>
      </thead>
      <tbody className="divide-line divide-y">
        {shown.map((name) => {
          const [what, then] = t.rows[name];
          const { count, sumDecimal } = preview[name];
          return (
            <tr key={name} className={name === 'newPayments' ? 'font-semibold' : undefined}>
              <th
                scope="row"
                className={classes(
                  'py-2 text-left',
                  name === 'newPayments' ? 'font-semibold' : 'font-medium',
                )}
              >
                {what}
                <span className="text-soft block text-xs font-normal">
                  {count === 0 ? t.nothingNew : then}
                </span>
              </th>
              <td className="figure py-2 pl-3 text-right align-top">{f.count(count)}</td>
              <td className="figure py-2 pl-3 text-right align-top whitespace-nowrap">
                {money(sumDecimal.replace('-', ''))}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
