import { useNow } from '../clock.ts';
import { timeOf, useFormats } from '../text/format.ts';

/** `26 Nov 2026, 14:05` in Nairobi. */
export function When({ at }: { readonly at: string }) {
  const f = useFormats();
  return (
    <time dateTime={at} className="whitespace-nowrap">
      {f.moment(timeOf(at))}
    </time>
  );
}

/** `3 min ago`; the exact moment when one points at it. */
export function Ago({ at }: { readonly at: string }) {
  const f = useFormats();
  const now = useNow();
  return (
    <time dateTime={at} title={f.moment(timeOf(at))} className="whitespace-nowrap">
      {f.ago(Math.min(timeOf(at), now), now)}
    </time>
  );
}
