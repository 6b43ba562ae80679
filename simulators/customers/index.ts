export { type Complain, createComplaints } from './complaints.ts';
export { parseConfig, type TownConfig } from './config.ts';
export { createHttp, type Http } from './http.ts';
export { createTown, type Town, type TownDeps } from './town.ts';
