import type { EpochMs } from '#kernel';

/** What stands in one field of a file that is written for people. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  /** Money to the cent, as a decimal string: `1500.00`. */
  | { readonly kind: 'money'; readonly decimal: string }
  /** Shown as the wall clock in Nairobi has it. */
  | { readonly kind: 'time'; readonly at: EpochMs };

export interface Columns {
  readonly name: string;
  readonly titles: readonly string[];
}

/** Rows as they come, some at a time. */
export type RowGroups = AsyncIterable<readonly (readonly Cell[])[]>;
