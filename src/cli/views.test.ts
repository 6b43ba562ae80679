import { describe, expect, it } from 'vitest';

import type { FixAsked } from '#api/contract';
import type { Check } from '#platform/config';

import { autoconfigView } from './autoconfig-view.ts';
import type { ExceptionView } from './deps.ts';
import { exceptionsView, exceptionView, fixView } from './exception-view.ts';
import { testException, testFixAnswer } from './exceptions-test-kit.ts';
import { addressesView, transfersView } from './list-view.ts';
import { proofView } from './proof-view.ts';
import { startView, stepLine } from './start-view.ts';
import { testWeather } from './status-test-kit.ts';
import { testAddresses, createTestEngine, plainPen, testConfigured } from './test-kit.ts';
import { traceView } from './trace-view.ts';
import { testChargeTrace, testPaymentTrace, testTransferTrace } from './traces-test-kit.ts';
import { validateView } from './validate-view.ts';
import { closedWords, weatherView } from './weather-view.ts';

const text = (lines: readonly string[]): string => lines.join('\n');

describe('start', () => {
  const started = createTestEngine({ firstStart: testConfigured });
  const view = (columns: number): string =>
    text(startView(started, { detach: false, tookMs: 4_200 }, plainPen(columns)));

  it('fits a phone, but for the command that is copied', () => {
    expect(view(40)).toMatchInlineSnapshot(`
      "
      ✓ ready in 4.2 s

      SANDBOX · simulated, no real money

      Screen
        http://127.0.0.1:7788
      Master key
        qmk_correct-horse-battery
        Shown once and kept
        nowhere. Write it down:
        whoever has it commands
        the engine.
      Configured
        3 settings written to
        /srv/qmoi/.env
      Log
        logs/revenue_engine.log
      Status
        npm run revenue:status
      Stop
        Ctrl-C, or npm run
        revenue:stop in another
        window
      "
    `);
  });

  it('fits a terminal', () => {
    expect(view(80)).toMatchInlineSnapshot(`
      "
      ✓ ready in 4.2 s

      SANDBOX · simulated, no real money

      Screen      http://127.0.0.1:7788
      Master key  qmk_correct-horse-battery
                  Shown once and kept nowhere. Write it down: whoever has it
                  commands the engine.
      Configured  3 settings written to /srv/qmoi/.env
      Log         logs/revenue_engine.log
      Status      npm run revenue:status
      Stop        Ctrl-C, or npm run revenue:stop in another window
      "
    `);
  });

  it('uses a wide screen', () => {
    expect(view(120)).toMatchInlineSnapshot(`
      "
      ✓ ready in 4.2 s

      SANDBOX · simulated, no real money

      Screen      http://127.0.0.1:7788
      Master key  qmk_correct-horse-battery
                  Shown once and kept nowhere. Write it down: whoever has it commands the engine.
      Configured  3 settings written to /srv/qmoi/.env
      Log         logs/revenue_engine.log
      Status      npm run revenue:status
      Stop        Ctrl-C, or npm run revenue:stop in another window
      "
    `);
  });

  it('shows no key on a later start, and how to stop what runs unseen', () => {
    const later = startView(createTestEngine(), { detach: true, tookMs: 900 }, plainPen(80));
    expect(text(later)).not.toContain('Master key');
    expect(text(later)).toContain('ready in 0.9 s in the background, process 4711');
    expect(text(later)).toMatch(/^Stop +npm run revenue:stop$/m);
  });

  it('names no address where none is listened on', () => {
    const worker = createTestEngine({ url: undefined });
    const lines = startView(worker, { detach: false, tookMs: 900 }, plainPen(80));
    expect(text(lines)).not.toMatch(/Screen/);
  });

  it('tells a step with the time it was reached', () => {
    expect(stepLine('database ready', 940, plainPen(80))).toBe('✓ database ready (0.9 s)');
  });
});

