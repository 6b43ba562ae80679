import { parseAmountMinor, type RailId } from '#kernel';
import {
  statementLineKinds,
  type StatementLine,
  type StatementLineKind,
  type StatementProblem,
  type StatementReading,
  type StatementRow,
  type StatementTable,
} from '#rails';

/** The statements of scripted rails: a few facts, then a table under this head. */
export const statementHead = [
  'Receipt',
  'Time',
  'Kind',
  'Status',
  'Amount',
  'Balance',
  'Reference',
  'Link',
  'Own id',
] as const;

export interface StatementFacts {
  readonly rail: RailId;
  readonly account: string;
  readonly shortCode?: string;
  /** `2026-11-25 00:00:00`, Nairobi. */
  readonly from?: string;
  readonly to?: string;
  readonly opening?: string;
  readonly closing?: string;
}

export interface LineFacts {
  readonly receipt: string;
  readonly time: string;
  readonly kind: StatementLineKind;
  readonly amount: string;
  readonly status?: 'Completed' | 'Failed';
  readonly balance?: string;
  readonly reference?: string;
  readonly link?: string;
  readonly ownId?: string;
}

export const statementRows = (
  facts: StatementFacts,
  lines: readonly LineFacts[],
): readonly (readonly string[])[] => [
  ['Scripted statement', facts.rail],
  ['Account', facts.account],
  ...(facts.shortCode === undefined ? [] : [['Short code', facts.shortCode]]),
  ...(facts.from === undefined ? [] : [['From', facts.from]]),
  ...(facts.to === undefined ? [] : [['To', facts.to]]),
  ...(facts.opening === undefined ? [] : [['Opening', facts.opening]]),
  ...(facts.closing === undefined ? [] : [['Closing', facts.closing]]),
  statementHead,
  ...lines.map((line) => [
    line.receipt,
    line.time,
    line.kind,
    line.status ?? 'Completed',
    line.amount,
    line.balance ?? '',
    line.reference ?? '',
    line.link ?? '',
    line.ownId ?? '',
  ]),
];

const nairobi = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+03:00`);
const orNothing = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text;

export function readScriptedStatement(rail: RailId, { rows }: StatementTable): StatementReading {
  const [first] = rows;
  if (first?.cells[0] !== 'Scripted statement' || first.cells[1] !== rail) {
    return { kind: 'not-mine' };
  }
  const fact = (name: string): string | undefined =>
    rows.find(({ cells }) => cells[0] === name)?.cells[1];
  const at = rows.findIndex(({ cells }) => cells[0] === statementHead[0]);
  const problems: StatementProblem[] = [];
  const lines = rows.slice(at + 1).flatMap((row) => lineOf(row, problems));
  if (problems.length > 0) return { kind: 'damaged', problems };
  const money = (name: string): bigint | undefined => {
    const text = fact(name);
    const amount = text === undefined ? undefined : parseAmountMinor(text);
    return amount?.ok === true ? amount.value : undefined;
  };
  const time = (name: string): number | undefined => {
    const text = fact(name);
    return text === undefined ? undefined : nairobi(text);
  };
  return {
    kind: 'statement',
    statement: {
      shortCode: fact('Short code'),
      account: fact('Account') ?? '',
      fromAt: time('From'),
      toAt: time('To'),
      openingMinor: money('Opening'),
      closingMinor: money('Closing'),
      lines,
    },
  };
}

function lineOf(
  { line, cells }: StatementRow,
  problems: StatementProblem[],
): readonly StatementLine[] {
  const [receipt = '', time = '', kindText = '', status = '', amountText = ''] = cells;
  const kind = statementLineKinds.find((name) => name === kindText);
  const amount = parseAmountMinor(amountText);
  const balance = parseAmountMinor(cells[5] ?? '');
  if (kind === undefined || !amount.ok || Number.isNaN(nairobi(time))) {
    problems.push({ line, why: `“${cells.join(' ').slice(0, 40)}” is no line of a statement` });
    return [];
  }
  return [
    {
      line,
      kind,
      receipt,
      occurredAt: nairobi(time),
      completed: status === 'Completed',
      amountMinor: amount.value,
      balanceMinor: balance.ok ? balance.value : undefined,
      accountReference: cells[6] ?? '',
      party: undefined,
      linkedReceipt: orNothing(cells[7]),
      ownId: orNothing(cells[8]),
      details: kindText,
      raw: cells.join(','),
    },
  ];
}
