import { queryOptions, useQuery } from '@tanstack/react-query';

import { ask } from '../../api/client.ts';
import type { ProofView } from '../../api/shapes.ts';
import { systemQuery } from '../../api/system.ts';
import { useText } from '../../text/language.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { When } from '../../ui/time.tsx';
import { auditText } from './text.ts';

/** Asked only when somebody wants it: it reads every record there is. */
const proofQuery = queryOptions({
  queryKey: ['proof'],
  queryFn: ({ signal }) => ask<ProofView>('/proof', { signal }),
  enabled: false,
  retry: false,
});

export function ProofCard() {
  const t = useText(auditText);
  const { data, error, isFetching, refetch } = useQuery(proofQuery);
  return (
    <Card title={t.proof}>
      <div className="flex flex-col gap-4">
        <p className="text-soft text-sm">{t.proofLead}</p>
        <Nightly />
        {error !== null && <ProblemNote error={error} />}
        {data !== undefined && <Checks proof={data} />}
        <div className="flex flex-col gap-1">
          <Button busy={isFetching} onClick={() => void refetch()}>
            {isFetching ? t.proving : t.proveNow}
          </Button>
          <p className="text-soft text-xs">{t.proveWhy}</p>
        </div>
        <details className="border-line border-t pt-1 text-sm">
          <summary className="text-accent inline-flex min-h-11 items-center underline underline-offset-4">
            {t.signed}
          </summary>
          <p className="text-soft">{t.signedWhy}</p>
        </details>
      </div>
    </Card>
  );
}

/** What the engine found by itself, at night. */
function Nightly() {
  const t = useText(auditText);
  const { data: system } = useQuery(systemQuery);
  if (system === undefined) return null;
  const { provedAt, checks, failed } = system.proof;
  if (provedAt === null || checks === null) return <p className="text-sm">{t.proofNever}</p>;
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p className="text-soft text-xs">
        {t.nightly} · <When at={provedAt} />
      </p>
      <Sum checks={checks} failed={failed.length} />
      {failed.length > 0 && (
        <ul className="list-disc pl-5">
          {failed.map((name) => (
            <li key={name}>{t.checks[name] ?? name}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Sum({ checks, failed }: { readonly checks: number; readonly failed: number }) {
  const t = useText(auditText);
  if (failed === 0) return <p className="text-good text-sm font-semibold">{t.proofGood(checks)}</p>;
  return (
    <div role="alert" className="text-sm">
      <p className="text-bad font-semibold">{t.proofBad(failed, checks)}</p>
      <p>{t.proofBadWhy}</p>
    </div>
  );
}

function Checks({ proof }: { readonly proof: ProofView }) {
  const t = useText(auditText);
  const failed = proof.checks.filter((check) => !check.ok).length;
  return (
    <div role="status" className="border-line flex flex-col gap-2 border-t pt-3">
      <p className="text-soft text-xs">
        {t.provedAt} <When at={proof.provedAt} />
      </p>
      <Sum checks={proof.checks.length} failed={failed} />
      <ul className="divide-line divide-y">
        {proof.checks.map((check) => (
          <li key={check.name} className="flex items-start justify-between gap-3 py-2 text-sm">
            <span className="min-w-0">
              {t.checks[check.name] ?? check.name}
              {!check.ok && <span className="text-bad block text-xs">{check.detail}</span>}
            </span>
            <Badge tone={check.ok ? 'good' : 'bad'}>{check.ok ? t.holds : t.fails}</Badge>
          </li>
        ))}
      </ul>
    </div>
  );
}
