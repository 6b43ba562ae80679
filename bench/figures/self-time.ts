import type { CpuProfile, ProfileNode } from '../machine/inspector.ts';

/** How much of the time, from 0 to 1, was spent in one thing itself. */
export interface SelfTime {
  readonly name: string;
  readonly share: number;
}

/** What a place in the code belongs to: the first that fits. */
const groups: readonly (readonly [group: string, pattern: RegExp])[] = [
  ['idle', /^\(idle\) /],
  ['garbage collection', /^\(garbage collector\) /],
  ['logging', /node_modules\/(pino|sonic-boom|thread-stream)|platform\/log\//],
  [
    'Fastify and its plugins',
    /node_modules\/(fastify|@fastify|find-my-way|avvio|light-my-request)/,
  ],
  ['Kysely', /node_modules\/kysely\//],
  ['pg: protocol and pool', /node_modules\/(pg|pg-[a-z]+|postgres-[a-z]+)\//],
  ['Zod', /node_modules\/zod\//],
  ['ids', /src\/kernel\/ids\.ts/],
  ['Temporal and dates', /kernel\/(clock|business-day)\.ts|temporal/i],
  ['encryption and hashing', /node:internal\/crypto|src\/security\/|src\/audit\//],
  ['HTTP of Node', /node:_http|node:internal\/http|^(parserOnHeadersComplete|parserOnBody) /],
  ['sockets and streams of Node', /node:(net|internal\/streams|internal\/stream|stream)/],
  ['buffers of Node', /node:(buffer|internal\/buffer)/],
  ['other parts of Node', /node:/],
  ['reading callbacks (rails)', /src\/rails\//],
  ['SQL of the stores', /src\/.*store\.ts/],
  ['rest of the engine', /src\//],
  ['other packages', /node_modules\//],
];

const placeOf = ({ callFrame }: ProfileNode): string => {
  const { functionName, url, lineNumber } = callFrame;
  const file = url.replace(/^.*\/(node_modules|src)\//, '$1/');
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? `${name} ` : `${name} ${file}:${lineNumber + 1}`;
};

const groupOf = (place: string): string =>
  groups.find(([, pattern]) => pattern.test(place))?.[0] ?? 'V8 and native code';

function sharesOf(times: ReadonlyMap<string, number>): readonly SelfTime[] {
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([name, time]) => ({ name, share: total === 0 ? 0 : time / total }))
    .toSorted((one, other) => other.share - one.share);
}

/** By function and by group, the longest first; time without work is left out of both. */
export function selfTimesOf(profile: CpuProfile): {
  readonly functions: readonly SelfTime[];
  readonly groups: readonly SelfTime[];
  readonly idleShare: number;
} {
  const places = new Map(profile.nodes.map((node) => [node.id, placeOf(node)]));
  const callers = callerPlaces(profile.nodes, places);
  const byFunction = new Map<string, number>();
  const byGroup = new Map<string, number>();
  let idle = 0;
  let total = 0;
  for (const [n, id] of profile.samples.entries()) {
    const time = Math.max(0, profile.timeDeltas[n] ?? 0);
    const place = places.get(id) ?? '';
    total += time;
    if (groupOf(place) === 'idle') {
      idle += time;
      continue;
    }
    byFunction.set(place, (byFunction.get(place) ?? 0) + time);
    // Native code without a file counts for whoever called it.
    const group = groupOf(place);
    const owner = group === 'V8 and native code' ? groupOf(callers.get(id) ?? '') : group;
    byGroup.set(owner, (byGroup.get(owner) ?? 0) + time);
  }
  return {
    functions: sharesOf(byFunction),
    groups: sharesOf(byGroup),
    idleShare: total === 0 ? 0 : idle / total,
  };
}

/** For every node the nearest one above it that has a file. */
function callerPlaces(
  nodes: readonly ProfileNode[],
  places: ReadonlyMap<number, string>,
): ReadonlyMap<number, string> {
  const parents = new Map(
    nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)),
  );
  const callerOf = (id: number): string => {
    for (let at = parents.get(id); at !== undefined; at = parents.get(at)) {
      const place = places.get(at) ?? '';
      if (/:\d+$/.test(place)) return place;
    }
    return '';
  };
  return new Map(nodes.map(({ id }) => [id, callerOf(id)]));
}
