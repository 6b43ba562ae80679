import { railIds, type RailId } from '#kernel';
import type { TransferView } from '#api/contract';

export type TransferState = TransferView['state'];
export type TransferKind = TransferView['kind'];

export const states = [
  'approved',
  'sending',
  'sent',
  'unknown',
  'completed',
  'failed',
  'cancelled',
  'reversed',
] as const satisfies readonly TransferState[];
export const kinds = [
  'auto',
  'manual',
  'test',
  'refund',
  'top-up',
] as const satisfies readonly TransferKind[];

/** What is being ordered on the page. */
export const doings = ['send', 'emergency', 'top-up'] as const;
export type Doing = (typeof doings)[number];

/** What stands in the address: the filters, and what is open. */
export interface TransfersSearch {
  readonly tab?: 'numbers';
  readonly rail?: RailId;
  readonly state?: (typeof states)[number];
  readonly kind?: TransferKind;
  readonly order?: Doing;
}

/** Addresses are typed by people and kept by browsers: what is not known is left out. */
export function transfersSearch(search: Record<string, unknown>): TransfersSearch {
  const rail = railIds.find((one) => one === search['rail']);
  const state = states.find((one) => one === search['state']);
  const kind = kinds.find((one) => one === search['kind']);
  const order = doings.find((one) => one === search['order']);
  return {
    ...(search['tab'] === 'numbers' ? { tab: 'numbers' } : {}),
    ...(rail === undefined ? {} : { rail }),
    ...(state === undefined ? {} : { state }),
    ...(kind === undefined ? {} : { kind }),
    ...(order === undefined ? {} : { order }),
  };
}

export const withOrder =
  (order: Doing) =>
  (before: TransfersSearch): TransfersSearch => ({ ...before, order });

export const withoutOrder = (before: TransfersSearch): TransfersSearch => without(before, 'order');

export const onNumbers = (before: TransfersSearch): TransfersSearch => ({
  ...before,
  tab: 'numbers',
});

export const onList = (before: TransfersSearch): TransfersSearch => without(before, 'tab');

/** What is not chosen is not in the address. */
export const withFilter =
  (name: 'rail' | 'state' | 'kind', value: string) =>
  (before: TransfersSearch): TransfersSearch =>
    transfersSearch({ ...before, [name]: value });

const without = (before: TransfersSearch, name: keyof TransfersSearch): TransfersSearch =>
  transfersSearch({ ...before, [name]: undefined });