describe('validate', () => {
  const checks: readonly Check[] = [
    { name: 'Node', verdict: 'pass', cause: 'Node 26.10.0 runs.' },
    {
      name: 'MPESA_PHONE_NUMBER',
      verdict: 'warn',
      cause: 'The M-Pesa payout number lies in an Airtel range.',
      fix: 'Confirm a KES 10 test transfer first.',
    },
    {
      name: 'Port',
      verdict: 'fail',
      cause: 'Port 7788 is taken.',
      fix: 'Set QMOI_PORT to a free port.',
    },
  ];

  it('lists cause and fix on a phone', () => {
    expect(text(validateView(checks, plainPen(40)))).toMatchInlineSnapshot(`
      "✓ Node
        Node 26.10.0 runs.
      ⚠ MPESA_PHONE_NUMBER
        The M-Pesa payout number lies in an
        Airtel range.
        Fix: Confirm a KES 10 test transfer
        first.
      ✗ Port
        Port 7788 is taken.
        Fix: Set QMOI_PORT to a free port.

      1 check passed, 1 warning, 1 failed"
    `);
  });

  it('sums up', () => {
    const passed = checks.slice(0, 1);
    expect(validateView(passed, plainPen(80)).at(-1)).toBe('1 check passed, 0 warnings, 0 failed');
    expect(validateView(checks, plainPen(80)).at(-1)).toBe('1 check passed, 1 warning, 1 failed');
  });
});

describe('autoconfig', () => {
  it('tells what was written, what was kept, and the key once', () => {
    expect(text(autoconfigView(testConfigured, plainPen(80)))).toMatchInlineSnapshot(`
      "✓ configured

      Files       /srv/qmoi/.env created
                  /srv/qmoi/targets.json created
      Written     QMOI_MODE, QMOI_MASTER_SECRET, QMOI_MASTER_KEY_HASH
      Kept        MPESA_PASSKEY
      Master key  qmk_correct-horse-battery
                  Shown once and kept nowhere. Write it down: whoever has it
                  commands the engine.
      Next        npm run qmoi:validate
                  npm run revenue:start"
    `);
  });

  it('tells that nothing was lacking', () => {
    const { envFile, targetsFile } = testConfigured;
    const done = {
      envFile: { ...envFile, created: false },
      targetsFile: { ...targetsFile, created: false },
      written: [],
      kept: testConfigured.written,
      masterKey: undefined,
    };
    const view = text(autoconfigView(done, plainPen(80)));
    expect(view).toContain('/srv/qmoi/.env left as it was');
    expect(view).toMatch(/^Written +nothing$/m);
    expect(view).not.toContain('Master key');
  });
});

it('names the checks that the books fail', () => {
  const checks = [
    { name: 'trial-balance', ok: true, detail: 'all entries sum to zero in every currency' },
    { name: 'audit', ok: false, detail: 'changed since they were written: au_1' },
  ];
  expect(text(proofView(checks, plainPen(80)))).toMatchInlineSnapshot(`
    "✓ trial-balance
      all entries sum to zero in every currency
    ✗ audit
      changed since they were written: au_1

    The books do not prove: 1 of 2 checks failed."
  `);
});

describe('trace', () => {
  it('follows a payment from the charge to the entries', () => {
    const found = { kind: 'payment', trace: testPaymentTrace } as const;
    expect(text(traceView(found, plainPen(80)))).toMatchInlineSnapshot(`
      "KES 450 in by M-Pesa, receipt TKN0AB12CD
      2026-11-23 14:03

      14:03:50 charge ch_0000000000001
        paid · KES 450 · ai-services · reference 7K2M9QXD
      14:03:51 prompt pr_0000000000001
        paid · code 0 · provider id ws_CO_231120261403
      14:04:00 callback cb_0000000000001
        stk-result · sha256 0123456789abcdef
      14:04:00 payment pay_0000000000001
        earned · KES 450 · receipt TKN0AB12CD · from 2547•••••149
        learned by stk-callback
      14:04:00 evidence
        callback · from cb_0000000000001
      14:04:00 entries tx_0000000000001
        payment
        rail:mpesa:collection                                +450.00
        revenue:ai-services                                  -450.00"
    `);
  });

  it('follows a transfer on a phone', () => {
    const found = { kind: 'transfer', trace: testTransferTrace } as const;
    expect(text(traceView(found, plainPen(40)))).toMatchInlineSnapshot(`
      "KES 2,000 out by M-Pesa
      2026-11-23 14:00

      14:00:00 transfer tr_0000000000001
        completed · KES 2,000
        to 2547•••••001 · daily transfer
        receipt TKN4XQ81ZB
      14:00:04 callback cb_0000000000001
        payout-result
        sha256 0123456789abcdef
      14:00:04 evidence
        callback · from cb_0000000000001
      14:00:04 entries tx_0000000000001
        transfer-completed
        owner:drawings:mpesa          +2000.00
        transfer:in_flight:mpesa      -2000.00"
    `);
  });

  it('leads from a charge to its payments', () => {
    const found = { kind: 'charge', trace: testChargeTrace } as const;
    expect(traceView(found, plainPen(80)).at(-1)).toBe(
      'Its payment: npx qmoi trace pay_0000000000001',
    );
  });
});

