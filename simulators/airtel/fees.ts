import { shillings } from '#kernel';

import type { Context } from './context.ts';

const wholeBasisPoints = 10_000n;

/** Negotiated and unpublished (sheet §15); that half a cent counts as a whole one is assumed. */
export const collectionFeeOf = ({ config }: Context, amountMinor: bigint): bigint =>
  (amountMinor * BigInt(config.collectionFeeBasisPoints) + wholeBasisPoints / 2n) /
  wholeBasisPoints;

export const disbursementFeeOf = ({ config }: Context): bigint =>
  shillings(config.disbursementFeeShillings);
