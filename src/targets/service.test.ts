import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { businessDateOf, dayMs, parseBusinessDate, shillings, type RailId } from '#kernel';
import { sql } from '#platform/db';

import {
  createTestFoundation,
  foundationStartAt,
  type TestFoundation,
} from '../../test/support/foundation.ts';
import { isTransient } from './errors.ts';
import { createTargets, type DailyTargets } from './service.ts';
import type { TargetKind } from './target.ts';

const today = '2026-11-23';
const configured = {
  mpesa: { targetMinor: shillings(10_000), minimumMinor: shillings(8_000) },
  airtel: { targetMinor: shillings(9_000), minimumMinor: shillings(8_240) },
  combined: { targetMinor: shillings(20_000), minimumMinor: shillings(16_240) },
};

let base: TestFoundation;
let targets: DailyTargets;

beforeAll(async () => {
  base = await createTestFoundation();
});

afterAll(() => base.close());

beforeEach(async () => {
  const { executor } = base.database;
  for (const table of ['target_change', 'counter_reset', 'audit_record'])
    await sql`alter table ${sql.table(table)} disable trigger user`.execute(executor);
  for (const table of ['target_change', 'counter_reset', 'audit_record', 'event'])
    await sql`delete from ${sql.table(table)}`.execute(executor);
  for (const table of ['target_change', 'counter_reset', 'audit_record'])
    await sql`alter table ${sql.table(table)} enable trigger user`.execute(executor);
  await sql`delete from daily_revenue`.execute(executor);
  await sql`delete from hourly_revenue`.execute(executor);
  targets = createTargets({ ...base, configured });
});

interface Takings {
  readonly date?: string;
  readonly rail?: RailId;
  readonly stream?: string;
  readonly hour?: number;
  readonly shillings: number;
  readonly payments?: number;
}

/** As booking keeps it. */
async function take(takings: Takings): Promise<void> {
  const { date = today, rail = 'mpesa', stream = 'trading', hour = 9, payments = 1 } = takings;
  const amount = shillings(takings.shillings);
  await sql`
    insert into daily_revenue as d values (1, ${date}, ${rail}, ${stream}, ${payments}, ${amount})
    on conflict (business_id, business_date, rail, stream_id) do update set
      payments = d.payments + excluded.payments,
      amount_minor = d.amount_minor + excluded.amount_minor`.execute(base.database.executor);
  await sql`
    insert into hourly_revenue as h values (1, ${date}, ${hour}, ${rail}, ${payments}, ${amount})
    on conflict (business_id, business_date, hour, rail) do update set
      amount_minor = h.amount_minor + excluded.amount_minor`.execute(base.database.executor);
}

const by = { kind: 'cli' } as const;
const standingAt = (at: number) =>
  createTargets({ ...base, configured, clock: { ...base.clock, now: () => at } }).standing();

const audited = async () =>
  (await base.audit.list(base.database.executor, { limit: 10 })).map(
    ({ action, subject, detail }) => ({ action, subject, detail }),
  );
const topics = async () => (await base.outbox.after(undefined, 10)).map(({ topic }) => topic);

describe('the standing', () => {
  // Ten in the morning: 22.1 % of a usual day is in.
  it('sets confirmed money against goals', async () => {
    await take({ shillings: 2_000, stream: 'trading', payments: 4 });
    await take({ shillings: 500, stream: 'automation' });
    await take({ shillings: 1_900, rail: 'airtel', stream: 'airtime', payments: 2 });
    await take({ shillings: 700, date: '2026-11-22' });
    await take({ shillings: 30, date: '2026-11-01', rail: 'airtel', stream: 'airtime' });
    expect(await targets.standing()).toEqual({
      at: foundationStartAt,
      businessDate: today,
      today: { mpesa: 2_500_00n, airtel: 1_900_00n, combined: 4_400_00n },
      total: { mpesa: 3_200_00n, airtel: 1_930_00n, combined: 5_130_00n },
      goals: configured,
      pace: {
        mpesa: { expectedMinor: 2_210_00n, aheadMinor: 290_00n, state: 'ahead' },
        airtel: { expectedMinor: 1_989_00n, aheadMinor: -89_00n, state: 'on-pace' },
        combined: { expectedMinor: 4_420_00n, aheadMinor: -20_00n, state: 'on-pace' },
      },
      gap: { mpesa: 7_500_00n, airtel: 7_100_00n, combined: 15_600_00n },
      paceBasis: 'usual-day',
      streams: [
        { rail: 'airtel', streamId: 'airtime', payments: 2, amountMinor: 1_900_00n },
        { rail: 'mpesa', streamId: 'automation', payments: 1, amountMinor: 500_00n },
        { rail: 'mpesa', streamId: 'trading', payments: 4, amountMinor: 2_000_00n },
      ],
    });
  });

  it('of a business that has earned nothing is all zeros', async () => {
    const standing = await targets.standing();
    const nothing = { mpesa: 0n, airtel: 0n, combined: 0n };
    expect(standing).toMatchObject({ today: nothing, total: nothing, streams: [] });
    expect(standing.gap.combined).toBe(configured.combined.targetMinor);
  });

  it('begins anew at midnight in Nairobi', async () => {
    await take({ shillings: 2_500 });
    const midnight = Date.parse('2026-11-24T00:00:00+03:00');
    const [before, after] = [await standingAt(midnight - 1), await standingAt(midnight)];
    expect([before.businessDate, before.today.combined]).toEqual([today, 2_500_00n]);
    expect([after.businessDate, after.today.combined]).toEqual(['2026-11-24', 0n]);
    expect([before.pace.mpesa.expectedMinor, after.pace.mpesa.expectedMinor]).toEqual([
      10_000_00n,
      0n,
    ]);
    expect(after.total.combined).toBe(2_500_00n);
    expect(after.streams).toEqual([]);
  });

  it('has no gap once a target is passed', async () => {
    await take({ shillings: 10_001 });
    expect((await targets.standing()).gap).toEqual({
      mpesa: 0n,
      airtel: 9_000_00n,
      combined: 9_999_00n,
    });
  });

  it('answers what a rail earned on a day', async () => {
    await take({ shillings: 20 });
    await take({ shillings: 3, stream: 'automation' });
    await take({ shillings: 100, rail: 'airtel', stream: 'airtime' });
    const earnedOn = (rail: RailId, date: string) =>
      targets.earnedOn(base.database.executor, rail, date);
    expect(await earnedOn('mpesa', today)).toBe(23_00n);
    expect(await earnedOn('mpesa', '2026-11-22')).toBe(0n);
  });
});

