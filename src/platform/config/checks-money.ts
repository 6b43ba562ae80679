import { maskMsisdn, type RailId, railHintOf, railIds, railNames } from '#kernel';

import { type Check, type Checked, fail, pass, warn } from './check.ts';
import { operatorPasswordOn, passwordDaysMax, passwordFix } from './operator-password.ts';

export function checkMasterKey({ config }: Checked): Check {
  const name = 'Master key';
  if (config.master.key.kind === 'hash') return pass(name, 'Only its hash is kept.');
  return warn(name, {
    cause: 'QMOI_MASTER_API_KEY stands in the clear in the configuration.',
    fix: 'Run npm run qmoi:autoconfig with --new-master-key: it keeps only a hash.',
  });
}

function checkPayoutNumber({ config, facts }: Checked, rail: RailId): readonly Check[] {
  const { payoutNumber, dailyCapMinor } = config.transfers.rails[rail];
  if (payoutNumber === undefined || config[rail] === undefined) return [];
  const name = `${railNames[rail]} payout number`;
  const shown = maskMsisdn(payoutNumber);
  const hint = railHintOf(payoutNumber);
  if (facts.payoutConfirmed[rail]) return [pass(name, `A test payout to ${shown} was confirmed.`)];
  if (hint !== rail) {
    const whose = hint === undefined ? 'neither rail’s range' : `the range of ${railNames[hint]}`;
    return [
      warn(name, {
        cause: `${shown} lies in ${whose}. Numbers can be ported, so this is only a hint.`,
        fix: 'Send KES 10 there with `npx qmoi payees test` and confirm the receipt that arrives.',
      }),
    ];
  }
  if (config.mode === 'live' && dailyCapMinor > 0n) {
    return [
      warn(name, {
        cause: `No test payout to ${shown} was confirmed yet.`,
        fix: 'Send KES 10 there with `npx qmoi payees test` and confirm the receipt that arrives.',
      }),
    ];
  }
  return [pass(name, `${shown} lies in its own rail’s range.`)];
}

export const checkPayoutNumbers = (checked: Checked): readonly Check[] =>
  railIds.flatMap((rail) => checkPayoutNumber(checked, rail));

export function checkInitiatorPassword({ config, facts }: Checked): readonly Check[] {
  const { mpesa } = config;
  if (mpesa?.initiatorPassword === undefined || config.mode === 'sandbox') return [];
  const name = 'M-Pesa operator password';
  if (mpesa.initiatorPasswordSetOn === undefined) {
    return [
      warn(name, {
        cause: `Its age is unknown, and it expires after ${passwordDaysMax} days.`,
        fix: 'Set MPESA_INITIATOR_PASSWORD_SET_ON to the day it was set.',
      }),
    ];
  }
  const { ageDays, daysLeft, warning } = operatorPasswordOn(
    mpesa.initiatorPasswordSetOn,
    facts.checkedAt,
  );
  const cause = `It was set ${ageDays} days ago and expires after ${passwordDaysMax}.`;
  const problem = { cause, fix: passwordFix };
  if (daysLeft <= 0) return [fail(name, problem)];
  return [warning === undefined ? pass(name, cause) : warn(name, problem)];
}

const credentials = {
  mpesa: 'MPESA_CONSUMER_KEY and MPESA_CONSUMER_SECRET',
  airtel: 'AIRTEL_CLIENT_ID and AIRTEL_CLIENT_SECRET',
} as const satisfies Record<RailId, string>;

function checkProvider({ config, facts }: Checked, rail: RailId): Check {
  const answer = facts.providers[rail];
  const name = `${railNames[rail]} credentials`;
  if (config[rail] === undefined) return pass(name, 'The rail is not used.');
  if (answer.kind === 'not-asked') return pass(name, 'The simulator starts with the engine.');
  if (answer.kind === 'token') return pass(name, 'The provider gave an access token.');
  if (answer.kind === 'refused') {
    return fail(name, {
      cause: `The provider refused them (${answer.cause}).`,
      fix: `Copy ${credentials[rail]} from the provider’s portal again, for this environment.`,
    });
  }
  return fail(name, {
    cause: `The provider cannot be reached (${answer.cause}).`,
    fix: `Check this machine’s internet, its firewall, and ${rail.toUpperCase()}_BASE_URL.`,
  });
}

export const checkProviders = (checked: Checked): readonly Check[] =>
  railIds.map((rail) => checkProvider(checked, rail));
