/**
 * Collects items while others are being written, so that many share one commit, without ever
 * waiting for company: an idle writer starts at once.
 */
export interface Batcher<Item> {
  /** Resolves once the item's own group is written. */
  add(item: Item): Promise<void>;
  readonly queued: number;
  /** Waits until everything added so far is written. */
  drain(): Promise<void>;
}

export interface BatcherDeps<Item> {
  readonly groupMax: number;
  /** Groups that are written side by side at most: one is made ready while another is stored. */
  readonly groupsAtOnce: number;
  /** Fewer than that wait for the group that is being written: two small ones cost more. */
  readonly companyMin: number;
  readonly write: (group: readonly Item[]) => Promise<void>;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher<Item>(deps: BatcherDeps<Item>): Batcher<Item> {
  let waiting: Waiting<Item>[] = [];
  let startsSoon = false;
  const writing = new Set<Promise<void>>();

  const writeGroup = async (group: readonly Waiting<Item>[]): Promise<void> => {
    try {
      await deps.write(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const mayStart = (): boolean =>
    writing.size === 0
      ? waiting.length > 0
      : writing.size < deps.groupsAtOnce && waiting.length >= deps.companyMin;

  const startGroups = (): void => {
    while (mayStart()) {
      const group = waiting.slice(0, deps.groupMax);
      waiting = waiting.slice(deps.groupMax);
      const written = writeGroup(group).then(() => {
        writing.delete(written);
        startGroups();
      });
      writing.add(written);
    }
  };

  /** Everything that arrives in this turn of the loop joins the first group. */
  const startSoon = (): void => {
    if (startsSoon) return;
    startsSoon = true;
    void Promise.resolve().then(() => {
      startsSoon = false;
      startGroups();
    });
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        startSoon();
      }),
    get queued() {
      return waiting.length;
    },
    drain: async () => {
      // Ends: nothing is added any more, and each turn waits for groups that were being written.
      while (startsSoon || writing.size > 0) {
        await Promise.resolve();
        await Promise.all(writing);
      }
    },
  };
}
