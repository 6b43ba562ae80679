export type { Api, ApiDeps, PayTo } from './deps.ts';
export { createFront, type Front } from './front.ts';
export { createApi } from './later.ts';
export type { Surroundings } from './surroundings.ts';
