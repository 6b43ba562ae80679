import { switchAnswerSchema, switchOrderSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { turnEngine } from '../turn-engine.ts';

export const addEngineStop: AddRoute = (app, parts) =>
  void app.post(
    '/api/qmoi/revenue/stop',
    {
      schema: {
        operationId: 'stopEngine',
        tags: ['revenue'],
        summary: 'Hold back prompts and transfers; money that comes in is still recorded',
        body: switchOrderSchema.nullish(),
        response: { 200: switchAnswerSchema },
      },
    },
    (request) => turnEngine(parts, 'off', request),
  );
