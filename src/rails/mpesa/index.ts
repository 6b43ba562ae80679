export { mpesaConfigProblems, type MpesaConfig } from './config.ts';
export { createMpesaRail, type MpesaRailDeps } from './service.ts';
