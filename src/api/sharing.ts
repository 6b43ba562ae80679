/** Runs `work` for whoever asks; those who ask while it runs get the same answer. */
export function sharing<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}
