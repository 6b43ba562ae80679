import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { money, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Card, Facts } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { When } from '../../ui/time.tsx';
import { detailText } from './detail-text.ts';
import type { ExceptionTraceView, ExceptionView } from './shapes.ts';
import { exceptionsText } from './text.ts';

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const isoDay = /^\d{4}-\d{2}-\d{2}$/;
const decimal = /^-?\d+\.\d{2}$/;
/** Told in the engine's English, whatever the language of the page. */
const sentences: readonly string[] = ['why', 'advice', 'meaning', 'fix'];

const linkLook = 'text-accent font-mono text-[0.9em] break-all underline underline-offset-4';

/** An id leads to what it names, where there is a page for it. */
export function Subject({ id }: { readonly id: string }) {
  if (id.startsWith('pay_')) {
    return (
      <Link to="/payments/$id" params={{ id }} className={linkLook}>
        {id}
      </Link>
    );
  }
  if (id.startsWith('tr_')) {
    return (
      <Link to="/transfers/$id" params={{ id }} className={linkLook}>
        {id}
      </Link>
    );
  }
  return <Copy text={id} />;
}

const isId = (text: string): boolean => /^[a-z]+_[0-9A-HJKMNP-TV-Z]{13}$/.test(text);

function Known({ name, value }: { readonly name: string; readonly value: unknown }): ReactNode {
  const f = useFormats();
  if (Array.isArray(value)) {
    return (
      <ul className="flex flex-col gap-1">
        {value.map((one) => (
          <li key={String(one)}>
            <Known name={name} value={one} />
          </li>
        ))}
      </ul>
    );
  }
  if (typeof value === 'number') return f.count(value);
  if (typeof value === 'boolean') return value ? '✓' : '–';
  if (typeof value !== 'string') {
    return <code className="font-mono text-xs break-all">{JSON.stringify(value)}</code>;
  }
  if (sentences.includes(name)) return <span lang="en">{value}</span>;
  if (isoTime.test(value)) return <When at={value} />;
  if (isoDay.test(value)) return f.day(value);
  if (decimal.test(value)) return <span className="figure">{money(value)}</span>;
  if (isId(value)) return <Subject id={value} />;
  return name === 'receipt' || name === 'linkedReceipt' ? <Copy text={value} /> : value;
}

/** Stands with the payment, or with the charge it named. */
const shownElsewhere: readonly string[] = ['receipt', 'accountReference', 'charge'];

const isBlank = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

interface DetailsProps {
  readonly exception: ExceptionView;
  readonly payment: ExceptionTraceView['payment'];
}

/** Whatever else the engine knows about it, each thing under its name. */
export function Details({ exception, payment }: DetailsProps) {
  const t = useText(exceptionsText);
  const names = useText(detailText);
  const isPayments = payment !== null && exception.detail['receipt'] === payment.receipt;
  const known = Object.entries(exception.detail).filter(
    ([name, value]) => !isBlank(value) && !(isPayments && shownElsewhere.includes(name)),
  );
  if (known.length === 0 && payment !== null) return null;
  return (
    <Card title={t.details}>
      <Facts
        facts={[
          ...known.map(([name, value]) => ({
            name: names[name] ?? name,
            value: <Known name={name} value={value} />,
          })),
          { name: t.about, value: <Subject id={exception.subject} /> },
        ]}
      />
    </Card>
  );
}