describe('the rhythm of the business', () => {
  const daysBack = (days: number): string => businessDateOf(foundationStartAt - days * dayMs);
  /** Four fifths of a day before nine, one fifth in the evening. */
  const takeDays = async (days: readonly number[]): Promise<void> => {
    for (const day of days) {
      await take({ date: daysBack(day), hour: 8, shillings: 800 });
      await take({ date: daysBack(day), hour: 19, shillings: 200 });
    }
  };
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

  it('counts after two weeks', async () => {
    await takeDays(upTo(13));
    expect(await targets.standing()).toMatchObject({
      paceBasis: 'usual-day',
      pace: { mpesa: { expectedMinor: 2_210_00n } },
    });
    await takeDays([14]);
    expect(await targets.standing()).toMatchObject({
      paceBasis: 'history',
      pace: { mpesa: { expectedMinor: 8_000_00n }, combined: { expectedMinor: 16_000_00n } },
    });
  });

  it('is not turned round by hours in which more went back than came', async () => {
    await takeDays(upTo(14));
    for (const hour of [7, 21]) await take({ date: daysBack(1), hour, shillings: -13_000 });
    expect(await targets.standing()).toMatchObject({
      paceBasis: 'history',
      pace: { mpesa: { expectedMinor: 8_000_00n } },
    });
  });

  it('is that of the last four weeks, today and longer ago left out', async () => {
    await takeDays(upTo(13));
    await take({ shillings: 50 });
    await takeDays([29, 30, 40]);
    expect((await targets.standing()).paceBasis).toBe('usual-day');
    await take({ date: daysBack(29), hour: 23, shillings: 1_000_000 });
    await takeDays([28]);
    expect(await targets.standing()).toMatchObject({
      paceBasis: 'history',
      pace: { mpesa: { expectedMinor: 8_000_00n } },
    });
  });
});

describe('setting a target', () => {
  const set = (kind: TargetKind, amountMinor: bigint) => targets.set({ kind, amountMinor, by });

  it('goes before the configuration, the newest last', async () => {
    await set('mpesa', shillings(11_000));
    await set('mpesa', shillings(11_500));
    await set('combined', shillings(20_500));
    expect((await targets.standing()).goals).toEqual({
      mpesa: { targetMinor: shillings(11_500), minimumMinor: shillings(8_000) },
      airtel: configured.airtel,
      combined: { targetMinor: shillings(20_500), minimumMinor: shillings(16_240) },
    });
  });

  it('is audited, with what it was before', async () => {
    await set('mpesa', shillings(11_000));
    await set('mpesa', shillings(12_000));
    expect(await audited()).toEqual([
      {
        action: 'target.changed',
        subject: 'target:mpesa',
        detail: { from: 'KES 11,000', to: 'KES 12,000' },
      },
      {
        action: 'target.changed',
        subject: 'target:mpesa',
        detail: { from: 'KES 10,000', to: 'KES 11,000' },
      },
    ]);
    expect(await topics()).toEqual(['target.changed', 'target.changed']);
  });

  it('notes when the rails do not add up to the combined target', async () => {
    expect(await set('mpesa', shillings(11_000))).toEqual({ ok: true, value: [] });
    expect(await set('airtel', shillings(9_500))).toEqual({
      ok: true,
      value: ['M-Pesa and Airtel together aim at KES 20,500, the combined target is KES 20,000.'],
    });
    expect(await set('combined', shillings(20_500))).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['nothing', 0n, { kind: 'amount-not-above-zero' }],
    ['less than nothing', -1n, { kind: 'amount-not-above-zero' }],
    [
      'more than there is',
      shillings(1_000_000_000) + 1n,
      { kind: 'amount-too-large', maxMinor: shillings(1_000_000_000) },
    ],
    [
      'less than the minimum',
      shillings(8_000) - 1n,
      { kind: 'below-minimum', target: 'mpesa', minimumMinor: shillings(8_000) },
    ],
  ])('to %s is refused', async (_what, amountMinor, error) => {
    const refused = await set('mpesa', amountMinor);
    expect(refused).toEqual({ ok: false, error });
    expect(!refused.ok && isTransient(refused.error)).toBe(false);
    expect((await targets.standing()).goals).toEqual(configured);
    expect(await audited()).toEqual([]);
  });

  it.each([shillings(8_000), shillings(1_000_000_000)])(
    'to %d is within bounds',
    async (amount) => {
      expect((await set('mpesa', amount)).ok).toBe(true);
    },
  );
});

