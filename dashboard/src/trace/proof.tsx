import type { PaymentTraceView } from '../api/shapes.ts';
import { useEvidenceName } from '../text/evidence-text.ts';
import { useText } from '../text/language.ts';
import { Card } from '../ui/card.tsx';
import { Copy } from '../ui/copy.tsx';
import { When } from '../ui/time.tsx';
import { sharedTraceText } from './text.ts';

/** What the provider said, each with the fingerprint by which it is known again. */
export function Proof({ evidence }: Pick<PaymentTraceView, 'evidence'>) {
  const t = useText(sharedTraceText);
  const nameOf = useEvidenceName();
  return (
    <Card title={t.proof}>
      <p className="text-soft text-sm">{evidence.length === 0 ? t.proofNone : t.proofWhy}</p>
      <ul className="divide-line mt-2 flex flex-col divide-y">
        {evidence.map((one, n) => (
          <li key={n} className="flex flex-col items-start gap-1 py-2 text-sm">
            <span className="flex w-full flex-wrap justify-between gap-x-3">
              <span className="font-medium">{nameOf(one)}</span>
              <When at={one.receivedAt ?? one.recordedAt} />
            </span>
            {one.callbackId !== null && <Copy text={one.callbackId} />}
            {one.digest !== null && (
              <span className="text-soft text-xs">
                <Copy text={one.digest} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
