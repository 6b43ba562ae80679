import { parseId } from '#kernel';
import { statementParamsSchema, statementSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { showStatement } from '../show-statement.ts';
import { statementProblem } from '../statement-refusals.ts';

export const addStatementCommit: AddRoute = (app, { access, reconciliation }) =>
  void app.post(
    '/api/qmoi/statements/:id/commit',
    {
      schema: {
        operationId: 'commitStatement',
        tags: ['oversight'],
        summary: 'Import a statement that was previewed',
        description:
          'Books what is on it and not in the books. Again, it changes nothing and answers the ' +
          'same; after a crash it goes on where it was.',
        params: statementParamsSchema,
        response: { 200: statementSchema },
      },
    },
    async (request) => {
      const id = parseId('statement', request.params.id);
      if (!id.ok) throw statementProblem({ kind: 'no-such-preview' });
      const { actor } = access.principalOf(request);
      const done = await reconciliation.commit(id.value, actor);
      if (!done.ok) throw statementProblem(done.error);
      return showStatement(done.value);
    },
  );
