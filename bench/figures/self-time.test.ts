import { expect, it } from 'vitest';

import { selfTimesOf } from './self-time.ts';

const node = (id: number, place: readonly [name: string, url: string], children?: number[]) => ({
  id,
  callFrame: { functionName: place[0], url: place[1], lineNumber: 9 },
  ...(children === undefined ? {} : { children }),
});

it('self time goes to functions and groups, native code to its caller, idle time to nobody', () => {
  const profile = {
    nodes: [
      node(1, ['(root)', ''], [2, 3, 4]),
      node(2, ['(idle)', '']),
      node(3, ['query', 'file:///x/node_modules/pg/lib/client.js'], [5]),
      node(4, ['next', 'file:///x/src/kernel/ids.ts']),
      node(5, ['utf8Write', '']),
    ],
    samples: [2, 3, 5, 5, 4, 2],
    timeDeltas: [100, 100, 100, 100, 100, 500],
  };
  const { functions, groups, idleShare } = selfTimesOf(profile);
  expect(idleShare).toBeCloseTo(0.6);
  expect(functions).toEqual([
    { name: 'utf8Write ', share: 0.5 },
    { name: 'query node_modules/pg/lib/client.js:10', share: 0.25 },
    { name: 'next src/kernel/ids.ts:10', share: 0.25 },
  ]);
  expect(groups).toEqual([
    { name: 'pg: protocol and pool', share: 0.75 },
    { name: 'ids', share: 0.25 },
  ]);
});
