export {
  airtelConfigProblems,
  airtelKenya,
  type AirtelConfig,
  type AirtelPin,
  type HashRendering,
  type RsaPadding,
} from './config.ts';
export type { RandomBytes } from './pin.ts';
export { createAirtelRail, type AirtelRailDeps } from './service.ts';
