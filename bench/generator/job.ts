/** What a generator is told to do, as one line of JSON on its standard input. */
export interface Job {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly pace: Pace;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly templates: readonly Template[];
  readonly recordBytes: number;
  /** Records back to back; the first byte of each says which template it fills. */
  readonly recordsFile: string;
  /** Which record comes when, as unsigned 32-bit numbers; without it one after another. */
  readonly orderFile?: string | undefined;
  /** Written at the end: one byte a request, see `fates`. */
  readonly fatesFile?: string | undefined;
}

/**
 * `closed`: each connection sends as soon as it was answered. `open`: requests are due by chance at
 * a mean rate, whether or not the others were answered, and their time counts from then.
 */
export type Pace =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly perSecond: number; readonly seed: number };

/** A whole HTTP request with places that a record fills in. */
export interface Template {
  readonly request: string;
  readonly slots: readonly Slot[];
}

export interface Slot {
  readonly at: number;
  readonly width: number;
  /** Where in the record the text begins. */
  readonly from: number;
}

/** What became of a request. */
export const fates = { unsent: 0, unanswered: 1, taken: 2, refused: 3 } as const;

/** What a measuring process says, a line of JSON each: `measuring`, `measured`, then `done`. */
export interface Outcome {
  readonly event: 'done';
  /** Measured from the first of them to the last. */
  readonly windowMs: number;
  /** Callbacks taken within the window. */
  readonly taken: number;
  /** Anything else that was answered, by status; over the whole run. */
  readonly refused: Readonly<Record<string, number>>;
  /** Sent and never answered, over the whole run. */
  readonly unanswered: number;
  readonly sent: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  /** Of the measuring process itself, within the window. */
  readonly ownCpuUs: number;
  /** The records were used up before the time was. */
  readonly ranOut: boolean;
  /** Requests that were due and unsent when the window ended: an open rate that was too high. */
  readonly backlog: number;
}
