import { decimalOf } from '#kernel';

import type { PaymentTraceView } from '../api/shapes.ts';
import { minorOf, money } from '../text/format.ts';
import { useText } from '../text/language.ts';
import { Badge } from '../ui/badge.tsx';
import { Card } from '../ui/card.tsx';
import { When } from '../ui/time.tsx';
import { useAccountName, useKindName } from './names.ts';
import { sharedTraceText } from './text.ts';

type Entry = PaymentTraceView['entries'][number];
interface Entries {
  readonly entries: readonly Entry[];
}

const sumOf = (entries: readonly Entry[], side: 1n | -1n): bigint =>
  entries
    .map(({ amountDecimal }) => minorOf(amountDecimal) * side)
    .filter((minor) => minor > 0n)
    .reduce((sum, minor) => sum + minor, 0n);

/** Every entry about the money, by transaction, and that both sides come to the same. */
export function Books({ entries }: Entries) {
  const t = useText(sharedTraceText);
  if (entries.length === 0) {
    return (
      <Card title={t.books}>
        <p className="text-soft text-sm">{t.booksNone}</p>
      </Card>
    );
  }
  const byTransaction = Map.groupBy(entries, ({ transactionId }) => transactionId);
  return (
    <Card title={t.books} flush>
      <p className="text-soft px-4 text-sm">{t.booksWhy}</p>
      <table className="mt-2 w-full text-sm">
        <thead>
          <tr className="text-soft text-left text-xs">
            <th scope="col" className="w-full px-4 py-2 font-medium">
              {t.account}
            </th>
            <th scope="col" className="px-2 py-2 text-right font-medium">
              {t.debit}
            </th>
            <th scope="col" className="px-4 py-2 text-right font-medium">
              {t.credit}
            </th>
          </tr>
        </thead>
        {[...byTransaction].map(([id, own]) => (
          <Booking key={id} entries={own} />
        ))}
        <Sums entries={entries} />
      </table>
    </Card>
  );
}

function Booking({ entries }: Entries) {
  const nameOfKind = useKindName();
  const nameOfAccount = useAccountName();
  const [first] = entries;
  if (first === undefined) return null;
  return (
    <tbody className="border-line border-t">
      <tr>
        <th scope="rowgroup" colSpan={3} className="px-4 pt-3 pb-1 text-left text-xs font-medium">
          {nameOfKind(first.kind)}{' '}
          <span className="text-soft font-normal">
            · <When at={first.postedAt} />{' '}
            <span className="font-mono max-sm:block">{first.transactionId}</span>
          </span>
        </th>
      </tr>
      {entries.map((entry, n) => (
        <tr key={n} className="align-top">
          <td className="px-4 py-1.5 break-words">
            {nameOfAccount(entry.account) ?? entry.account}
            <span className="text-soft block font-mono text-xs max-sm:hidden">{entry.account}</span>
          </td>
          <Side entry={entry} side={1n} />
          <Side entry={entry} side={-1n} />
        </tr>
      ))}
    </tbody>
  );
}

function Side({ entry, side }: { readonly entry: Entry; readonly side: 1n | -1n }) {
  const minor = minorOf(entry.amountDecimal) * side;
  return (
    <td className="figure px-2 py-1.5 text-right whitespace-nowrap last:px-4">
      {minor > 0n ? money(decimalOf(minor)) : ''}
    </td>
  );
}

function Sums({ entries }: Entries) {
  const t = useText(sharedTraceText);
  const debits = sumOf(entries, 1n);
  const credits = sumOf(entries, -1n);
  return (
    <tfoot>
      <tr className="border-line border-t font-semibold">
        <th scope="row" className="px-4 py-2 text-left">
          {t.sum}{' '}
          <Badge tone={debits === credits ? 'good' : 'bad'}>
            {debits === credits ? t.balanced : t.unbalanced}
          </Badge>
        </th>
        <td className="figure px-2 py-2 text-right whitespace-nowrap">
          {money(decimalOf(debits))}
        </td>
        <td className="figure px-4 py-2 text-right whitespace-nowrap">
          {money(decimalOf(credits))}
        </td>
      </tr>
    </tfoot>
  );
}
