import {
  statementHeadersSchema,
  statementPreviewSchema,
  statementQuerySchema,
} from '#api/contract';

import type { AddRoute, App, Parts } from '../app.ts';
import { ProblemRaised } from '../problem.ts';
import { showPreview } from '../show-statement.ts';
import { statementProblem } from '../statement-refusals.ts';

/** A little more than is read: what is too large is refused in the words of the reader. */
const bodyBytesMax = 33 * 1024 * 1024;

/** A file comes as its bytes, under whatever content type a browser guesses from its name. */
export const addStatementPreview: AddRoute = (app, parts) =>
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser<Buffer>(
      '*',
      { parseAs: 'buffer', bodyLimit: bodyBytesMax },
      (_request, body, done) => done(null, body),
    );
    // One that is no content type would be refused before it is looked up.
    scope.addHook('onRequest', async (request) => {
      delete request.raw.headers['content-type'];
    });
    addRoute(scope, parts);
  });

const addRoute = (app: App, { reconciliation }: Parts): void =>
  void app.post(
    '/api/qmoi/statements/preview',
    {
      bodyLimit: bodyBytesMax,
      schema: {
        operationId: 'previewStatement',
        tags: ['oversight'],
        summary: 'Say what importing a provider’s statement would do',
        description:
          'The body is the file itself: CSV, Excel or PDF, at most 32 MiB. ' +
          'Nothing is booked; the file is kept for a day, so that it can be imported by its id.',
        querystring: statementQuerySchema,
        headers: statementHeadersSchema,
        response: { 200: statementPreviewSchema },
      },
    },
    async ({ body, query, headers }) => {
      const seen = await reconciliation.preview({
        file: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
        name: query.name,
        rail: query.rail,
        password: passwordOf(headers['x-statement-password']),
      });
      if (!seen.ok) throw statementProblem(seen.error);
      return showPreview(seen.value);
    },
  );

function passwordOf(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  try {
    return decodeURIComponent(header);
  } catch {
    throw new ProblemRaised(
      'invalid-request',
      'Send the password percent-encoded: a % in it is written %25.',
      { errors: [{ path: 'headers.x-statement-password', message: 'Not percent-encoded.' }] },
    );
  }
}
