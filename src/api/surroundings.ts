import type { EpochMs, Msisdn } from '#kernel';

/** What the engine stands on: this machine, its folders, its settings and its log. */
export interface Surroundings {
  readonly databaseKind: 'embedded' | 'server';
  readonly transferCheckEveryMs: number;
  /** Whom the owner asks for help, where that was set. */
  readonly support: { readonly whatsapp: Msisdn | undefined; readonly email: string | undefined };
  readonly settings: readonly { readonly name: string; readonly isSet: boolean }[];
  /** Bounded and cheap. */
  look(): Promise<Seen>;
  /** The newest lines of the log as they were written, the newest last; bounded. */
  logLines(): Promise<readonly string[]>;
  /** Hides the configuration's secrets and the places of folders in a text. */
  hide(text: string): string;
}

export interface Seen {
  readonly memory: {
    readonly ownBytes: number;
    readonly freeBytes: number;
    readonly totalBytes: number;
  };
  /** Without figures where the disk could not be asked. */
  readonly disks: readonly {
    readonly name: 'data' | 'logs';
    /** Below the installation's folder. */
    readonly folder: string;
    readonly freeBytes?: number;
    readonly totalBytes?: number;
  }[];
  readonly log: { readonly file: string; readonly bytes: number | undefined };
  readonly screenBuiltAt: EpochMs | undefined;
}
