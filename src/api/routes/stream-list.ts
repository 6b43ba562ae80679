import { floorShillings, isoOf, startOfBusinessDay, type EpochMs } from '#kernel';
import { bandPositionOf, cycleHours, cycleMs, streams, type Stream } from '#streams';
import type { StreamDay } from '#targets';
import { streamDaysShown, streamListSchema, type StreamListView } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cyclesOverOf, dayBandOf } from '../status-view.ts';

const weekDays = 7;

export const addStreamList: AddRoute = (app, { clock, payTo, targets }) =>
  void app.get(
    '/api/qmoi/revenue/streams',
    {
      schema: {
        operationId: 'listStreams',
        tags: ['revenue'],
        summary: 'What each stream took today, in a week and in four, and how it is paid for',
        response: { 200: streamListSchema },
      },
    },
    async (): Promise<StreamListView> => {
      const now = clock.now();
      const { dates, takings } = await targets.streamDays(streamDaysShown);
      const date = dates.at(-1) ?? '';
      const over = cyclesOverOf(now);
      const dayStartedAt = dates.map(startOfBusinessDay).at(-1) ?? now;
      return {
        date,
        cycle: { hours: cycleHours, over, endsAt: isoOf(dayStartedAt + (over + 1) * cycleMs) },
        payTo: { mpesa: payTo?.get('mpesa') ?? null, airtel: payTo?.get('airtel') ?? null },
        items: streams.map((stream) => {
          const own = takings.filter(({ streamId }) => streamId === stream.id);
          return showStream(stream, { now, days: dates.map((day) => dayOf(own, day)) });
        }),
      };
    },
  );

type Day = Pick<StreamDay, 'amountMinor' | 'payments'>;

const dayOf = (own: readonly StreamDay[], day: string): Day =>
  own.find(({ date }) => date === day) ?? { amountMinor: 0n, payments: 0 };

const sumOf = (days: readonly Day[]): { amount: number; payments: number } => ({
  amount: floorShillings(days.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)),
  payments: days.reduce((sum, { payments }) => sum + payments, 0),
});

const showBand = ({ lowMinor, highMinor }: Stream['band']) => ({
  low: floorShillings(lowMinor),
  high: floorShillings(highMinor),
});

function showStream(
  stream: Stream,
  { now, days }: { readonly now: EpochMs; readonly days: readonly Day[] },
): StreamListView['items'][number] {
  const expected = dayBandOf(stream, now);
  return {
    id: stream.id,
    name: stream.name,
    rail: stream.rail,
    reference: stream.accountReference,
    band: showBand(stream.band),
    expected: showBand(expected),
    state: bandPositionOf(expected, days.at(-1)?.amountMinor ?? 0n),
    today: sumOf(days.slice(-1)),
    week: sumOf(days.slice(-weekDays)),
    month: sumOf(days),
    days: days.map(({ amountMinor }) => floorShillings(amountMinor)),
  };
}
