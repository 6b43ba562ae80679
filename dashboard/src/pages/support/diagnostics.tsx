import { useMutation } from '@tanstack/react-query';

import { businessDateOf } from '#kernel';
import type { DiagnosticsView } from '#api/contract';

import { ask } from '../../api/client.ts';
import { timeOf } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { useBytes } from '../../text/measures.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { When } from '../../ui/time.tsx';
import { say } from '../../ui/toast.ts';
import { supportText } from './text.ts';

/** One file for whoever helps, seen by its owner before it leaves the house. */
export function Diagnostics() {
  const t = useText(supportText);
  const made = useMutation({ mutationFn: () => ask<DiagnosticsView>('/diagnostics') });
  return (
    <Card title={t.diagnostics}>
      <div className="flex flex-col gap-4">
        <p className="text-soft text-sm">{t.diagnosticsLead}</p>
        {made.data === undefined && <Contents />}
        {made.error !== null && <ProblemNote error={made.error} />}
        {made.data !== undefined && <Preview bundle={made.data} />}
        <div className="flex flex-col items-start gap-1">
          <Button
            tone={made.data === undefined ? 'primary' : 'quiet'}
            busy={made.isPending}
            onClick={() => made.mutate()}
          >
            {made.data === undefined ? t.make : t.again}
          </Button>
          <p className="text-soft text-xs">{t.recorded}</p>
        </div>
      </div>
    </Card>
  );
}

function Contents() {
  const t = useText(supportText);
  return (
    <div className="grid grid-cols-1 gap-3 text-sm sm:grid-cols-2 lg:grid-cols-1">
      <Listed title={t.inIt} items={t.inItList} />
      <Listed title={t.notInIt} items={t.notInItList} />
    </div>
  );
}

const Listed = ({
  title,
  items,
}: {
  readonly title: string;
  readonly items: readonly string[];
}) => (
  <div>
    <h3 className="font-medium">{title}</h3>
    <ul className="text-soft list-disc pl-5">
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  </div>
);

function Preview({ bundle }: { readonly bundle: DiagnosticsView }) {
  const t = useText(supportText);
  const bytes = useBytes();
  const text = JSON.stringify(bundle, null, 2);
  const { settings } = bundle;
  return (
    <div className="border-line flex flex-col gap-3 rounded-md border p-3">
      <div role="status">
        <p className="font-semibold">{t.ready}</p>
        <p className="text-soft text-sm">{t.readyWhy}</p>
      </div>
      <Facts
        facts={[
          { name: t.madeAt, value: <When at={bundle.madeAt} /> },
          { name: t.verdict, value: t.verdicts[bundle.system.verdict] },
          { name: t.hours, value: t.hoursOf(bundle.weather.hours.length) },
          {
            name: t.settings,
            value: t.settingsSet(settings.filter(({ isSet }) => isSet).length, settings.length),
          },
          { name: t.log, value: t.lines(bundle.log.length) },
          { name: t.size, value: bytes(new Blob([text]).size) },
        ]}
      />
      <details>
        <summary className="text-accent inline-flex min-h-11 items-center text-sm underline underline-offset-4">
          {t.all}
        </summary>
        <pre
          tabIndex={0}
          role="region"
          aria-label={t.allLabel}
          className="bg-sunk max-h-96 overflow-auto rounded-md p-3 font-mono text-xs"
        >
          {text}
        </pre>
      </details>
      <Button tone="primary" onClick={() => save(bundle, text, t.saved)}>
        {t.save}
      </Button>
    </div>
  );
}

/** The very text that was shown. */
function save(bundle: DiagnosticsView, text: string, saved: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `qmoi-diagnostics-${businessDateOf(timeOf(bundle.madeAt))}.json`;
  link.click();
  URL.revokeObjectURL(address);
  say(saved);
}
