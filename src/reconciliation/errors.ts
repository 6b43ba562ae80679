import type { RailId } from '#kernel';
import type { SheetRefusal } from '#platform/sheets';
import type { StatementProblem } from '#rails';

/** Why a statement was not taken, in order of precedence. Nothing was booked then. */
export type StatementRefusal =
  /** The file itself: too large, damaged, locked, another kind of file. */
  | ({ readonly kind: 'file-refused' } & { readonly file: SheetRefusal })
  | { readonly kind: 'rail-not-configured'; readonly rail: RailId }
  /** It is a table, but no statement that a rail which is set up can read. */
  | { readonly kind: 'no-statement'; readonly asked: RailId | undefined }
  | { readonly kind: 'statement-damaged'; readonly problems: readonly StatementProblem[] }
  | { readonly kind: 'foreign-short-code'; readonly rail: RailId; readonly shortCode: string }
  /** Never there, or older than a day. */
  | { readonly kind: 'no-such-preview' };
