import { formatMoney, type RailId, railIds, railNames, shillings } from '#kernel';

import type { Targets } from './config.ts';
import { type ConfigProblem, problem } from './problem.ts';
import type { ResolvedTargets } from './targets.ts';

/** What a personal wallet may hold, and receive in a day, on either rail (sheets §8 and §14). */
export const walletMaxMinor = shillings(500_000);
/** M-Pesa's least payout (sheet §8, documented); Airtel's is not published. */
const payoutMinMinor = shillings(10);

const growthDaysMax = 365;
const whole = 10_000n;

const percent = (basisPoints: number): string => `${basisPoints / 100} %`;

const legNames = { ...railNames, combined: 'combined' } as const;
const legs = ['mpesa', 'airtel', 'combined'] as const;

function minimumAboveTarget(targets: Targets): readonly ConfigProblem[] {
  return legs
    .filter((leg) => targets[leg].minimumMinor > targets[leg].targetMinor)
    .map((leg) => {
      const { minimumMinor, targetMinor } = targets[leg];
      return problem('error', {
        name: `daily.${leg}.minimum`,
        cause:
          `The ${legNames[leg]} minimum of ${formatMoney(minimumMinor)} a day is above its ` +
          `target of ${formatMoney(targetMinor)}.`,
        fix: `Lower daily.${leg}.minimum in the targets file, or raise the target.`,
      });
    });
}

interface Sum {
  readonly name: string;
  readonly what: string;
  readonly mpesaMinor: bigint;
  readonly airtelMinor: bigint;
  readonly combinedMinor: bigint;
}

const sumsOf = ({ targets, autoTransferMinor }: ResolvedTargets): readonly Sum[] => {
  const { mpesa, airtel, combined } = targets;
  return [
    {
      name: 'daily.combined.target',
      what: 'target',
      mpesaMinor: mpesa.targetMinor,
      airtelMinor: airtel.targetMinor,
      combinedMinor: combined.targetMinor,
    },
    {
      name: 'daily.combined.minimum',
      what: 'minimum',
      mpesaMinor: mpesa.minimumMinor,
      airtelMinor: airtel.minimumMinor,
      combinedMinor: combined.minimumMinor,
    },
    {
      name: 'daily.combined.autoTransfer',
      what: 'auto-transfer cap',
      mpesaMinor: autoTransferMinor.mpesa,
      airtelMinor: autoTransferMinor.airtel,
      combinedMinor: autoTransferMinor.combined,
    },
  ];
};

function unequalSums(resolved: ResolvedTargets): readonly ConfigProblem[] {
  return sumsOf(resolved)
    .filter(({ mpesaMinor, airtelMinor, combinedMinor }) => {
      return mpesaMinor + airtelMinor !== combinedMinor;
    })
    .map(({ name, what, mpesaMinor, airtelMinor, combinedMinor }) =>
      problem('warning', {
        name,
        cause:
          `The combined ${what} is ${formatMoney(combinedMinor)}, but the two rails add up to ` +
          `${formatMoney(mpesaMinor)} + ${formatMoney(airtelMinor)} = ` +
          `${formatMoney(mpesaMinor + airtelMinor)}.`,
        fix: `Leave ${name} out and the sum is used, or make the three agree.`,
      }),
    );
}

/** Ten thousand times the amount after a day of growth, so that nothing is rounded. */
const grownScaled = (amountMinor: bigint, basisPoints: number): bigint =>
  amountMinor * (whole + BigInt(basisPoints));

function impossibleGrowth({ mpesa, airtel, combined }: Targets): readonly ConfigProblem[] {
  // Targets that do not add up today cannot be compared tomorrow; that has a warning of its own.
  if (mpesa.targetMinor + airtel.targetMinor !== combined.targetMinor) return [];
  const legsScaled =
    grownScaled(mpesa.targetMinor, mpesa.growthBasisPoints) +
    grownScaled(airtel.targetMinor, airtel.growthBasisPoints);
  const combinedScaled = grownScaled(combined.targetMinor, combined.growthBasisPoints);
  if (legsScaled >= combinedScaled) return [];
  const after = (scaled: bigint): string => formatMoney(scaled / whole);
  return [
    problem('warning', {
      name: 'daily.combined.growthTarget',
      cause:
        `M-Pesa growing by ${percent(mpesa.growthBasisPoints)} and Airtel Money by ` +
        `${percent(airtel.growthBasisPoints)} make ${after(legsScaled)} out of ` +
        `${formatMoney(combined.targetMinor)}; growing by ` +
        `${percent(combined.growthBasisPoints)} would make ${after(combinedScaled)}. ` +
        'A sum cannot grow faster than its parts.',
      fix: 'Lower daily.combined.growthTarget, or raise it on one of the rails.',
    }),
  ];
}

/** The first day on which growth day by day carries an amount past what a wallet may hold. */
export function walletPassedOnDay(
  targetMinor: bigint,
  growthBasisPoints: number,
): number | undefined {
  let grown = targetMinor;
  for (let day = 1; day <= growthDaysMax; day += 1) {
    grown = grownScaled(grown, growthBasisPoints) / whole;
    if (grown > walletMaxMinor) return day;
  }
  return undefined;
}

function growthPastWallet(targets: Targets): readonly ConfigProblem[] {
  return railIds.flatMap((rail) => {
    const { targetMinor, growthBasisPoints } = targets[rail];
    if (growthBasisPoints === 0) return [];
    const day = walletPassedOnDay(targetMinor, growthBasisPoints);
    if (day === undefined) return [];
    return [
      problem('warning', {
        name: `daily.${rail}.growthTarget`,
        cause:
          `${percent(growthBasisPoints)} a day from ${formatMoney(targetMinor)} passes the ` +
          `${formatMoney(walletMaxMinor)} that an ${railNames[rail]} wallet may hold ` +
          `on day ${day}.`,
        fix: 'Read growth as a plan line: the target itself is never raised by it.',
      }),
    ];
  });
}

function impossibleCaps({ autoTransferMinor }: ResolvedTargets): readonly ConfigProblem[] {
  const cause = (rail: RailId): string | undefined => {
    const cap = autoTransferMinor[rail];
    if (cap > walletMaxMinor)
      return `a phone can receive at most ${formatMoney(walletMaxMinor)} a day`;
    const isTooSmall = rail === 'mpesa' && cap > 0n && cap < payoutMinMinor;
    return isTooSmall ? `the least payout is ${formatMoney(payoutMinMinor)}` : undefined;
  };
  return railIds.flatMap((rail) => {
    const reason = cause(rail);
    if (reason === undefined) return [];
    const cap = formatMoney(autoTransferMinor[rail]);
    return [
      problem('error', {
        name: `daily.${rail}.autoTransfer`,
        cause: `${railNames[rail]} transfers are capped at ${cap} a day, but ${reason}.`,
        fix: `Change QMOI_AUTO_TRANSFER_${rail.toUpperCase()}; 0 switches transfers off.`,
      }),
    ];
  });
}

/** What cannot be true together, each with its arithmetic. */
export const contradictionsIn = (resolved: ResolvedTargets): readonly ConfigProblem[] => [
  ...minimumAboveTarget(resolved.targets),
  ...impossibleCaps(resolved),
  ...unequalSums(resolved),
  ...impossibleGrowth(resolved.targets),
  ...growthPastWallet(resolved.targets),
];
