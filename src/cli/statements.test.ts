import { describe, expect, it } from 'vitest';

import { err } from '#kernel';

import { createCli } from './cli.ts';
import { exitCodes, type CliDeps, type Refused, type Terminal } from './deps.ts';
import { testDay, testStatement } from './statements-test-kit.ts';
import { createDesk } from './test-kit.ts';

const locked: Refused = {
  message: 'The PDF is locked with a password.',
  exitCode: exitCodes.refused,
  needsPassword: true,
};

async function run(words: string, answers: Partial<CliDeps> = {}, look: Partial<Terminal> = {}) {
  const desk = createDesk(answers, look);
  const code = await createCli(desk.deps).run(words.split(' '));
  return { code, desk, out: desk.out(), errors: desk.errors() };
}

const typed = (...answers: readonly (string | undefined)[]): CliDeps['ask'] => {
  const left = [...answers];
  return () => Promise.resolve(left.shift());
};
const names = (asked: readonly unknown[]): readonly unknown[] =>
  asked.map((one) => (Array.isArray(one) ? one[0] : one));

describe('statements import', () => {
  it('shows what would happen, and without a word from anybody does not do it', async () => {
    const { code, out, desk } = await run('statements import november.pdf');
    expect(code).toBe(exitCodes.ok);
    expect(out).toContain('M-Pesa, Utility Account, short code 600111');
    expect(out).toMatch(/New payments\s+2\s+KES 1,000\s+will be booked/);
    expect(out).toMatch(/Unknown payouts\s+1\s+KES 300\s/);
    expect(out).toContain('3 lines stand on a statement that is imported already');
    expect(out).toContain('Say --yes');
    expect(names(desk.asked)).toEqual(['previewStatement', 'ask']);
  });

  it.each([
    ['y', true],
    ['YES', true],
    ['n', false],
    ['', false],
  ])('asks, and takes “%s” for %s', async (answer, imported) => {
    const { out, desk } = await run('statements import november.pdf', { ask: typed(answer) });
    expect(names(desk.asked).includes('commitStatement')).toBe(imported);
    expect(out).toContain(imported ? '2 payments booked, KES 1,000' : 'Nothing was imported.');
  });

  it('asks nobody with --yes, and says what is left for a person', async () => {
    const { code, out, desk } = await run('statements import a.csv --rail airtel --yes');
    expect(code).toBe(exitCodes.ok);
    expect(desk.asked).toEqual([
      ['previewStatement', { path: 'a.csv', rail: 'airtel', password: undefined }],
      ['commitStatement', 'st_0000000000001'],
    ]);
    expect(out).toContain('1 exception to look at');
    expect(out).not.toContain('\u001B');
  });

  it('shows how far it is on a screen', async () => {
    const { out } = await run('statements import a.csv --yes', {}, { isTty: true });
    expect(out).toContain('███████████████░░░░░░░░░░░░░░░ 50% of 1000 lines');
  });

  it('takes the password from a variable, or asks for it, and never from the line', async () => {
    const first = await run('statements import a.pdf --password-env STATEMENT_PASSWORD --yes');
    expect(first.desk.asked[0]).toEqual([
      'previewStatement',
      { path: 'a.pdf', rail: undefined, password: '774411' },
    ]);
    const unset = await run('statements import a.pdf --password-env NOBODY --yes');
    expect(unset.code).toBe(exitCodes.usage);
    expect(unset.errors).toContain('no environment variable NOBODY');
    expect(unset.desk.asked).toEqual([]);

    const passwords: unknown[] = [];
    const answers: Partial<CliDeps> = {
      previewStatement: ({ password }) => {
        passwords.push(password);
        return password === '123' ? createDesk().deps.previewStatement(order) : lockedFile();
      },
    };
    const asked = await run('statements import a.pdf --yes', { ...answers, ask: typed('123') });
    expect(asked.code).toBe(exitCodes.ok);
    expect(passwords).toEqual([undefined, '123']);
    const alone = await run('statements import a.pdf --yes', { ...answers, ask: typed(undefined) });
    expect(alone.code).toBe(exitCodes.refused);
    expect(alone.errors).toContain('locked with a password');
    expect((await run('statements import a.pdf --password 1')).code).toBe(exitCodes.usage);
  });

  const order = { path: 'a.pdf', rail: undefined, password: undefined };
  const lockedFile = () => Promise.resolve(err(locked));

  it.each(['statements import a.csv --yes --json', 'statements --json import a.csv --yes'])(
    'answers one document: %s',
    async (words) => {
      const { out } = await run(words);
      expect(JSON.parse(out)).toMatchObject({
        imported: true,
        preview: { newPayments: { count: 2 } },
        statement: { paymentsBooked: 2 },
      });
    },
  );

  it('answers what would happen where nobody said yes', async () => {
    const { out } = await run('statements import a.csv --json');
    expect(JSON.parse(out)).toMatchObject({ imported: false, preview: { lineCount: 1_000 } });
  });
});

describe('statements', () => {
  it('lists what was imported, and says where there is none', async () => {
    const wide = { columns: 200 };
    const { out } = await run('statements --limit 5', {}, wide);
    expect(out).toMatch(/2026-11-23 14:00\s+M-Pesa\s+Utility Account/);
    const half = { ...testStatement, state: 'booking' as const, linesDone: 500 };
    const listed = { statements: () => Promise.resolve({ ok: true as const, value: [half] }) };
    expect((await run('statements', listed, wide)).out).toContain('500 lines, unfinished');
    const empty = { statements: () => Promise.resolve({ ok: true as const, value: [] }) };
    expect((await run('statements', empty)).out).toContain('No statement was imported yet');
    expect(JSON.parse((await run('statements --json')).out).items).toHaveLength(1);
  });
});

describe('reconcile', () => {
  it('shows a day three ways, names every difference, and ends with 1 for one', async () => {
    const { code, out, desk } = await run('reconcile --date 2026-11-22 --rail mpesa');
    expect(code).toBe(exitCodes.refused);
    expect(desk.asked).toEqual([['reconcile', { date: '2026-11-22', rail: 'mpesa' }]]);
    expect(out).toContain('✗ M-Pesa, 2026-11-22: books and statement differ');
    expect(out).toMatch(/Payments\s+9 · KES 5,500\s+7 · KES 4,500\s+9 · KES 5,500/);
    expect(out).toContain('outgoing-not-booked TKN9PAYOUT, KES -300');
    expect(out).toContain('sl_0000000000001, 2026-11-22 12:00, in: statement (payout)');
    expect(out).toContain('Somebody moved money in the portal.');
    expect(out).toContain('reported KES 5,595 at 2026-11-22 23:00');
  });

  it.each([
    ['agrees', 'agree', 0],
    ['no-statement', 'no statement of this day', 0],
  ] as const)('ends with 0 where it %s', async (state, words, expected) => {
    const days = [{ ...testDay, state, whole: false, statement: null, differences: [] }];
    const value = { businessDate: '2026-11-22', days };
    const answers = { reconcile: () => Promise.resolve({ ok: true as const, value }) };
    const { code, out } = await run('reconcile', answers);
    expect(code).toBe(expected);
    expect(out).toContain(words);
    expect(out).toContain('Only part of the day: 2026-11-22 00:00 to 2026-11-22 23:59');
    expect(JSON.parse((await run('reconcile --json', answers)).out)).toEqual(value);
  });

  it('does not understand a day that is none', async () => {
    expect((await run('reconcile --date yesterday')).code).toBe(exitCodes.usage);
  });
});
