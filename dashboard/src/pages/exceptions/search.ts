import { stateFilters, type StateFilter } from './shapes.ts';

export interface ExceptionsSearch {
  /** The open ones, unless others are asked for. */
  readonly state?: StateFilter;
  /** The one that is open beside the list. */
  readonly one?: string;
}

const idForm = /^ex_[0-9A-Z]{13}$/;

/** What an address may say; whatever else stands there is left out. */
export function exceptionsSearch(search: Record<string, unknown>): ExceptionsSearch {
  const state = stateFilters.find((one) => one === search['state']);
  const { one } = search;
  return {
    ...(state === undefined || state === 'open' ? {} : { state }),
    ...(typeof one === 'string' && idForm.test(one) ? { one } : {}),
  };
}
