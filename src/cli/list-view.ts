import type { TransferView } from '#api/contract';

import type { CallbackAddress } from './deps.ts';
import { wrap } from './layout.ts';
import type { Pen } from './pen.ts';
import { table } from './table.ts';
import { dayAndTime, epochOf, kesOfDecimal, railName } from './words.ts';

/** Where providers call us, each on lines of its own: an address is copied, never wrapped. */
export const addressesView = (
  addresses: readonly CallbackAddress[],
  pen: Pen,
): readonly string[] => [
  ...addresses.flatMap(({ rail, purpose, url, registeredByEngine }) => [
    `${pen.strong(railName(rail))}, ${purpose}`,
    `  ${url}`,
    pen.faint(
      registeredByEngine
        ? '  The engine registers it at its start.'
        : "  Register it in the provider's portal.",
    ),
  ]),
  ...wrap('Whoever knows an address can send callbacks to it: keep them as secrets.', pen.columns),
];

/** What a code means and what to do about it, below the list it would not fit into. */
function explanationLines(transfer: TransferView, pen: Pen): readonly string[] {
  const { id, state, code, explanation } = transfer;
  if (code === null || state === 'completed') return [];
  const told =
    explanation === null || !explanation.known
      ? 'in no table: look it up in the provider’s portal, with its own words: ' +
        (transfer.description ?? 'none')
      : `${explanation.meaning} ${explanation.advice}`;
  return wrap(`${id} ${state}, code ${code}: ${told}`, pen.columns, '  ');
}

/** Money that went out, newest first. */
export const transfersView = (transfers: readonly TransferView[], pen: Pen): readonly string[] =>
  transfers.length === 0
    ? ['No transfers yet.']
    : [
        ...transferTable(transfers, pen),
        ...transfers.flatMap((transfer) => explanationLines(transfer, pen)),
      ];

const transferTable = (transfers: readonly TransferView[], pen: Pen): readonly string[] =>
  table({
    columns: [
      { head: 'Transfer' },
      { head: 'When' },
      { head: 'Rail' },
      { head: 'Amount', align: 'right' },
      { head: 'Kind' },
      { head: 'State' },
      { head: 'Receipt' },
    ],
    rows: transfers.map((transfer) => [
      transfer.id,
      dayAndTime(epochOf(transfer.plannedAt)),
      railName(transfer.type),
      kesOfDecimal(transfer.amountDecimal),
      transfer.kind,
      transfer.state,
      transfer.receipt ?? '',
    ]),
    width: pen.columns,
  });
