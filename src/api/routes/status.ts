import { statusSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';

export const addStatus: AddRoute = (app, { board }) =>
  void app.get(
    '/api/qmoi/revenue/status',
    {
      schema: {
        operationId: 'readStatus',
        tags: ['revenue'],
        summary: 'Takings, targets, pace, transfers and health at a glance',
        response: { 200: statusSchema },
      },
    },
    () => board.read(),
  );
