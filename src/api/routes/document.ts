import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { tidyDocument } from '../document.ts';

export const addDocument: AddRoute = (app) => {
  let document: Readonly<Record<string, unknown>> | undefined;
  app.get(
    '/api/qmoi/openapi.json',
    {
      schema: {
        operationId: 'readDocument',
        tags: ['oversight'],
        summary: 'This description, OpenAPI 3.1',
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async () => {
      document ??= tidyDocument(app.swagger());
      return { ...document };
    },
  );
};
