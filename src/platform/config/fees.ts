import { z } from 'zod';

import { parseAmountMinor, parseBusinessDate } from '#kernel';

import type { FeeContract, FeeTerms } from './config.ts';

const contractsMax = 32;

const amount = String.raw`\d{1,6}(?:\.\d{1,2})?`;
/** `1.5% + 0.50 min 5 max 200`, `1.5%`, `10`, `0`: a share, a fixed part, bounds on their sum. */
const termsForm = new RegExp(
  String.raw`^(?:(\d{1,2}(?:\.\d{1,2})?)%)?(?:(?:^| \+ )(${amount}))?` +
    String.raw`(?: min (${amount}))?(?: max (${amount}))?$`,
);
const contractForm = /^(\d{4}-\d{2}-\d{2}) payment (.+) payout (.+)$/;

/** Both are hundredths: cents of a shilling, basis points of a percent. */
const hundredthsOf = (text: string | undefined): bigint | undefined => {
  const parsed = text === undefined ? undefined : parseAmountMinor(text);
  return parsed?.ok === true ? parsed.value : undefined;
};

function parseTerms(text: string): FeeTerms | undefined {
  const match = termsForm.exec(text);
  if (match === null) return undefined;
  const [basisPoints, fixedMinor, leastMinor, mostMinor] = match.slice(1).map(hundredthsOf);
  if (basisPoints === undefined && fixedMinor === undefined) return undefined;
  if (mostMinor !== undefined && mostMinor < (leastMinor ?? 0n)) return undefined;
  return { basisPoints: basisPoints ?? 0n, fixedMinor: fixedMinor ?? 0n, leastMinor, mostMinor };
}

function parseContract(text: string): FeeContract | undefined {
  const [, day = '', payment = '', payout = ''] = contractForm.exec(text) ?? [];
  const effectiveFrom = parseBusinessDate(day);
  const [collection, out] = [parseTerms(payment), parseTerms(payout)];
  if (!effectiveFrom.ok || collection === undefined || out === undefined) return undefined;
  return { effectiveFrom: effectiveFrom.value, collection, payout: out };
}

/** The terms a business agreed with its provider, each from a day on; separated by semicolons. */
export const feeContracts = () =>
  z.string().transform((value, context): readonly FeeContract[] => {
    const texts = value.split(';').map((text) => text.trim().replaceAll(/\s+/g, ' '));
    const contracts = texts.filter((text) => text !== '').map(parseContract);
    const found = contracts.filter((contract) => contract !== undefined);
    if (found.length === 0 || found.length < contracts.length || found.length > contractsMax) {
      context.addIssue(
        'is not of the form “2026-01-01 payment 1.5% + 0.50 min 5 max 200 payout 10”, ' +
          'with a semicolon between one day’s terms and the next',
      );
      return z.NEVER;
    }
    const days = found.map(({ effectiveFrom }) => effectiveFrom);
    if (days.some((day, n) => n > 0 && (days[n - 1] ?? '') >= day)) {
      context.addIssue('has its days out of order');
      return z.NEVER;
    }
    return found;
  });
