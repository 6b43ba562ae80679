import type { PayeeView, TransferPreviewView, TransferView } from '#api/contract';

import { wrap } from './layout.ts';
import { marks, type Pen } from './pen.ts';
import { counted, dayAndTime, epochOf, kes, kesOfDecimal, railName } from './words.ts';

const whenOf = (iso: string): string => dayAndTime(epochOf(iso));

function walletLine(wallet: TransferPreviewView['payoutWallet'], pen: Pen): readonly string[] {
  if (wallet === null) return ['  provider: has not reported the wallet yet'];
  const { account, availableDecimal, reportedAt, stale } = wallet;
  const held = `${account} held ${kesOfDecimal(availableDecimal)}`;
  const line = `provider: ${held} at ${whenOf(reportedAt)}`;
  return wrap(stale ? `${line}, too long ago to decide by` : line, pen.columns, '  ');
}

const bookLines = ({ books }: TransferPreviewView): readonly string[] => {
  const parts = [
    ['in suspense', books.suspenseDecimal],
    ['held for customers', books.customerCreditDecimal],
    ['reserve', books.reserveDecimal],
  ] as const;
  return [
    `  books: ${kesOfDecimal(books.walletDecimal)} in the wallet`,
    ...parts.map(([what, amount]) => `    of that ${what}: ${kesOfDecimal(amount)}`),
    `    besides under way: ${kesOfDecimal(books.inFlightDecimal)}`,
    `    after this transfer: ${kesOfDecimal(books.afterDecimal)}`,
  ];
};

function pollLines({ walletPoll }: TransferPreviewView, pen: Pen): readonly string[] {
  if (walletPoll === null || walletPoll.refusals === 0) return [];
  const { code, nextAt } = walletPoll;
  const line = `The provider refuses to report its wallets (code ${code ?? 'none'}).`;
  return wrap(`${line} It is asked again after ${whenOf(nextAt)}.`, pen.columns, '  ');
}

function coverLines(preview: TransferPreviewView): readonly string[] {
  const { coversNow, forecast, topUp } = preview;
  if (coversNow) return ['  The wallet covers it now.'];
  return [
    forecast === null
      ? '  The wallet does not cover it, and takings so far do not tell when it will.'
      : `  At the usual takings by hour (${counted(forecast.basisDays, 'past day')}) ` +
        `the wallet covers it about ${whenOf(forecast.at)}.`,
    ...(topUp === null
      ? []
      : [`  A top-up of ${kesOfDecimal(topUp.missingDecimal)} from ${topUp.from} would cover it.`]),
  ];
}

/** What a transfer would cost, and what stands in its way. */
export function previewView(preview: TransferPreviewView, pen: Pen): readonly string[] {
  const { type, kind, amount, feeDecimal, refusals } = preview;
  const fee = feeDecimal === null ? 'no tariff is known' : kesOfDecimal(feeDecimal);
  return [
    pen.strong(`${kes(amount)} from ${railName(type)}, ${kind}`),
    `  fee: ${fee}`,
    ...bookLines(preview),
    ...walletLine(kind === 'top-up' ? preview.workingWallet : preview.payoutWallet, pen),
    ...pollLines(preview, pen),
    ...coverLines(preview).flatMap((line) => wrap(line.trimStart(), pen.columns, '  ')),
    ...(refusals.length === 0
      ? [`${pen.good(marks.good)} It would be accepted now.`]
      : refusals.flatMap(({ detail }) => [
          `${pen.bad(marks.bad)} It would be refused:`,
          ...wrap(detail, pen.columns, '  '),
        ])),
  ];
}

/** An order that was taken; what became of it is told later. */
export const plannedView = (transfer: TransferView, pen: Pen): readonly string[] =>
  wrap(
    `${kesOfDecimal(transfer.amountDecimal)} is on its way as ${transfer.id}. ` +
      'See what becomes of it with `npx qmoi transfers`.',
    pen.columns,
    '',
  );

export const cancelledView = (transfer: TransferView, pen: Pen): readonly string[] =>
  wrap(
    `${transfer.id} is cancelled: ${kesOfDecimal(transfer.amountDecimal)} stays in the wallet.`,
    pen.columns,
    '',
  );

export const settledView = (transfer: TransferView, pen: Pen): readonly string[] =>
  wrap(
    `${transfer.id} is ${transfer.state} by your word. Should its provider say otherwise, the ` +
      'books follow the provider and tell you.',
    pen.columns,
    '',
  );

const stateOf = (payee: PayeeView): string =>
  payee.bySandbox ? 'counts as confirmed in the sandbox' : payee.state;

const nextStepOf = ({ id, state, confirmed }: PayeeView): readonly string[] => {
  if (confirmed) return [];
  return state === 'testing'
    ? [`  npx qmoi payees confirm ${id} <receipt>`]
    : [`  npx qmoi payees test ${id}`];
};

function payeeLines(payee: PayeeView, pen: Pen): readonly string[] {
  const { confirmed, coolingUntil, warning } = payee;
  const sign = confirmed ? pen.good(marks.good) : pen.caution(marks.caution);
  const use = payee.active ? ', daily transfers go here' : '';
  return [
    `${sign} ${pen.strong(payee.number)} ${railName(payee.type)}: ${stateOf(payee)}${use}`,
    ...wrap(`${payee.label}, ${payee.id}`, pen.columns, '  ').map(pen.faint),
    ...(coolingUntil === null
      ? []
      : wrap(`Automatic transfers wait until ${whenOf(coolingUntil)}.`, pen.columns, '  ')),
    ...(warning === null ? [] : wrap(warning, pen.columns, '  ')),
    ...nextStepOf(payee),
  ];
}

/** The numbers that money may go to, each with what is left to do. */
export const payeesView = (payees: readonly PayeeView[], pen: Pen): readonly string[] =>
  payees.length === 0
    ? ['No numbers yet. Set MPESA_PHONE_NUMBER, or add one with `npx qmoi payees add`.']
    : payees.flatMap((payee) => payeeLines(payee, pen));

export const confirmedView = (payee: PayeeView, pen: Pen): readonly string[] => [
  `${pen.good(marks.good)} ${payee.number} is confirmed: money may go there.`,
  ...payeeLines(payee, pen).slice(2),
];
