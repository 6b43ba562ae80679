import type { HistoryView, Status } from '#api/contract';

import { kes, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import type { Tone } from '../../ui/tone.ts';
import { Progress } from './progress.tsx';
import { todayText } from './text.ts';

interface HeadlineProps {
  readonly status: Status;
  readonly history: HistoryView | undefined;
}

/** The two seconds at the stall: how much, and whether that is enough for this hour. */
export function Headline({ status, history }: HeadlineProps) {
  const t = useText(todayText);
  const w = useText(words);
  const { today, targets, gap } = status;
  return (
    <Card>
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
          <div>
            <p className="text-soft text-sm">{t.confirmed}</p>
            <p
              className="figure text-2xl font-semibold tracking-tight"
              data-testid="today-combined"
            >
              {kes(today.combined)}
            </p>
            <p className="text-soft mt-1 text-sm">
              {t.of(kes(targets.daily.combined))} ·{' '}
              {gap.combined > 0 ? t.gap(kes(gap.combined)) : t.reached}
            </p>
          </div>
          <div className="flex flex-col items-start gap-1">
            <PaceBadge status={status} kind="combined" />
            <Growth history={history} />
          </div>
        </div>
        <Progress status={status} kind="combined" label={w.combined} tall />
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <OneRail status={status} rail="mpesa" />
          <OneRail status={status} rail="airtel" />
        </div>
        <p className="text-soft text-xs">
          {t.since} <span aria-hidden>▾</span> {t.marker}: {t.usual[status.paceBasis]}.{' '}
          <span aria-hidden>┊</span> {t.minimum}.
        </p>
      </div>
    </Card>
  );
}

function OneRail({ status, rail }: { readonly status: Status; readonly rail: 'mpesa' | 'airtel' }) {
  const t = useText(todayText);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2 text-sm">
        <RailMark rail={rail} />
        <PaceBadge status={status} kind={rail} />
      </div>
      <p className="figure text-lg font-semibold" data-testid={`today-${rail}`}>
        {kes(status.today[rail])}{' '}
        <span className="text-soft text-sm font-normal">
          {t.of(kes(status.targets.daily[rail]))}
        </span>
      </p>
      <Progress status={status} kind={rail} label={rail === 'mpesa' ? 'M-Pesa' : 'Airtel Money'} />
    </div>
  );
}

const paceTone: Readonly<Record<Status['pace']['combined']['state'], Tone>> = {
  ahead: 'good',
  'on-pace': 'good',
  behind: 'warn',
};

function PaceBadge({
  status,
  kind,
}: {
  readonly status: Status;
  readonly kind: keyof Status['pace'];
}) {
  const t = useText(todayText);
  const { state, ahead } = status.pace[kind];
  const said = kind === 'combined' ? t.pace : t.paceOfRail;
  return <Badge tone={paceTone[state]}>{said[state](kes(Math.abs(ahead)))}</Badge>;
}

function Growth({ history }: { readonly history: HistoryView | undefined }) {
  const t = useText(todayText);
  const f = useFormats();
  if (history === undefined) return null;
  const { known, growth, date, untilHour } = history.compared;
  const { share } = growth.combined;
  if (!known || share === null) return <p className="text-soft text-xs">{t.growthUnknown}</p>;
  return (
    <p className={classes('figure text-sm', share < 0 ? 'text-warn' : 'text-good')}>
      {t.growth(`${share > 0 ? '+' : ''}${f.share(share)}`, f.weekday(date))}{' '}
      <span className="text-soft text-xs">({t.growthUntil(`${untilHour}:00`)})</span>
    </p>
  );
}
