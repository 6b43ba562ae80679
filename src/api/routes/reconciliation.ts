import { businessDateOf, dayMs, parseBusinessDate, railIds, railNames } from '#kernel';
import { reconciliationQuerySchema, reconciliationSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { ProblemRaised } from '../problem.ts';
import { showDay } from '../show-statement.ts';

export const addReconciliation: AddRoute = (app, { clock, collections, rails, reconciliation }) =>
  void app.get(
    '/api/qmoi/reconciliation',
    {
      schema: {
        operationId: 'reconcile',
        tags: ['oversight'],
        summary: 'A day as books, events and statement have it, with every difference',
        querystring: reconciliationQuerySchema,
        response: { 200: reconciliationSchema },
      },
    },
    async ({ query }) => {
      const asked = query.date === undefined ? undefined : parseBusinessDate(query.date);
      const date = asked?.ok === true ? asked.value : businessDateOf(clock.now() - dayMs);
      if (query.rail !== undefined && !rails.has(query.rail)) {
        throw new ProblemRaised(
          'rail-not-configured',
          `${railNames[query.rail]} is not set up: npm run qmoi:validate says what is missing.`,
        );
      }
      const days = [];
      for (const rail of railIds) {
        if (!rails.has(rail) || (query.rail ?? rail) !== rail) continue;
        const day = await reconciliation.day(rail, date);
        const subjects = day.differences.flatMap(({ subject }) => subject ?? []);
        days.push(showDay(day, await collections.exceptionsAbout(subjects)));
      }
      return { businessDate: date, days };
    },
  );
