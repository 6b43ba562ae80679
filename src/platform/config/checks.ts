import { type Result } from '#kernel';

import { type Check, type Checked, fail, pass, warn } from './check.ts';
import { checkCallbackAddress, checkExposure } from './checks-callback.ts';
import {
  checkDatabase,
  checkDisk,
  checkEnvFile,
  checkFolders,
  checkNode,
  checkPort,
} from './checks-machine.ts';
import {
  checkInitiatorPassword,
  checkMasterKey,
  checkPayoutNumbers,
  checkProviders,
} from './checks-money.ts';
import type { Config } from './config.ts';
import type { Facts } from './facts.ts';
import type { ConfigProblem } from './problem.ts';

export interface ChecksInput {
  readonly config: Result<Config, readonly ConfigProblem[]>;
  readonly facts: Facts;
}

function checksOfProblems(problems: readonly ConfigProblem[]): readonly Check[] {
  const found = problems.map(({ name, severity, cause, fix }) =>
    severity === 'error' ? fail(name, { cause, fix }) : warn(name, { cause, fix }),
  );
  return found.length === 0 ? [pass('Configuration', 'Every setting fits the others.')] : found;
}

const checksOfConfig = (checked: Checked): readonly Check[] => [
  checkMasterKey(checked),
  checkPort(checked),
  checkExposure(checked),
  checkCallbackAddress(checked),
  ...checkDatabase(checked),
  ...checkProviders(checked),
  ...checkPayoutNumbers(checked),
  ...checkInitiatorPassword(checked),
];

/** Everything `qmoi:validate` says, each finding with its remedy. */
export function runChecks({ config, facts }: ChecksInput): readonly Check[] {
  return [
    checkNode(facts),
    checkEnvFile(facts),
    checkFolders(facts),
    checkDisk(facts),
    ...checksOfProblems(config.ok ? config.value.warnings : config.error),
    ...(config.ok ? checksOfConfig({ config: config.value, facts }) : []),
  ];
}
