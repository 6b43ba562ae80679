/** A line to a program that speaks the DevTools protocol: a Node process or a browser. */
export interface Devtools {
  /** Throws what the other side refuses it for. `session`: of a page of the browser. */
  call(method: string, params?: object, session?: string): Promise<unknown>;
  close(): void;
}

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const parseReply = (text: string): Reply => JSON.parse(text) as Reply;

/** The address that such a program says on its terminal. */
export const devtoolsUrlIn = (output: string): string | undefined =>
  /(?:Debugger|DevTools) listening on (ws:\S+)/.exec(output)?.[1];

export async function openDevtools(url: string): Promise<Devtools> {
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
  return {
    call: async (method, params = {}, session) => {
      calls += 1;
      const id = calls;
      const reply = await new Promise<Reply>((resolve) => {
        waiting.set(id, resolve);
        const whose = session === undefined ? {} : { sessionId: session };
        socket.send(JSON.stringify({ id, method, params, ...whose }));
      });
      waiting.delete(id);
      if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`);
      return reply.result;
    },
    close: () => socket.close(),
  };
}
