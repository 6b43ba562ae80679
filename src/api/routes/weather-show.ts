import { weatherQuerySchema, weatherSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { weatherOf } from '../weather-view.ts';

export const addWeatherShow: AddRoute = (app, { weather }) =>
  void app.get(
    '/api/qmoi/weather',
    {
      schema: {
        operationId: 'readWeather',
        tags: ['oversight'],
        summary: 'How the payment providers do: answers, latencies and what is held back',
        querystring: weatherQuerySchema,
        response: { 200: weatherSchema },
      },
    },
    async ({ query }) => weatherOf(await weather.report(), await weather.hours(query.hours)),
  );
