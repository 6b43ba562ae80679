import type { App } from './app.ts';

/**
 * JSON and nothing else; an empty body is none. Many clients announce JSON on every POST, also
 * where there is nothing to say. Members that would change an object's prototype are refused.
 */
export function takeEmptyJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else void parse(request, body, done);
    },
  );
}
