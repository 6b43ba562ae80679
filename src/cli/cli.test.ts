import { describe, expect, it } from 'vitest';

import { err, ok } from '#kernel';

import { createCli } from './cli.ts';
import { exitCodes, notRunning, type CliDeps, type Refused } from './deps.ts';
import { testStatus } from './status-test-kit.ts';
import { createDesk, createTestEngine, testConfigured } from './test-kit.ts';

const refused: Refused = {
  message: 'Port 7788 is taken.',
  fix: 'Set QMOI_PORT to a free port.',
  exitCode: exitCodes.refused,
};

/** An engine that ends as soon as it is up, so that `start` comes back. */
const ended = (): CliDeps['start'] => () =>
  Promise.resolve(
    ok(createTestEngine({ firstStart: testConfigured, untilStopped: Promise.resolve('stopped') })),
  );

describe('what is asked for', () => {
  it.each<readonly [string, readonly unknown[]]>([
    ['start --detach', ['start', { detach: true, role: 'all' }]],
    ['start --detach --role worker', ['start', { detach: true, role: 'worker' }]],
    ['stop', ['stop']],
    ['status', ['status']],
    ['autoconfig', ['autoconfigure', { newMasterKey: false }]],
    ['autoconfig --new-master-key', ['autoconfigure', { newMasterKey: true }]],
    ['validate', ['validate']],
    ['proof', ['proof']],
    ['trace TKN4XQ81ZB', ['trace', 'TKN4XQ81ZB']],
    ['exceptions', ['exceptions', { all: false, limit: 20 }]],
    ['exceptions --all --limit 200', ['exceptions', { all: true, limit: 200 }]],
    ['exceptions show ex_1 --json', ['exception', 'ex_1']],
    [
      'exceptions fix ex_1 --match ch_1 --match ch_2=300@pay_3 --rest credit --reason call',
      [
        'fixException',
        'ex_1',
        {
          fix: {
            kind: 'match',
            allocations: [
              { chargeId: 'ch_1' },
              { chargeId: 'ch_2', amountDecimal: '300', paymentId: 'pay_3' },
            ],
            rest: 'credit',
          },
          reason: 'call',
          after: undefined,
        },
      ],
    ],
    ...(
      [
        ['--accept-short', { kind: 'accept-short' }],
        ['--accept-short ch_1', { kind: 'accept-short', chargeId: 'ch_1' }],
        ['--stream trading', { kind: 'assign-stream', stream: 'trading' }],
        ['--customer 0712345678', { kind: 'assign-customer', phone: '0712345678' }],
        ['--customer', { kind: 'assign-customer' }],
        ['--refund', { kind: 'refund', part: 'whole' }],
        ['--refund rest --by payout', { kind: 'refund', part: 'rest', by: 'payout' }],
        ['--keep', { kind: 'keep' }],
        ['--dismiss', { kind: 'dismiss' }],
      ] as const
    ).map(
      ([flags, fix]) =>
        [
          `exceptions fix ex_1 --reason call --after fx_1 ${flags}`,
          ['fixException', 'ex_1', { fix, reason: 'call', after: 'fx_1' }],
        ] as const,
    ),
    ['exceptions undo ex_1 --reason oops', ['undoFix', 'ex_1', { reason: 'oops' }]],
    ['addresses', ['addresses']],
    ['weather', ['weather', { hours: 24 }]],
    ['weather --hours 6 --json', ['weather', { hours: 6 }]],
    [
      'weather close-breaker mpesa --reason unlocked',
      ['closeBreaker', { rail: 'mpesa', reason: 'unlocked' }],
    ],
    ['transfers', ['transfers', { rail: undefined, limit: 20 }]],
    ['transfers --rail airtel --limit 1', ['transfers', { rail: 'airtel', limit: 1 }]],
    [
      'transfers top-up 5,000 --rail mpesa --reason Friday',
      ['topUp', { rail: 'mpesa', amount: 5_000, reason: 'Friday' }],
    ],
    [
      'transfers settle tr_1 --completed TKN1 --reason seen',
      ['settle', { id: 'tr_1', receipt: 'TKN1', reason: 'seen' }],
    ],
    ['transfers cancel tr_1 --reason wrong', ['cancel', { id: 'tr_1', reason: 'wrong' }]],
    [
      'transfers settle tr_1 --failed --reason seen',
      ['settle', { id: 'tr_1', receipt: undefined, reason: 'seen' }],
    ],
    ['payees', ['payees']],
    [
      'payees add 0712345678 --rail airtel --label Shop',
      ['addPayee', { rail: 'airtel', phone: '0712345678', label: 'Shop' }],
    ],
    ['payees test pe_1', ['testPayee', { id: 'pe_1' }]],
    ['payees confirm pe_1 TKN1', ['confirmPayee', { id: 'pe_1', receipt: 'TKN1' }]],
  ])('%s', async (line, asked) => {
    const desk = createDesk();
    expect(await createCli(desk.deps).run(line.split(' '))).toBe(0);
    expect(desk.asked).toEqual([asked]);
    expect(desk.errors()).toBe('');
  });
});

