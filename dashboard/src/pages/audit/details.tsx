import type { ReactNode } from 'react';

import { useText } from '../../text/language.ts';
import { Copy } from '../../ui/copy.tsx';
import { Facts } from '../../ui/card.tsx';
import { idForm, railOr } from './names.ts';
import { auditText } from './text.ts';

interface DetailsProps {
  readonly detail: Readonly<Record<string, unknown>>;
  /** Stand below them. */
  readonly more?: readonly { readonly name: string; readonly value: ReactNode }[];
}

/** Whatever was kept, under names that people know. */
export function Details({ detail, more = [] }: DetailsProps) {
  const t = useText(auditText);
  return (
    <Facts
      facts={[
        ...Object.entries(detail).map(([name, value]) => ({
          name: t.fields[name] ?? spelledOut(name),
          value: <Value value={value} />,
        })),
        ...more,
      ]}
    />
  );
}

const digestForm = /^[0-9a-f]{32,}$/;

function Value({ value }: { readonly value: unknown }) {
  const t = useText(auditText);
  if (value === null || value === undefined || value === '') return t.nothing;
  if (typeof value === 'boolean') return value ? t.yes : t.no;
  if (typeof value === 'string') {
    return idForm.test(value) || digestForm.test(value) ? <Copy text={value} /> : railOr(value);
  }
  if (Array.isArray(value)) return <List values={value} />;
  if (typeof value === 'object') return <Details detail={{ ...value }} />;
  return typeof value === 'number' ? String(value) : t.nothing;
}

function List({ values }: { readonly values: readonly unknown[] }) {
  const t = useText(auditText);
  if (values.length === 0) return t.nothing;
  return (
    <ul className="flex flex-col gap-2">
      {values.map((value) => (
        <li key={JSON.stringify(value)}>
          <Value value={value} />
        </li>
      ))}
    </ul>
  );
}

/** `statementLine` → `statement line` */
const spelledOut = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll(/[-_.]/g, ' ');
