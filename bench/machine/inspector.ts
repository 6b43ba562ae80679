import { openDevtools } from './devtools.ts';

/** A line to a Node process that was started with `--inspect`: its sampling profiler. */
export interface Inspector {
  begin(): Promise<void>;
  end(): Promise<CpuProfile>;
  close(): void;
}

/** The part of V8's `.cpuprofile` that is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

const sampleEveryUs = 500;

const parseProfile = (result: unknown): CpuProfile =>
  (result as { readonly profile: CpuProfile }).profile;

export async function openInspector(url: string): Promise<Inspector> {
  const { call, close } = await openDevtools(url);
  return {
    begin: async () => {
      await call('Profiler.enable');
      await call('Profiler.setSamplingInterval', { interval: sampleEveryUs });
      await call('Profiler.start');
    },
    end: async () => parseProfile(await call('Profiler.stop')),
    close,
  };
}
