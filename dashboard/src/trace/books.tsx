import { Fragment } from 'react';

import { decimalOf, parseAmountMinor } from '#kernel';

import type { PaymentTraceView } from '../../api/shapes.ts';
import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Badge } from '../../ui/badge.tsx';
import { When } from '../../ui/time.tsx';
import { traceText } from './trace-text.ts';

type Entry = PaymentTraceView['entries'][number];

const minorOf = (decimal: string): bigint => {
  const minor = parseAmountMinor(decimal);
  return minor.ok ? minor.value : 0n;
};

const sumOf = (entries: readonly Entry[], side: 1n | -1n): bigint =>
  entries
    .map(({ amountDecimal }) => minorOf(amountDecimal) * side)
    .filter((minor) => minor > 0n)
    .reduce((sum, minor) => sum + minor, 0n);

/** Every entry about the payment, by transaction, and that both sides come to the same. */
export function Books({ entries }: { readonly entries: readonly Entry[] }) {
  const t = useText(traceText);
  const debits = sumOf(entries, 1n);
  const credits = sumOf(entries, -1n);
  const byTransaction = Object.entries(Object.groupBy(entries, (one) => one.transactionId));
  return (
    <div>
      <p className="text-soft px-4 text-sm">{t.booksWhy}</p>
      <table className="mt-2 w-full text-sm">
        <thead>
          <tr className="text-soft text-left text-xs">
            <th scope="col" className="px-4 py-2 font-medium">
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
        <tbody>
          {byTransaction.map(([id, own = []]) => (
            <Fragment key={id}>
              <tr className="border-line border-t">
                <th
                  scope="rowgroup"
                  colSpan={3}
                  className="text-soft px-4 pt-2 text-left text-xs font-normal"
                >
                  {own[0]?.kind} · {own[0] !== undefined && <When at={own[0].postedAt} />} ·{' '}
                  <span className="font-mono">{id}</span>
                </th>
              </tr>
              {own.map((entry, n) => (
                <tr key={n}>
                  <td className="px-4 py-1.5 font-mono text-xs break-all">{entry.account}</td>
                  <Side entry={entry} side={1n} />
                  <Side entry={entry} side={-1n} />
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-line border-t font-semibold">
            <th scope="row" className="px-4 py-2 text-left">
              {t.sum}{' '}
              <Badge tone={debits === credits ? 'good' : 'bad'}>
                {debits === credits ? t.balanced : t.unbalanced}
              </Badge>
            </th>
            <td className="px-2 py-2 text-right whitespace-nowrap">{money(decimalOf(debits))}</td>
            <td className="px-4 py-2 text-right whitespace-nowrap">{money(decimalOf(credits))}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Side({ entry, side }: { readonly entry: Entry; readonly side: 1n | -1n }) {
  const minor = minorOf(entry.amountDecimal) * side;
  return (
    <td className="px-2 py-1.5 text-right whitespace-nowrap last:px-4">
      {minor > 0n ? money(decimalOf(minor)) : ''}
    </td>
  );
}
