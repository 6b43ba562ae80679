import { decimalOf, parseAmountMinor } from '#kernel';

import type { TransferTraceView } from '../../api/shapes.ts';
import { useEvidenceName } from '../../text/evidence-text.ts';
import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Card } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { When } from '../../ui/time.tsx';
import { traceText } from './trace-text.ts';

type Entry = TransferTraceView['entries'][number];

/** Above zero is a debit; a credit is shown without its sign. */
function sideOf(amountDecimal: string): { readonly debit: string; readonly credit: string } {
  const amount = parseAmountMinor(amountDecimal.replace('-', ''));
  const text = amount.ok ? money(decimalOf(amount.value)) : amountDecimal;
  return amountDecimal.startsWith('-') ? { debit: '', credit: text } : { debit: text, credit: '' };
}

/** What was booked, in pairs that balance. */
export function Entries({ entries }: Pick<TransferTraceView, 'entries'>) {
  const t = useText(traceText);
  if (entries.length === 0) {
    return (
      <Card title={t.entries}>
        <p className="text-soft text-sm">{t.entriesNone}</p>
      </Card>
    );
  }
  const groups = Map.groupBy(entries, ({ transactionId }: Entry) => transactionId);
  return (
    <Card title={t.entries} flush>
      <div className="overflow-x-auto">
        <table className="w-full text-sm">
          <thead className="text-soft text-xs">
            <tr>
              <th className="px-4 py-2 text-left font-medium">{t.account}</th>
              <th className="px-4 py-2 text-right font-medium">{t.debit}</th>
              <th className="px-4 py-2 text-right font-medium">{t.credit}</th>
            </tr>
          </thead>
          {[...groups.values()].map((group) => (
            <Booking key={group[0]?.transactionId} entries={group} />
          ))}
        </table>
      </div>
    </Card>
  );
}

function Booking({ entries }: { readonly entries: readonly Entry[] }) {
  const t = useText(traceText);
  const [first] = entries;
  if (first === undefined) return null;
  return (
    <tbody className="border-line border-t">
      <tr>
        <th scope="rowgroup" colSpan={3} className="px-4 pt-3 pb-1 text-left text-xs font-medium">
          {t.entryKinds[first.kind] ?? first.kind}{' '}
          <span className="text-soft font-normal">
            · <When at={first.postedAt} />
          </span>
        </th>
      </tr>
      {entries.map(({ account, amountDecimal }) => {
        const { debit, credit } = sideOf(amountDecimal);
        return (
          <tr key={account}>
            <td className="px-4 py-1 font-mono text-xs break-all">{account}</td>
            <td className="px-4 py-1 text-right whitespace-nowrap">{debit}</td>
            <td className="px-4 py-1 text-right whitespace-nowrap">{credit}</td>
          </tr>
        );
      })}
    </tbody>
  );
}

/** What the provider said, as it came. */
export function Evidence({ evidence }: Pick<TransferTraceView, 'evidence'>) {
  const t = useText(traceText);
  const nameOf = useEvidenceName();
  return (
    <Card title={t.evidence}>
      {evidence.length === 0 ? (
        <p className="text-soft text-sm">{t.evidenceNone}</p>
      ) : (
        <ul className="flex flex-col gap-4 text-sm">
          {evidence.map(({ kind, channel, receivedAt, recordedAt, digest, callbackId }) => (
            <li key={callbackId ?? recordedAt} className="flex flex-col gap-1">
              <span className="font-medium">{nameOf({ kind, channel })}</span>
              <span className="text-soft figure text-xs">
                {t.received} <When at={receivedAt ?? recordedAt} />
              </span>
              {digest !== null && (
                <span className="text-xs">
                  {t.digest}: <Copy text={digest} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
