import { floorShillings, parseBusinessDate } from '#kernel';
import type { History } from '#targets';
import { historyQuerySchema, historySchema, type HistoryView } from '#api/contract';

import type { AddRoute } from '../app.ts';

export const addHistory: AddRoute = (app, { targets }) =>
  void app.get(
    '/api/qmoi/revenue/history',
    {
      schema: {
        operationId: 'readHistory',
        tags: ['revenue'],
        summary: 'Takings by hour and by day, beside those of a week before',
        querystring: historyQuerySchema,
        response: { 200: historySchema },
      },
    },
    async ({ query: { date, days } }) => {
      const day = date === undefined ? undefined : parseBusinessDate(date);
      return showHistory(
        await targets.history({ date: day?.ok === true ? day.value : undefined, days }),
      );
    },
  );

const showHistory = ({ date, hours, compared, days }: History): HistoryView => ({
  date,
  hours: hours.map(({ mpesa, airtel }) => ({
    mpesa: floorShillings(mpesa),
    airtel: floorShillings(airtel),
  })),
  compared: {
    date: compared.date,
    known: compared.known,
    untilHour: compared.untilHour,
    hours: compared.hours.map(({ mpesa, airtel }) => floorShillings(mpesa + airtel)),
    growth: {
      mpesa: showGrowth(compared.growth.mpesa),
      airtel: showGrowth(compared.growth.airtel),
      combined: showGrowth(compared.growth.combined),
    },
  },
  days: days.map(({ date: day, payments, takings }) => ({
    date: day,
    payments,
    mpesa: floorShillings(takings.mpesa),
    airtel: floorShillings(takings.airtel),
    combined: floorShillings(takings.combined),
  })),
});

const showGrowth = (growth: History['compared']['growth']['combined']) => ({
  now: floorShillings(growth.nowMinor),
  before: floorShillings(growth.thenMinor),
  share: growth.share ?? null,
});
