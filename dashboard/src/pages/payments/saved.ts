import { useSyncExternalStore } from 'react';

import { readSearch, type PaymentSearch } from './search.ts';

/** A search under a name, on this device. */
export interface SavedSearch {
  readonly name: string;
  readonly search: PaymentSearch;
}

const shelf = 'qmoi.saved-searches';
const savedMax = 20;
export const nameLengthMax = 40;

function read(): readonly SavedSearch[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(shelf) ?? '[]');
    return Array.isArray(kept) ? kept.flatMap(savedOf).slice(0, savedMax) : [];
  } catch {
    return [];
  }
}

function savedOf(kept: Partial<Record<keyof SavedSearch, unknown>>): readonly SavedSearch[] {
  const { name, search } = kept;
  if (typeof name !== 'string' || typeof search !== 'object' || search === null) return [];
  return [{ name: name.slice(0, nameLengthMax), search: readSearch({ ...search }) }];
}

let current = read();
const watching = new Set<() => void>();

function put(next: readonly SavedSearch[]): void {
  current = next.slice(0, savedMax);
  try {
    localStorage.setItem(shelf, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing: it holds until the page is left.
  }
  for (const tell of watching) tell();
}

/** The newest first; one of the same name is replaced. */
export const saveSearch = (saved: SavedSearch): void =>
  put([saved, ...current.filter(({ name }) => name !== saved.name)]);

/** Answers how to bring it back to its place. */
export function removeSearch(saved: SavedSearch): () => void {
  const before = current;
  put(current.filter((one) => one !== saved));
  return () => put(before);
}

const watch = (tell: () => void): (() => void) => {
  watching.add(tell);
  return () => watching.delete(tell);
};
export const useSavedSearches = (): readonly SavedSearch[] =>
  useSyncExternalStore(watch, () => current);