describe('a reset', () => {
  it('starts the counters at zero, and leaves facts as they are', async () => {
    await take({ shillings: 2_500 });
    await take({ shillings: 900, rail: 'airtel', stream: 'airtime' });
    expect(await targets.reset(by)).toEqual({
      mpesa: 2_500_00n,
      airtel: 900_00n,
      combined: 3_400_00n,
    });
    const standing = await targets.standing();
    expect(standing.today).toEqual({ mpesa: 0n, airtel: 0n, combined: 0n });
    expect(standing.total.combined).toBe(3_400_00n);
    expect(standing.streams).toHaveLength(2);
    expect(await targets.earnedOn(base.database.executor, 'mpesa', today)).toBe(2_500_00n);
  });

  it('may be repeated; each closes what came since', async () => {
    await take({ shillings: 2_500 });
    await targets.reset(by);
    await take({ shillings: 100 });
    expect((await targets.standing()).today.mpesa).toBe(100_00n);
    expect((await targets.reset(by)).mpesa).toBe(100_00n);
    await take({ shillings: 7 });
    expect((await targets.standing()).today.mpesa).toBe(7_00n);
  });

  it('holds for its day only', async () => {
    await take({ shillings: 2_500 });
    await targets.reset(by);
    await take({ shillings: 40, date: '2026-11-24' });
    const tomorrow = await standingAt(foundationStartAt + dayMs);
    expect(tomorrow.today.mpesa).toBe(40_00n);
  });

  it('is audited and told', async () => {
    await take({ shillings: 2_500 });
    await targets.reset(by);
    expect(await audited()).toEqual([
      {
        action: 'counter.reset',
        subject: `day:${today}`,
        detail: { mpesa: 'KES 2,500', airtel: 'KES 0' },
      },
    ]);
    expect(await topics()).toEqual(['counter.reset']);
  });
});

describe('the history', () => {
  it('has hours, days and growth beside the same weekday', async () => {
    await take({ shillings: 300, hour: 8, payments: 2 });
    await take({ shillings: 50, hour: 8, rail: 'airtel' });
    // The hour that is not over: shown, and not compared.
    await take({ shillings: 999, hour: 10 });
    await take({ date: '2026-11-16', shillings: 200, hour: 8 });
    await take({ date: '2026-11-16', shillings: 5_000, hour: 20 });
    await take({ date: '2026-10-01', shillings: 1 });
    const history = await targets.history({ date: undefined, days: 28 });
    expect(history.hours[8]).toEqual({ mpesa: shillings(300), airtel: shillings(50) });
    expect(history.hours[10]?.mpesa).toBe(shillings(999));
    expect(history.compared).toMatchObject({ date: '2026-11-16', known: true, untilHour: 10 });
    expect(history.compared.growth.combined).toEqual({
      nowMinor: shillings(350),
      thenMinor: shillings(200),
      share: 0.75,
    });
    expect(history.days.map(({ date, payments }) => [date, payments])).toEqual([
      ['2026-11-16', 2],
      ['2026-11-23', 4],
    ]);
    expect(history.days[1]?.takings.combined).toBe(shillings(1_349));
  });

  it('compares whole days of the past, and says where the books do not go back', async () => {
    await take({ date: '2026-11-20', shillings: 10, hour: 23 });
    const past = await targets.history({ date: parsed('2026-11-20'), days: 1 });
    expect(past.compared).toMatchObject({ known: false, untilHour: 24 });
    expect(past.compared.growth.combined.share).toBeUndefined();
    const empty = await targets.history({ date: parsed('2026-11-22'), days: 1 });
    expect(empty.days).toEqual([]);
  });
});

function parsed(text: string) {
  const date = parseBusinessDate(text);
  if (!date.ok) throw new Error(text);
  return date.value;
}
