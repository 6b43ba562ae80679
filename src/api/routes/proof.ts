import { isoOf } from '#kernel';
import { proofSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { sharing } from '../sharing.ts';

export const addProof: AddRoute = (app, { clock, proof }) => {
  // It reads every record there is: two who ask at once share one reading.
  const prove = sharing(async () => {
    const checks = await proof();
    return {
      ok: checks.every((check) => check.ok),
      provedAt: isoOf(clock.now()),
      checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail })),
    };
  });
  app.get(
    '/api/qmoi/proof',
    {
      schema: {
        operationId: 'prove',
        tags: ['oversight'],
        summary: 'Prove now that the books balance and every shilling has evidence',
        response: { 200: proofSchema },
      },
    },
    prove,
  );
};
