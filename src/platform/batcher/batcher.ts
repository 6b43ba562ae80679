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
  let writing = 0;
  let startsSoon = false;
  let drained: (() => void)[] = [];

  const writeGroup = async (group: readonly Waiting<Item>[]): Promise<void> => {
    try {
      await deps.write(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    writing -= 1;
    startGroups();
  };

  const mayStart = (): boolean =>
    writing === 0
      ? waiting.length > 0
      : writing < deps.groupsAtOnce && waiting.length >= deps.companyMin;

  const startGroups = (): void => {
    while (mayStart()) {
      const group = waiting.slice(0, deps.groupMax);
      waiting = waiting.slice(deps.groupMax);
      writing += 1;
      void writeGroup(group);
    }
    if (writing > 0) return;
    for (const resolve of drained) resolve();
    drained = [];
  };

  /** Everything that arrives in this turn of the loop joins the first group. */
  const startSoon = async (): Promise<void> => {
    if (startsSoon) return;
    startsSoon = true;
    await Promise.resolve();
    startsSoon = false;
    startGroups();
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        void startSoon();
      }),
    get queued() {
      return waiting.length;
    },
    drain: () =>
      writing === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => void drained.push(resolve)),
  };
}
