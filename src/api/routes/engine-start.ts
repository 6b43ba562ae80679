import { switchAnswerSchema, switchOrderSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { turnEngine } from '../turn-engine.ts';

export const addEngineStart: AddRoute = (app, parts) =>
  void app.post(
    '/api/qmoi/revenue/start',
    {
      schema: {
        operationId: 'startEngine',
        tags: ['revenue'],
        summary: 'Let prompts and transfers go out',
        body: switchOrderSchema.nullish(),
        response: { 200: switchAnswerSchema },
      },
    },
    async (request) => {
      const answer = await turnEngine(parts, 'on', request);
      for (const step of ['prompts', 'transfers', 'transfer-check'] as const) parts.nudge(step);
      return answer;
    },
  );
