export type { Api, ApiDeps, PayTo } from './deps.ts';
export { createApi } from './server.ts';
export type { Surroundings } from './surroundings.ts';
