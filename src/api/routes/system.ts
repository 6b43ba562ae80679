import { isoOf } from '#kernel';
import { systemSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { sharing } from '../sharing.ts';
import { readSystem } from '../system-view.ts';

export const addSystem: AddRoute = (app, parts) => {
  const { support } = parts.surroundings;
  const look = sharing(async () => ({
    lookedAt: isoOf(parts.clock.now()),
    ...(await readSystem(parts)),
    support: { whatsapp: support.whatsapp ?? null, email: support.email ?? null },
  }));
  app.get(
    '/api/qmoi/system',
    {
      schema: {
        operationId: 'readSystem',
        tags: ['oversight'],
        summary: 'What the engine stands on: database, disk, memory, log and cycles',
        response: { 200: systemSchema },
      },
    },
    look,
  );
};
