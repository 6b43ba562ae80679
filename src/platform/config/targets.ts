import { err, ok, type RailId, type Result, shillings } from '#kernel';
import { z } from 'zod';

import type { DailyTarget, Targets } from './config.ts';
import { type ConfigProblem, problem } from './problem.ts';

const amountMax = 1_000_000_000;
const basisPointsPerOne = 10_000;

const amount = (description: string) =>
  z
    .int('is not a whole number of shillings')
    .min(0, 'is below zero')
    .max(amountMax, `is above ${amountMax}`)
    .optional()
    .describe(description);

const isWholeBasisPoints = (growth: number): boolean =>
  Math.abs(growth * basisPointsPerOne - Math.round(growth * basisPointsPerOne)) < 1e-6;

const legSchema = z.looseObject(
  {
    target: amount('Confirmed revenue wanted on a business day, whole KES.'),
    minimum: amount('Below this the day is flagged, whole KES.'),
    autoTransfer: amount('The most that goes to the owner’s phone in a day, whole KES.'),
    growthTarget: z
      .number('is not a number such as 0.2')
      .min(0, 'is below zero')
      .max(10, 'is above 10')
      .refine(isWholeBasisPoints, 'has more than four decimals')
      .optional()
      .describe('Wanted growth a day as a fraction: 0.2 is 20 %. A plan line, not a ratchet.'),
  },
  'is not an object',
);

const legNames = ['mpesa', 'airtel', 'combined'] as const;
type LegName = (typeof legNames)[number];

export const targetsFileSchema = z.looseObject(
  {
    $schema: z.string().optional(),
    daily: z.looseObject(
      {
        mpesa: legSchema.optional().describe('M-Pesa'),
        airtel: legSchema.optional().describe('Airtel Money'),
        combined: legSchema.optional().describe('Both; where left out, the sum of the two.'),
      },
      'is not an object',
    ),
  },
  'is not an object',
);
export type TargetsFile = z.output<typeof targetsFileSchema>;

const known: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(targetsFileSchema.shape),
  daily: legNames,
  ...Object.fromEntries(legNames.map((leg) => [`daily.${leg}`, Object.keys(legSchema.shape)])),
};

function unknownNames(path: string, value: unknown): readonly ConfigProblem[] {
  const names = known[path];
  if (names === undefined || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const name = path === '' ? key : `${path}.${key}`;
    if (names.includes(key)) return unknownNames(name, inner);
    const cause = `${name} is not a name the targets file has, so it changes nothing.`;
    return [problem('warning', { name, cause, fix: `Use one of ${names.join(', ')}.` })];
  });
}

export interface TargetsReading {
  readonly file: TargetsFile;
  readonly warnings: readonly ConfigProblem[];
}

/** Reads the targets file's text; every problem is named by its path inside the file. */
export function readTargets(json: string): Result<TargetsReading, readonly ConfigProblem[]> {
  const fix = 'Compare it with docs/targets.schema.json; amounts are whole KES.';
  const wrong = (name: string, cause: string): ConfigProblem =>
    problem('error', { name, cause, fix });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return err([wrong('targets file', 'The targets file is not valid JSON.')]);
  }
  const parsed = targetsFileSchema.safeParse(value);
  if (parsed.success) return ok({ file: parsed.data, warnings: unknownNames('', value) });
  return err(
    parsed.error.issues.map(({ path, message }) => {
      const name = path.length === 0 ? 'targets file' : path.join('.');
      return wrong(name, `${name} ${message}.`);
    }),
  );
}

/** What the environment says, in minor units; it overrules the file. */
export interface TargetOverrides {
  readonly targetMinor: Readonly<Record<RailId, bigint | undefined>>;
  readonly autoTransferMinor: Readonly<Record<RailId, bigint | undefined>>;
}

export interface ResolvedTargets {
  readonly targets: Targets;
  readonly autoTransferMinor: Readonly<Record<LegName, bigint>>;
}

// The specification's figures. The minimum is four fifths of the target, so that a business which
// only lowers its target does not end up with a minimum above it.
const usualTargetMinor = shillings(10_000);
const usualMinimumOf = (targetMinor: bigint): bigint =>
  shillings((targetMinor * 4n) / 5n / shillings(1));
const usualAutoTransferMinor = shillings(2_000);
const usualGrowthBasisPoints = { mpesa: 2_000, airtel: 2_000, combined: 2_500 };

const minorOf = (whole: number | undefined): bigint | undefined =>
  whole === undefined ? undefined : shillings(whole);

function legOf(
  name: LegName,
  { file, targetMinor, minimumMinor }: Usual & { readonly file: TargetsFile | undefined },
): DailyTarget {
  const leg = file?.daily[name];
  const growth = leg?.growthTarget;
  return {
    targetMinor,
    minimumMinor: minorOf(leg?.minimum) ?? minimumMinor,
    growthBasisPoints:
      growth === undefined ? usualGrowthBasisPoints[name] : Math.round(growth * basisPointsPerOne),
  };
}

interface Usual {
  readonly targetMinor: bigint;
  readonly minimumMinor: bigint;
}

/** Environment over file over the specification's figures; what is combined is the sum. */
export function resolveTargets(
  file: TargetsFile | undefined,
  overrides: TargetOverrides,
): ResolvedTargets {
  const railLeg = (name: RailId): DailyTarget => {
    const inFile = minorOf(file?.daily[name]?.target);
    const targetMinor = overrides.targetMinor[name] ?? inFile ?? usualTargetMinor;
    return legOf(name, { file, targetMinor, minimumMinor: usualMinimumOf(targetMinor) });
  };
  const capOf = (name: RailId): bigint =>
    overrides.autoTransferMinor[name] ??
    minorOf(file?.daily[name]?.autoTransfer) ??
    usualAutoTransferMinor;
  const [mpesa, airtel] = [railLeg('mpesa'), railLeg('airtel')];
  const combined = legOf('combined', {
    file,
    targetMinor: minorOf(file?.daily.combined?.target) ?? mpesa.targetMinor + airtel.targetMinor,
    minimumMinor: mpesa.minimumMinor + airtel.minimumMinor,
  });
  const caps = { mpesa: capOf('mpesa'), airtel: capOf('airtel') };
  const inFile = minorOf(file?.daily.combined?.autoTransfer);
  return {
    targets: { mpesa, airtel, combined },
    autoTransferMinor: { ...caps, combined: inFile ?? caps.mpesa + caps.airtel },
  };
}
