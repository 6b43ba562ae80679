import type { TransferPreviewView } from '#api/contract';

import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Facts } from '../../ui/card.tsx';
import { Reported } from './next-card.tsx';
import { orderText } from './order-text.ts';
import { addDecimals } from './amount.ts';

/** What an order would cost, what is left, and what speaks against it: the engine's own answer. */
export function Preview({ preview }: { readonly preview: TransferPreviewView }) {
  const t = useText(orderText);
  const { kind, books, feeDecimal, payoutWallet, workingWallet } = preview;
  const isTopUp = kind === 'top-up';
  return (
    <div className="flex flex-col gap-4">
      <Facts
        facts={[
          ...(isTopUp
            ? [{ name: t.working, value: <Reported wallet={workingWallet} /> }]
            : [{ name: t.fee, value: feeDecimal === null ? t.feeUnknown : money(feeDecimal) }]),
          { name: t.wallet, value: money(books.walletDecimal) },
          ...(isTopUp
            ? []
            : [
                {
                  name: t.owed,
                  value: money(addDecimals(books.suspenseDecimal, books.customerCreditDecimal)),
                },
                { name: t.reserve, value: money(books.reserveDecimal) },
                { name: t.inFlight, value: money(books.inFlightDecimal) },
              ]),
          { name: t.after, value: <strong>{money(books.afterDecimal)}</strong> },
          { name: t.provider, value: <Reported wallet={payoutWallet} /> },
        ]}
      />
      <Objections preview={preview} />
    </div>
  );
}

/** Said as warnings, in the order the engine would refuse in. */
export function Objections({ preview }: { readonly preview: TransferPreviewView }) {
  const t = useText(orderText);
  const f = useFormats();
  const { refusals, coversNow, forecast, topUp } = preview;
  if (refusals.length === 0 && coversNow) return null;
  return (
    <div role="status" className="bg-warn-wash text-ink flex flex-col gap-2 rounded-md p-3 text-sm">
      {refusals.length > 0 && <p className="text-warn font-semibold">{t.refusedTitle}</p>}
      {refusals.map(({ kind, detail }) => (
        <p key={kind}>{detail}</p>
      ))}
      {refusals.length === 0 && <p>{t.lowFloat}</p>}
      {!coversNow && forecast !== null && (
        <p className="text-soft">{t.coveredAt(f.moment(timeOf(forecast.at)))}</p>
      )}
      {topUp !== null && <p>{t.topUpHelps(money(topUp.missingDecimal), topUp.from)}</p>}
    </div>
  );
}
