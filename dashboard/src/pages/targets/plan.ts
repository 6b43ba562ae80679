import { railNames } from '#kernel';
import type { Status } from '#api/contract';

/** What a target is set for: one rail, or both together. */
export const kinds = ['mpesa', 'airtel', 'combined'] as const;
export type Kind = (typeof kinds)[number];
export type PerKind<Value> = Readonly<Record<Kind, Value>>;

export const perKind = <Value>(make: (kind: Kind) => Value): PerKind<Value> => ({
  mpesa: make('mpesa'),
  airtel: make('airtel'),
  combined: make('combined'),
});

export const kindName = (kind: Kind, combined: string): string =>
  kind === 'combined' ? combined : railNames[kind];

/** `12,000` and `12000` are the same; anything but whole shillings is nothing. */
export function typedTarget(text: string): number | undefined {
  const digits = text.replaceAll(/[\s,]/g, '');
  const amount = /^\d{1,10}$/.test(digits) ? Number(digits) : 0;
  return amount >= 1 && amount <= 1_000_000_000 ? amount : undefined;
}

export interface Outlook {
  readonly state: 'ahead' | 'on-pace' | 'behind';
  readonly expected: number;
  readonly ahead: number;
  readonly gap: number;
}

/** Within a tenth of what is expected counts as on pace, as in the engine. */
const toleranceDivisor = 10;

/**
 * What the engine would say of another target at this moment: a usual day has brought the same
 * share of any target by now.
 */
export function outlookOf(status: Status, kind: Kind, target: number): Outlook {
  const current = status.targets.daily[kind];
  const share = current === 0 ? 0 : status.pace[kind].expected / current;
  const expected = target === current ? status.pace[kind].expected : Math.floor(target * share);
  const ahead = status.today[kind] - expected;
  const tolerance = Math.floor(expected / toleranceDivisor);
  const state = ahead > tolerance ? 'ahead' : ahead < -tolerance ? 'behind' : 'on-pace';
  return { state, expected, ahead, gap: Math.max(0, target - status.today[kind]) };
}

/** One change that makes the three agree. */
export interface Repair {
  readonly kind: Kind;
  readonly amount: number;
}

/** M-Pesa and Airtel are to come to the target of both; whatever would lie too low is left out. */
export function repairsOf(
  targets: PerKind<number>,
  minimum: PerKind<number>,
): readonly Repair[] | undefined {
  const { mpesa, airtel, combined } = targets;
  if (mpesa + airtel === combined) return undefined;
  const repairs: readonly Repair[] = [
    { kind: 'combined', amount: mpesa + airtel },
    { kind: 'mpesa', amount: combined - airtel },
    { kind: 'airtel', amount: combined - mpesa },
  ];
  return repairs.filter(({ kind, amount }) => amount >= Math.max(1, minimum[kind]));
}
