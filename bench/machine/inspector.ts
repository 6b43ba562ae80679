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

const parseReply = (text: string): Reply => JSON.parse(text) as Reply;
const parseProfile = (result: unknown): CpuProfile =>
  (result as { readonly profile: CpuProfile }).profile;

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The address a process started with `--inspect` says on its terminal. */
export const inspectorUrlIn = (output: string): string | undefined =>
  /Debugger listening on (ws:\S+)/.exec(output)?.[1];

export async function openInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (reply: Reply) => void>();
  let calls = 0;
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`nobody listens at ${url}`)));
  });
  socket.addEventListener('message', ({ data }) => {
    const reply = parseReply(String(data));
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  });
  const call = async (method: string, params: object = {}): Promise<unknown> => {
    calls += 1;
    const id = calls;
    const reply = await new Promise<Reply>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
    waiting.delete(id);
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`);
    return reply.result;
  };
  return {
    begin: async () => {
      await call('Profiler.enable');
      await call('Profiler.setSamplingInterval', { interval: sampleEveryUs });
      await call('Profiler.start');
    },
    end: async () => parseProfile(await call('Profiler.stop')),
    close: () => socket.close(),
  };
}
