import { useQuery } from '@tanstack/react-query';

import type { ProofView } from '../../api/shapes.ts';
import { useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Ago } from '../../ui/time.tsx';
import { proofQuery } from './queries.ts';
import { reconciliationText } from './text.ts';

type Checks = (typeof reconciliationText)['en']['checks'];
const isKnown = (name: string, checks: Checks): name is keyof Checks => Object.hasOwn(checks, name);

/** Whether the books balance and every shilling has evidence, proved when it is asked for. */
export function ProofCard() {
  const t = useText(reconciliationText);
  const proof = useQuery(proofQuery);
  const prove = (): void => void proof.refetch();
  return (
    <Card title={t.proof}>
      <div className="flex flex-col gap-4">
        <p className="text-soft text-sm">{t.proofLead}</p>
        {proof.error !== null && <ProblemNote error={proof.error} onRetry={prove} />}
        <div role="status">{proof.data !== undefined && <Proved proof={proof.data} />}</div>
        <div>
          <Button busy={proof.isFetching} onClick={prove}>
            {t.prove}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function Proved({ proof }: { readonly proof: ProofView }) {
  const t = useText(reconciliationText);
  const f = useFormats();
  const failed = proof.checks.filter(({ ok }) => !ok).length;
  return (
    <div className="flex flex-col gap-3">
      <p className={proof.ok ? 'text-good font-semibold' : 'text-bad font-semibold'}>
        {proof.ok ? t.proves : t.provesNot(f.count(failed), f.count(proof.checks.length))}
      </p>
      <p className="text-soft text-xs">
        {t.provedAt} <Ago at={proof.provedAt} />
      </p>
      <ul className="divide-line divide-y">
        {proof.checks
          .toSorted((a, b) => Number(a.ok) - Number(b.ok))
          .map(({ name, ok, detail }) => (
            <li key={name} className="flex flex-col gap-0.5 py-2 text-sm">
              <span className="flex items-center justify-between gap-2">
                <span className="font-medium">
                  {isKnown(name, t.checks) ? t.checks[name] : name}
                </span>
                <Badge tone={ok ? 'good' : 'bad'}>{ok ? t.holds : t.fails}</Badge>
              </span>
              <span lang="en" className="text-soft text-xs">
                {detail}
              </span>
            </li>
          ))}
      </ul>
    </div>
  );
}
