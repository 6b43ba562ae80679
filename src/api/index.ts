export type { Api, ApiDeps, PayTo } from './deps.ts';
export { createApi } from './server.ts';
