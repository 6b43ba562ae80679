export { createCli, type Cli } from './cli.ts';
export {
  type ChargeTrace,
  type CallbackAddress,
  type CliDeps,
  type ExceptionView,
  exitCodes,
  type ExitCode,
  type ListOptions,
  notRunning,
  type PaymentTrace,
  type Refused,
  type Role,
  roles,
  type Snapshot,
  type Started,
  type StartOptions,
  type Stopped,
  type Terminal,
  type Trace,
  type TransferTrace,
} from './deps.ts';
export { createKeyboard, type AskOperator } from './keyboard.ts';
export { createTerminal, type Output, type TerminalDeps } from './terminal.ts';
