export { explainCode } from './codes.ts';
export { mpesaConfigProblems, type MpesaConfig } from './config.ts';
export { createMpesaRail, type MpesaRailDeps } from './service.ts';
export { paybillFeeMinor, type PaybillPlan, paybillPlans, payoutFeeMinor } from './tariffs.ts';