describe('what is not understood ends with 2 and does nothing', () => {
  it.each([
    ['', 'Usage: qmoi'],
    ['statsu', "unknown command 'statsu'\n(Did you mean status?)"],
    ['status --jsno', "unknown option '--jsno'\n(Did you mean --json?)"],
    ['status now', 'too many arguments'],
    ['status --watch --json', 'cannot be used with'],
    ['start --role boss', 'Allowed choices are all, api, worker'],
    ['trace', "missing required argument 'receipt|id'"],
    ['transfers --rail visa', 'Allowed choices are mpesa, airtel'],
    ['transfers --limit 0', 'It is a number from 1 to 200.'],
    ['weather --hours 841', 'It is a number from 1 to 840.'],
    ['weather close-breaker visa --reason x', 'Allowed choices are mpesa, airtel'],
    ['weather close-breaker mpesa', "required option '--reason <text>' not specified"],
    ['transfers preview 1.5 --rail mpesa', 'It is a whole number of shillings.'],
    ['transfers preview 100', "required option '--rail <rail>' not specified"],
    ['transfers top-up --rail mpesa', "missing required argument 'amount'"],
    ['transfers settle tr_1 --completed R --failed --reason x', 'cannot be used with'],
    ['transfers settle tr_1 --failed', "required option '--reason <text>' not specified"],
    ['payees add 0712345678 --rail mpesa', "required option '--label <text>' not specified"],
    ['payees confirm pe_1', "missing required argument 'receipt'"],
    ['payees pay pe_1', 'too many arguments'],
    ['exceptions --limit 201', 'It is a number from 1 to 200.'],
    ['exceptions what', 'too many arguments'],
    ['exceptions show', "missing required argument 'id'"],
    ['exceptions fix ex_1 --keep', "required option '--reason <text>' not specified"],
    ['exceptions fix ex_1 --reason x', 'name one fix'],
    ['exceptions fix ex_1 --reason x --keep --dismiss', 'name one fix'],
    ['exceptions fix ex_1 --reason x --match 300', 'Write it as ch_…, ch_…=300 or'],
    ['exceptions fix ex_1 --reason x --refund half', 'Allowed choices are whole, rest'],
    ['exceptions --limit many', 'It is a number from 1 to 200.'],
  ])('%s', async (line, words) => {
    const desk = createDesk();
    const argv = line === '' ? [] : line.split(' ');
    expect(await createCli(desk.deps).run(argv)).toBe(exitCodes.usage);
    expect(desk.errors()).toContain(words);
    expect(desk.out()).toBe('');
    expect(desk.asked).toEqual([]);
  });
});

const verbs = [
  'start',
  'stop',
  'status',
  'autoconfig',
  'validate',
  'proof',
  'trace',
  'exceptions',
  'transfers',
  'weather',
];

it.each(verbs)('%s --help shows an example and the JSON flag', async (verb) => {
  const desk = createDesk();
  expect(await createCli(desk.deps).run([verb, '--help'])).toBe(0);
  expect(desk.out()).toContain(`Usage: qmoi ${verb}`);
  expect(desk.out()).toMatch(/\nExample:\n {2}np[mx] .+\n/);
  expect(desk.out()).toContain('--json');
  expect(desk.asked).toEqual([]);
});

