/**
 * Collects what comes while the group before is being written, so that many share one commit and
 * nothing waits for company. Resolves for each when its own group is written.
 */
export function createGather<Item>(deps: {
  readonly groupMax: number;
  readonly write: (group: readonly Item[]) => Promise<void>;
}): (item: Item) => Promise<void> {
  interface Group {
    readonly items: Item[];
    readonly written: Promise<void>;
  }
  let writing: Promise<unknown> = Promise.resolve();
  let next: Group | undefined;

  const begin = (): Group => {
    const items: Item[] = [];
    const written = writing.then(() => {
      if (next?.items === items) next = undefined;
      return deps.write(items);
    });
    // Whoever added an item hears of a failure; the next group comes after it all the same.
    writing = written.catch(() => undefined);
    return { items, written };
  };

  return (item) => {
    if (next === undefined || next.items.length >= deps.groupMax) next = begin();
    next.items.push(item);
    return next.written;
  };
}
