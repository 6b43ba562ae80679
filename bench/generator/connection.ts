import { connect, type Socket } from 'node:net';

import { createAnswerReader } from './answer.ts';

/** One kept-alive connection that carries one request at a time, and comes back when it is cut. */
export interface Connection {
  /** The connection must be idle. */
  send(request: Buffer): void;
  close(): void;
}

export interface ConnectionEvents {
  readonly onIdle: () => void;
  readonly onAnswer: (status: number) => void;
  /** The line broke while a request was under way: nobody knows what became of it. */
  readonly onBroken: () => void;
}

const reconnectAfterMs = 50;

export function openConnection(
  address: { readonly host: string; readonly port: number },
  { onIdle, onAnswer, onBroken }: ConnectionEvents,
): Connection {
  const reader = createAnswerReader();
  let socket: Socket | undefined;
  let isBusy = false;
  let isClosed = false;

  const dial = (): void => {
    if (isClosed) return;
    const dialled = connect({ ...address, noDelay: true });
    socket = dialled;
    dialled.on('connect', onIdle);
    dialled.on('data', (chunk: Buffer) => {
      const status = reader.take(chunk);
      if (status === undefined) return;
      isBusy = false;
      onAnswer(status);
      if (!isBusy && !isClosed) onIdle();
    });
    dialled.on('error', () => undefined);
    dialled.on('close', () => {
      socket = undefined;
      reader.reset();
      if (isBusy) {
        isBusy = false;
        onBroken();
      }
      setTimeout(dial, reconnectAfterMs);
    });
  };
  dial();

  return {
    send: (request) => {
      isBusy = true;
      socket?.write(request);
    },
    close: () => {
      isClosed = true;
      socket?.destroy();
    },
  };
}