it('names every verb and exit code in its help, and its version', async () => {
  const desk = createDesk();
  const cli = createCli(desk.deps);
  expect(await cli.run(['--help'])).toBe(0);
  for (const verb of verbs) expect(desk.out()).toMatch(new RegExp(`^  ${verb} `, 'm'));
  expect(desk.out()).toContain('Exit codes: 0 done, 1 refused');
  expect(await cli.run(['--version'])).toBe(0);
  expect(desk.out()).toMatch(/\n0\.1\.0\n$/);
});

const refusals: Partial<CliDeps> = {
  start: () => Promise.resolve(err(refused)),
  stop: () => Promise.resolve(err(refused)),
  status: () => Promise.resolve(err(refused)),
  autoconfigure: () => Promise.resolve(err(refused)),
  proof: () => Promise.resolve(err(refused)),
  trace: () => Promise.resolve(err(refused)),
  exceptions: () => Promise.resolve(err(refused)),
  addresses: () => Promise.resolve(err(refused)),
  transfers: () => Promise.resolve(err(refused)),
  weather: () => Promise.resolve(err(refused)),
};

describe('a refusal is a sentence and its fix, and ends with its code', () => {
  const lines = verbs
    .filter((verb) => verb !== 'validate')
    .map((verb) => (verb === 'trace' ? 'trace X' : verb));

  it.each(lines)('%s', async (line) => {
    const desk = createDesk(refusals);
    expect(await createCli(desk.deps).run(line.split(' '))).toBe(exitCodes.refused);
    expect(desk.errors()).toBe('✗ Port 7788 is taken.\n  Set QMOI_PORT to a free port.\n');
    expect(desk.out()).toBe('');
  });

  it.each(lines)('%s --json', async (line) => {
    const desk = createDesk(refusals);
    expect(await createCli(desk.deps).run([...line.split(' '), '--json'])).toBe(1);
    const { message, fix } = refused;
    expect(JSON.parse(desk.out())).toEqual({ ok: false, message, fix });
    expect(desk.errors()).toBe('');
  });

  it('without a fix', async () => {
    const only: Refused = { message: 'No.', exitCode: exitCodes.refused };
    const desk = createDesk({ stop: () => Promise.resolve(err(only)) });
    expect(await createCli(desk.deps).run(['stop'])).toBe(1);
    expect(desk.errors()).toBe('✗ No.\n');
  });
});

describe('an engine that does not run', () => {
  const gone = { status: () => Promise.resolve(err(notRunning)) };

  it('ends status with 3 and says how to start it', async () => {
    const desk = createDesk(gone);
    expect(await createCli(desk.deps).run(['status'])).toBe(exitCodes.notRunning);
    expect(desk.errors()).toContain('Start it with `npm run revenue:start`.');
  });

  it('is told to programs as well', async () => {
    const desk = createDesk(gone);
    expect(await createCli(desk.deps).run(['status', '--json'])).toBe(exitCodes.notRunning);
    expect(JSON.parse(desk.out())).toMatchObject({ ok: false, status: 'not-running' });
  });

  it('needs no stopping', async () => {
    const stop = () => Promise.resolve(ok({ wasRunning: false, tookMs: 3 }));
    const desk = createDesk({ stop });
    expect(await createCli(desk.deps).run(['stop'])).toBe(0);
    expect(desk.out()).toBe('The engine was not running.\n');
  });
});

describe('a failed check ends with 1', () => {
  const failing: Partial<CliDeps> = {
    validate: () => Promise.resolve([{ name: 'Port', verdict: 'fail', cause: 'It is taken.' }]),
    proof: () => Promise.resolve(ok([{ name: 'audit', ok: false, detail: 'changed' }])),
  };

  it.each([['validate'], ['validate --json'], ['proof'], ['proof --json']])('%s', async (line) => {
    expect(await createCli(createDesk(failing).deps).run(line.split(' '))).toBe(1);
  });

  it('but a warning does not', async () => {
    const validate: CliDeps['validate'] = () =>
      Promise.resolve([{ name: 'Growth', verdict: 'warn', cause: '0.2 and 0.2', fix: 'None.' }]);
    expect(await createCli(createDesk({ validate }).deps).run(['validate'])).toBe(0);
  });
});