describe('lists', () => {
  it('tells what to look at, and what was', () => {
    const resolved: ExceptionView = {
      ...testException,
      suggestions: [],
      state: 'resolved',
      rail: null,
      amountDecimal: null,
    };
    expect(text(exceptionsView([testException, resolved], plainPen(80)))).toMatchInlineSnapshot(`
      "⚠ unknown-reference, KES 350.50  ex_0000000000001
        Money came for an account number nobody uses.
        M-Pesa, pay_0000000000002, since 2026-11-23 13:00
        The same phone owes exactly this much.
          npx qmoi exceptions fix ex_0000000000001 --match ch_0000000000001 --reason "…"
      ✓ unknown-reference  ex_0000000000001
        Money came for an account number nobody uses.
        engine, pay_0000000000002, since 2026-11-23 13:00"
    `);
  });

  it('shows one with all that could be done', () => {
    const { fix: _, ...trace } = testFixAnswer;
    const shown = { ...trace, exception: testException };
    expect(text(exceptionView(shown, plainPen(80)))).toMatchInlineSnapshot(`
      "⚠ unknown-reference, KES 350.50  ex_0000000000001
        Money came for an account number nobody uses. It earns nothing.
        M-Pesa, pay_0000000000002, since 2026-11-23 13:00

      pay_0000000000002: KES 350.50, receipt TKN0AB12CD, suspense, KES 0 earned
        KES 300 for ch_0000000000001, ai-services, KES 20 waived
      Done so far
        2026-11-23 14:05 match fx_0000000000001 by cli: She called
      Suggestions
        The same phone owes exactly this much.
          npx qmoi exceptions fix ex_0000000000001 --match ch_0000000000001 --reason "…"
        The payer is known.
          npx qmoi exceptions fix ex_0000000000001 --customer --reason "…"
        Nobody knows what it was for.
          npx qmoi exceptions fix ex_0000000000001 --refund rest --reason "…"
      What can be done about it: match, refund, keep."
    `);
  });

  it('tells what a fix did and how to take it back', () => {
    expect(text(fixView(testFixAnswer, plainPen(80)))).toMatchInlineSnapshot(`
      "✓ match fx_0000000000001
      pay_0000000000002: KES 350.50, receipt TKN0AB12CD, suspense, KES 0 earned
        KES 300 for ch_0000000000001, ai-services, KES 20 waived
      The exception is resolved.
      Take it back:
        npx qmoi exceptions undo ex_0000000000001 --reason "…""
    `);
    const transferId = 'tr_0000000000001';
    const refund = { ...testFixAnswer.fix, kind: 'refund', transferId };
    expect(text(fixView({ ...testFixAnswer, fix: refund }, plainPen(80)))).toContain(
      `npx qmoi trace ${transferId}`,
    );
  });

  it.each([
    [
      {
        kind: 'match',
        allocations: [{ chargeId: 'ch_1' }, { chargeId: 'ch_2', amountDecimal: '5.50' }],
        rest: 'stays',
      },
      '--match ch_1 --match ch_2=5.50 --reason',
    ],
    [
      {
        kind: 'match',
        allocations: [{ chargeId: 'ch_1', amountDecimal: '5.00', paymentId: 'pay_1' }],
        rest: 'credit',
      },
      '--match ch_1=5.00@pay_1 --rest credit --reason',
    ],
    [{ kind: 'accept-short' }, '--accept-short --reason'],
    [{ kind: 'accept-short', chargeId: 'ch_1' }, '--accept-short ch_1'],
    [{ kind: 'assign-stream', stream: 'trading' }, '--stream trading'],
    [{ kind: 'assign-customer', phone: '0712' }, '--customer 0712'],
    [{ kind: 'refund', part: 'whole' }, '--refund --reason'],
    [{ kind: 'keep' }, '--keep'],
    [{ kind: 'dismiss' }, '--dismiss'],
  ] satisfies [FixAsked, string][])('names the command of %j', (fix, flags) => {
    const suggestion = { fix, why: 'Because.', reason: { kind: 'payer-known' } } as const;
    const suggested = { ...testException, suggestions: [suggestion] };
    expect(text(exceptionsView([suggested], plainPen(80)))).toContain(
      `npx qmoi exceptions fix ex_0000000000001 ${flags}`,
    );
  });

  it('says that there is nothing', () => {
    expect(exceptionsView([], plainPen(80))).toEqual(['✓ Nothing to look at.']);
    expect(transfersView([], plainPen(80))).toEqual(['No transfers yet.']);
  });

  it('sets transfers in columns on a wide screen', () => {
    const lines = transfersView([testTransferTrace.transfer], plainPen(120));
    expect(text(lines)).toMatchInlineSnapshot(`
      "Transfer          When              Rail       Amount  Kind  State      Receipt
      tr_0000000000001  2026-11-23 14:00  M-Pesa  KES 2,000  auto  completed  TKN4XQ81ZB"
    `);
  });

  it('sets transfers in blocks on a phone', () => {
    const lines = transfersView([testTransferTrace.transfer], plainPen(40));
    expect(text(lines)).toMatchInlineSnapshot(`
      "tr_0000000000001
        when: 2026-11-23 14:00
        rail: M-Pesa
        amount: KES 2,000
        kind: auto
        state: completed
        receipt: TKN4XQ81ZB"
    `);
  });
});

