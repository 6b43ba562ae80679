import type { Api, ApiDeps } from './deps.ts';

/** Loaded when it is made: callbacks are taken before, and need nothing of it. */
export async function createApi(deps: ApiDeps): Promise<Api> {
  const server = await import('./server.ts');
  return server.createApi(deps);
}
