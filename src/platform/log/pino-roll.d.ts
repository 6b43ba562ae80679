/** pino-roll 4 brings no types; this is the part of it in use. */
declare module 'pino-roll' {
  interface RollingFile {
    /** The file now written to, `<name>.<number>.log`. */
    readonly file: string;
    write(line: string): boolean;
    end(): void;
    destroy(): void;
    on(event: 'error', listener: (error: Error) => void): this;
    /** `ready` comes after every opening, so also after every roll. */
    on(event: 'ready', listener: () => void): this;
    once(event: 'close', listener: () => void): this;
  }

  export default function roll(options: {
    file: string;
    size: string;
    limit: { count: number; removeOtherLogFiles: boolean };
    mkdir: boolean;
    sync: boolean;
    mode: number;
  }): Promise<RollingFile>;
}
