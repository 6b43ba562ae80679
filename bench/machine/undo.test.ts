import { expect, it } from 'vitest';

import { remember } from './undo.ts';

it('what is remembered is undone once, whoever asks', async () => {
  let times = 0;
  const undo = remember(() => {
    times += 1;
    return Promise.resolve();
  });
  await Promise.all([undo(), undo()]);
  await undo();
  expect(times).toBe(1);
});
