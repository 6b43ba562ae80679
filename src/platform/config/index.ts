export {
  type Autoconfigured,
  type AutoconfigureOptions,
  autoconfigure,
  type MasterKey,
} from './autoconfigure.ts';
export { type Check, type Verdict } from './check.ts';
export { type ChecksInput, runChecks } from './checks.ts';
export {
  type AirtelPin,
  type AirtelSettings,
  type Config,
  type DailyTarget,
  type DatabaseSettings,
  type HashRendering,
  type HttpSettings,
  type LogLevel,
  type MasterSettings,
  type Mode,
  type MpesaSettings,
  type RailTransferSettings,
  type RsaPadding,
  secretsOf,
  type SimulatorSettings,
  type SupportSettings,
  type Targets,
  type TransferSettings,
} from './config.ts';
export { configurationDocument, targetsSchemaDocument } from './document.ts';
export {
  type DatabaseFacts,
  type Facts,
  type GatherOptions,
  gatherFacts,
  type PortState,
  type Probes,
  type ProviderAnswer,
} from './facts.ts';
export { settingNames } from './flat.ts';
export { type ConfigProblem } from './problem.ts';
export { readConfig, type ReadConfigOptions } from './read.ts';
export { operatorPasswordOn, passwordFix } from './operator-password.ts';
