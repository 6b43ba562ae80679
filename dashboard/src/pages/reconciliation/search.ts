import { parseBusinessDate, railIds, type RailId } from '#kernel';

export interface ReconciliationSearch {
  /** Yesterday, unless another day is asked for. */
  readonly date?: string;
  readonly rail?: RailId;
}

/** What an address may say; whatever else stands there is left out. */
export function reconciliationSearch(search: Record<string, unknown>): ReconciliationSearch {
  const { date } = search;
  const rail = railIds.find((one) => one === search['rail']);
  return {
    ...(typeof date === 'string' && parseBusinessDate(date).ok ? { date } : {}),
    ...(rail === undefined ? {} : { rail }),
  };
}
