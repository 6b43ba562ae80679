import type { ReconciledDayView } from '#api/contract';
import { railNames } from '#kernel';

import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Facts } from '../../ui/card.tsx';
import type { Tone } from '../../ui/tone.ts';
import { Differences } from './differences.tsx';
import { reconciliationText } from './text.ts';

const figureNames = ['payments', 'payouts', 'fees', 'refunds', 'topUps'] as const;
type FigureName = (typeof figureNames)[number];
type Tally = ReconciledDayView['books']['payments'];

/** Providers tell of these as they happen; of the rest only a statement does. */
const told: readonly FigureName[] = ['payments', 'payouts'];

const stateTone: Readonly<Record<ReconciledDayView['state'], Tone>> = {
  agrees: 'good',
  differs: 'bad',
  'no-statement': 'warn',
};

/** How the engine calls the wallet of a provider that has no name for it. */
const onlyWallet = 'wallet';

/** One rail on one day, three ways. */
export function Day({ day }: { readonly day: ReconciledDayView }) {
  const t = useText(reconciliationText);
  const shown = figureNames.filter(
    (name) =>
      name === 'payments' ||
      [day.books, day.events, day.statement].some((all) => (all?.[name].count ?? 0) > 0),
  );
  return (
    <section
      aria-label={railNames[day.rail]}
      className="bg-card border-line flex min-w-0 flex-col gap-4 rounded-lg border p-4"
    >
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="flex items-center text-base font-semibold">
          <RailMark rail={day.rail} />
        </h3>
        <Badge tone={stateTone[day.state]}>{t.state[day.state]}</Badge>
      </header>
      <Cover day={day} />
      <Figures day={day} shown={shown} />
      <Balances day={day} />
      {(day.differences.length > 0 || day.state !== 'no-statement') && <Differences day={day} />}
    </section>
  );
}

function Cover({ day }: { readonly day: ReconciledDayView }) {
  const t = useText(reconciliationText);
  const f = useFormats();
  if (day.state === 'no-statement') return <p className="text-soft text-sm">{t.noStatementWhy}</p>;
  if (day.whole) return <p className="text-soft text-sm">{t.whole}</p>;
  return (
    <p className="text-warn text-sm">
      {t.part}{' '}
      {day.covers
        .map(({ from, to }) => t.span(f.minute(timeOf(from)), f.minute(timeOf(to))))
        .join('; ')}
    </p>
  );
}

interface FiguresProps {
  readonly day: ReconciledDayView;
  readonly shown: readonly FigureName[];
}

function Figures({ day, shown }: FiguresProps) {
  const t = useText(reconciliationText);
  const sources = [
    { name: t.books, of: (figure: FigureName) => day.books[figure] },
    {
      name: t.events,
      of: (figure: FigureName) => (told.includes(figure) ? day.events[figure] : undefined),
    },
    { name: t.statement, of: (figure: FigureName) => day.statement?.[figure] },
  ];
  return (
    <>
      <table className="hidden w-full table-fixed text-sm md:table">
        <thead>
          <tr className="text-soft border-line border-b text-left">
            <th scope="col" className="py-2 font-medium">
              {t.what}
            </th>
            {sources.map(({ name }) => (
              <th key={name} scope="col" className="py-2 pl-4 text-right font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-line divide-y">
          {shown.map((figure) => (
            <tr key={figure}>
              <th scope="row" className="py-2 text-left font-medium">
                {t.figures[figure]}
              </th>
              {sources.map(({ name, of }) => (
                <td key={name} className="py-2 pl-4 text-right whitespace-nowrap">
                  <Cell tally={of(figure)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="flex flex-col gap-4 md:hidden">
        {shown.map((figure) => (
          <div key={figure} className="flex flex-col gap-1">
            <h4 className="text-sm font-semibold">{t.figures[figure]}</h4>
            <Facts
              facts={sources.map(({ name, of }) => ({ name, value: <Cell tally={of(figure)} /> }))}
            />
          </div>
        ))}
      </div>
    </>
  );
}

function Cell({ tally }: { readonly tally: Tally | undefined }) {
  const t = useText(reconciliationText);
  const f = useFormats();
  if (tally === undefined) return <span className="text-soft">–</span>;
  if (tally.count === 0) return <span className="text-soft">{t.none}</span>;
  return (
    <span className="figure">
      {f.count(tally.count)} · {money(tally.sumDecimal)}
    </span>
  );
}

function Balances({ day }: { readonly day: ReconciledDayView }) {
  const t = useText(reconciliationText);
  const f = useFormats();
  const { books, statement, reported } = day.balances;
  const sum = (decimal: string | null): string => (decimal === null ? '–' : money(decimal));
  const span = ({ openingDecimal, closingDecimal }: typeof books): string =>
    t.span(sum(openingDecimal), sum(closingDecimal));
  return (
    <details className="text-sm">
      <summary className="text-accent min-h-11 content-center underline underline-offset-4">
        {day.account === onlyWallet ? t.balances : `${t.balances}: ${day.account}`}
      </summary>
      <div className="figure pt-2">
        <Facts
          facts={[
            { name: t.byBooks, value: span(books) },
            ...(statement.closingDecimal === null
              ? []
              : [{ name: t.byStatement, value: span(statement) }]),
            ...(reported === null
              ? []
              : [
                  {
                    name: t.reported,
                    value: `${money(reported.availableDecimal)}, ${f.moment(timeOf(reported.reportedAt))}`,
                  },
                ]),
          ]}
        />
      </div>
    </details>
  );
}
