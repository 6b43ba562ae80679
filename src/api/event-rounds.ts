import type { ThreadTime } from './thread-time.ts';

export interface RoundDeps {
  /** As many sockets are written to before callbacks and requests have their turn. */
  readonly writesPerTurn: number;
  readonly threadTime: () => ThreadTime;
  /** Called after each round over all clients, with what it took of the thread's time. */
  readonly onRound: (tookMs: number) => void;
}

/** Goes round all clients, a few a turn; who is told to go during a round goes once more after. */
export function createRounds<Client>(
  clients: ReadonlySet<Client>,
  visit: (client: Client) => void,
  { writesPerTurn, threadTime, onRound }: RoundDeps,
): () => void {
  const rounds = { isOn: false, isWanted: false, tookMs: 0 };

  const start = (): readonly Client[] => {
    const everybody = rounds.isWanted ? [...clients] : [];
    rounds.isWanted = false;
    return everybody;
  };

  const end = (): void => {
    onRound(rounds.tookMs);
    rounds.tookMs = 0;
  };

  const visitSome = (some: readonly Client[]): void => {
    const { busyMs } = threadTime();
    for (const client of some) visit(client);
    rounds.tookMs += threadTime().busyMs - busyMs;
  };

  const go = (rest: readonly Client[]): void => {
    visitSome(rest.slice(0, writesPerTurn));
    if (rest.length <= writesPerTurn) end();
    const left = rest.length > writesPerTurn ? rest.slice(writesPerTurn) : start();
    if (left.length > 0) setImmediate(() => go(left));
    else rounds.isOn = false;
  };

  return () => {
    rounds.isWanted = true;
    if (rounds.isOn) return;
    rounds.isOn = true;
    go(start());
  };
}
