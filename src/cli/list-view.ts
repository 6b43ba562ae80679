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

/** Money that went out to the owner, newest first. */
export const transfersView = (transfers: readonly TransferView[], pen: Pen): readonly string[] =>
  transfers.length === 0
    ? ['No transfers yet.']
    : table({
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