it('shows a callback address on a line of its own, whole', () => {
  const lines = addressesView(testAddresses, plainPen(40));
  expect(lines).toContain('  https://shop.example/hooks/airtel-result/0a1b');
  expect(lines[0]).toBe('Airtel Money, results');
});

describe('the weather', () => {
  const [sky] = testWeather.rails;
  const view = (columns: number, more: Partial<NonNullable<typeof sky>> = {}): string =>
    text(
      weatherView(
        { ...testWeather, rails: sky === undefined ? [] : [{ ...sky, ...more }] },
        plainPen(columns),
      ),
    );

  it('is a line for each rail and a table of hours', () => {
    const told = view(130).replaceAll(/ +/g, ' ').split('\n');
    expect(told.slice(0, 2)).toEqual([
      'M-Pesa',
      ' ⚠ changeable · 120 calls, 8 unheard · mostly timeout · 97 % called back after 9.0 s',
    ]);
    expect(told.slice(-2)).toEqual([
      'Hour Rail Call Calls Ok Refused Our fault Unknown Half in 95 % in Codes',
      '2026-11-23 14:00 M-Pesa prompt 120 110 2 0 8 0.8 s 3.0 s timeout (8), 500.003.02 (2)',
    ]);
  });

  it('fits a phone', () => {
    for (const line of view(40).split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('names the worst code, what is held back until when, and a password that runs out', () => {
    const told = view(100, {
      sky: 'closed',
      worstCode: '8006',
      meaning: 'The operator is locked.',
      advice: 'Have it unlocked.',
      passwordDaysLeft: 1,
      heldBack: [
        {
          lane: 'money-out',
          state: 'open',
          cause: 'locked-out',
          code: '8006',
          openedAt: '2026-11-23T11:00:00.000Z',
          until: null,
        },
        {
          lane: 'prompts',
          state: 'open',
          cause: 'failing',
          code: 'timeout',
          openedAt: '2026-11-23T11:00:00.000Z',
          until: '2026-11-23T11:06:00.000Z',
        },
      ],
    });
    expect(told).toContain('✗ closed');
    expect(told).toContain('money out held back until somebody closes it (8006)');
    expect(told).toContain('prompts held back (timeout), tried again at 14:06:00');
    expect(told).toContain("the operator's password runs out in 1 day");
    expect(told).toContain('8006: The operator is locked.');
    expect(told).toContain('Have it unlocked.');
  });

  it.each([
    [15, ''],
    [14, 'runs out in 14 days'],
    [0, 'has run out'],
    [-5, 'has run out'],
  ])('with %i days of a password left says “%s”', (passwordDaysLeft, words) => {
    const told = view(100, { passwordDaysLeft });
    expect(told.includes('password')).toBe(words !== '');
    expect(told).toContain(words);
  });

  it('is empty before the first call', () => {
    const unknown = { sky: 'unknown', calls: 0, unheard: 0, callbackShare: null } as const;
    const rails = sky === undefined ? [] : [{ ...sky, ...unknown, worstCode: null }];
    expect(text(weatherView({ rails, hours: [] }, plainPen(80)))).toBe(
      'M-Pesa\n  no calls yet\n\nNo calls yet.',
    );
  });

  it('says what was let out again', () => {
    expect(closedWords({ rail: 'mpesa', closed: 0 })).toBe('Nothing was held back on M-Pesa.');
    expect(closedWords({ rail: 'airtel', closed: 2 })).toBe('✓ calls to Airtel Money go out again');
  });
});
