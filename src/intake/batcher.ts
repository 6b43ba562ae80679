/**
 * Collects items while the previous group is being written, so that many share one commit, without
 * ever waiting for company: an idle writer starts at once.
 */
export interface Batcher<Item> {
  /** Resolves once the item's own group is written. */
  add(item: Item): Promise<void>;
  readonly queued: number;
  /** Waits until everything added so far is written. */
  drain(): Promise<void>;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher<Item>(deps: {
  readonly groupMax: number;
  readonly write: (group: readonly Item[]) => Promise<void>;
}): Batcher<Item> {
  let waiting: Waiting<Item>[] = [];
  let running: Promise<void> | undefined;

  const writeGroup = async (group: readonly Waiting<Item>[]): Promise<void> => {
    try {
      await deps.write(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.slice(0, deps.groupMax);
      waiting = waiting.slice(deps.groupMax);
      await writeGroup(group);
    }
    running = undefined;
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        // Everything that arrives in this turn of the loop joins the first group.
        running ??= Promise.resolve().then(run);
      }),
    get queued() {
      return waiting.length;
    },
    drain: async () => {
      await running;
    },
  };
}
