const prefix = '#/components/schemas/';

interface Document {
  readonly paths: unknown;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/**
 * The generator describes every schema twice, as it is read and as it is written (`…Input`). Only
 * what some route refers to is kept, and an `Input` that has no twin left goes by its plain name.
 */
export function tidyDocument(generated: object): Readonly<Record<string, unknown>> {
  const document = parseDocument(JSON.stringify(generated));
  const { schemas } = document.components;
  const kept = reachable(document.paths, schemas);
  const nameOf = (name: string): string => {
    const plain = name.replace(/Input$/, '');
    return kept.has(plain) ? name : plain;
  };
  const tidy = {
    ...document,
    components: {
      ...document.components,
      schemas: Object.fromEntries(
        [...kept].toSorted().map((name) => [nameOf(name), schemas[name]]),
      ),
    },
  };
  const renamed = JSON.stringify(tidy, (key, value: unknown) =>
    key === '$ref' && typeof value === 'string'
      ? `${prefix}${nameOf(value.slice(prefix.length))}`
      : value,
  );
  return { ...parseDocument(renamed) };
}

function reachable(
  start: unknown,
  schemas: Document['components']['schemas'],
): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = [start];
  // Ends: every name is queued at most once.
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    for (const name of referencesIn(part)) {
      if (found.has(name)) continue;
      found.add(name);
      queue.push(schemas[name]);
    }
  }
  return found;
}

function referencesIn(part: unknown): readonly string[] {
  const names: string[] = [];
  JSON.stringify(part, (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string') names.push(value.slice(prefix.length));
    return value;
  });
  return names;
}

/** Our own document, as the generator wrote it. */
function parseDocument(text: string): Document {
  return JSON.parse(text) as Document;
}
