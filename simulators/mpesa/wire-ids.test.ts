import { expect, it } from 'vitest';
import { createPrng, parseCompactNairobi } from '#kernel';
import { createRig, payerMsisdn, testStartAt } from './test-kit.ts';
import { createWireIds, placeholderReceipt, receiptDateOf } from './wire-ids.ts';

const at = (stamp: string): number => {
  const parsed = parseCompactNairobi(stamp);
  if (!parsed.ok) throw new Error(stamp);
  return parsed.value;
};

it.each([
  ['20261002120000', 'UJ2'],
  ['20240706120000', 'SG6'],
  ['20231121121325', 'RKL'],
  ['20191219102115', 'NLJ'],
  ['20230426000000', 'RDQ'],
  ['20261231235959', 'ULV'],
  ['20250101000000', 'TA1'],
])('dates a receipt of %s in East Africa Time as %s', (stamp, prefix) => {
  expect(receiptDateOf(at(stamp))).toBe(prefix);
});

it('changes the day at midnight in Nairobi, not in Greenwich', () => {
  expect(receiptDateOf(at('20261123235959'))).toBe('UKN');
  expect(receiptDateOf(at('20261123235959') + 1000)).toBe('UKO');
});

it('makes ids in the shapes of the captures', async () => {
  const rig = await createRig();
  const ids = createWireIds({ store: rig.store, prng: createPrng(1) });
  expect(ids.receipt(testStartAt)).toMatch(/^UKN[0-9A-Z]{7}$/);
  expect(ids.requestId()).toMatch(/^[0-9a-f]{4}(-[0-9a-f]{4}){2}-[0-9a-f]{12}\d+$/);
  expect(ids.conversationId(testStartAt)).toMatch(/^AG_20261123_[0-9a-f]{20}$/);
  expect(ids.checkoutRequestId(testStartAt, payerMsisdn)).toBe('ws_CO_231120260800000712345678');
  expect(placeholderReceipt(testStartAt)).toBe('UKN0000000');
  await rig.close();
});

it('never repeats a receipt, also after a restart', async () => {
  const rig = await createRig();
  const draw = (store: typeof rig.store) => {
    const ids = createWireIds({ store, prng: createPrng(1) });
    return Array.from({ length: 500 }, () => ids.receipt(testStartAt));
  };
  const before = draw(rig.store);
  const again = await rig.crashAndRestart();
  const seen = new Set([...before, ...draw(again.store)]);
  expect(seen.size).toBe(1000);
  await again.close();
});