describe('JSON is one document and nothing else on standard output', () => {
  it.each(verbs.filter((verb) => verb !== 'start'))('%s', async (verb) => {
    const desk = createDesk();
    await createCli(desk.deps).run([verb, ...(verb === 'trace' ? ['X'] : []), '--json']);
    expect(JSON.parse(desk.out())).toBeTypeOf('object');
    expect(desk.errors()).toBe('');
  });

  it('status answers what the API answers', async () => {
    const desk = createDesk();
    await createCli(desk.deps).run(['status', '--json']);
    expect(JSON.parse(desk.out())).toEqual(testStatus);
  });

  it('proof answers exactly ok and checks', async () => {
    const check = { name: 'audit', ok: false, detail: 'changed', more: 1 };
    const desk = createDesk({ proof: () => Promise.resolve(ok([check])) });
    await createCli(desk.deps).run(['proof', '--json']);
    const { name, detail } = check;
    expect(JSON.parse(desk.out())).toEqual({ ok: false, checks: [{ name, ok: false, detail }] });
  });

  it('start tells its steps beside the document', async () => {
    const desk = createDesk({
      start: async (options) => {
        options.onProgress('database ready');
        return ended()(options);
      },
    });
    expect(await createCli(desk.deps).run(['start', '--json'])).toBe(0);
    expect(JSON.parse(desk.out())).toEqual({
      ok: true,
      mode: 'sandbox',
      url: 'http://127.0.0.1:7788',
      pid: 4711,
      logFile: 'logs/revenue_engine.log',
      written: testConfigured.written,
      masterKey: 'qmk_correct-horse-battery',
    });
    expect(desk.errors()).toContain('✓ database ready (0.0 s)\n');
  });

  it('keeps a text whole where the terminal has no UTF-8', async () => {
    const desk = createDesk({}, { unicode: false });
    await createCli(desk.deps).run(['status', '--json']);
    expect(JSON.parse(desk.out())).toEqual(testStatus);
  });
});

describe('the master key', () => {
  it.each([['start'], ['start --json'], ['autoconfig'], ['autoconfig --json']])(
    'is shown once by %s',
    async (line) => {
      const desk = createDesk({ start: ended() });
      await createCli(desk.deps).run(line.split(' '));
      expect(desk.out().split('qmk_correct-horse-battery')).toHaveLength(2);
      expect(desk.errors()).not.toContain('qmk_');
    },
  );

  it('is not there when it is not new', async () => {
    const autoconfigure = () => Promise.resolve(ok({ ...testConfigured, masterKey: undefined }));
    const desk = createDesk({ autoconfigure });
    await createCli(desk.deps).run(['autoconfig', '--json']);
    expect(JSON.parse(desk.out())).not.toHaveProperty('masterKey');
  });
});

it('speaks ASCII where the locale has nothing else', async () => {
  const desk = createDesk({ start: ended() }, { unicode: false });
  const cli = createCli(desk.deps);
  for (const verb of ['start', 'status', 'validate', 'proof', 'transfers']) await cli.run([verb]);
  await cli.run(['--help']);
  expect(desk.out()).toMatch(/^[\0-\x7F]+$/);
  expect(desk.out()).toContain('+ Node');
});

it('writes colour only where there is colour', async () => {
  const plain = createDesk();
  await createCli(plain.deps).run(['status']);
  expect(plain.out()).not.toContain('\u001B');
  const colourful = createDesk({}, { color: true });
  await createCli(colourful.deps).run(['status']);
  expect(colourful.out()).toContain('\u001B[');
});

it('lets a defect through', async () => {
  const desk = createDesk({ stop: () => Promise.reject(new Error('a defect')) });
  await expect(createCli(desk.deps).run(['stop'])).rejects.toThrow('a defect');
});
