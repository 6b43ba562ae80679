import { Link } from '@tanstack/react-router';

import type { AuditPage } from '../../api/shapes.ts';
import { useText } from '../../text/language.ts';
import { Copy } from '../../ui/copy.tsx';
import { When } from '../../ui/time.tsx';
import { Details } from './details.tsx';
import { namedBy, railOr } from './names.ts';
import { actorKinds } from './search.ts';
import { auditText } from './text.ts';

type AuditRecord = AuditPage['items'][number];

/** One record in words; what was kept word for word is one press away. */
export function OneRecord({ record }: { readonly record: AuditRecord }) {
  const t = useText(auditText);
  const { reason } = record.detail;
  return (
    <li className="flex flex-col gap-1 px-4 py-3 [contain-intrinsic-size:auto_6rem] [content-visibility:auto]">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="text-sm font-semibold">
          {useActionName(record)}
          <Gist record={record} />
        </h3>
        <span className="text-soft figure text-xs">
          <When at={record.recordedAt} />
        </span>
      </div>
      <p className="text-sm">
        {useActor(record.actor)}
        <span className="text-soft"> · {t.about} </span>
        <Subject subject={record.subject} />
      </p>
      {typeof reason === 'string' && reason !== '' && (
        <p className="text-sm break-words">“{reason}”</p>
      )}
      <details className="group">
        <summary className="text-accent inline-flex min-h-11 items-center text-sm underline underline-offset-4 md:min-h-9">
          {t.details}
        </summary>
        <div className="bg-sunk mt-1 rounded-md p-3">
          <Details
            detail={record.detail}
            more={[
              { name: t.record, value: <Copy text={record.id} /> },
              { name: t.kind, value: <code className="font-mono">{record.action}</code> },
              { name: t.actor, value: <Copy text={record.actor} /> },
              { name: t.hash, value: <Copy text={record.leaf} /> },
            ]}
          />
        </div>
      </details>
    </li>
  );
}

function useActionName({ action, detail: { count } }: AuditRecord): string {
  const t = useText(auditText);
  return (count === 1 ? t.actionsOfOne[action] : undefined) ?? t.actions[action] ?? action;
}

/** The little that most people look for: how many, and how much. */
function Gist({ record: { detail } }: { readonly record: AuditRecord }) {
  const { count, amount } = detail;
  const parts = [
    typeof count === 'number' && count > 1 ? `${count} ×` : undefined,
    typeof amount === 'string' ? amount : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? null : (
    <span className="figure font-normal"> · {parts.join(' ')}</span>
  );
}

function useActor(actor: string): string {
  const t = useText(auditText);
  const { noun, id } = namedBy(actor);
  const kind = actorKinds.find((one) => one === noun);
  if (kind === undefined) return actor;
  return kind === 'provider' ? t.provider(railOr(id)) : t.actors[kind];
}

function Subject({ subject }: { readonly subject: string }) {
  const t = useText(auditText);
  const { noun, id } = namedBy(subject);
  const name = nameOf(t.nouns, noun);
  const look = 'text-accent underline underline-offset-4';
  switch (noun) {
    case 'payment':
      return (
        <span>
          <Link to="/payments/$id" params={{ id }} className={look}>
            {name}
          </Link>{' '}
          <Copy text={id} />
        </span>
      );
    case 'transfer':
      return (
        <span>
          <Link to="/transfers/$id" params={{ id }} className={look}>
            {name}
          </Link>{' '}
          <Copy text={id} />
        </span>
      );
    case 'exception':
      return (
        <span>
          <Link to="/exceptions/$id" params={{ id }} className={look}>
            {name}
          </Link>{' '}
          <Copy text={id} />
        </span>
      );
    default:
      return <Elsewhere noun={noun} id={id} name={name} />;
  }
}

/** Where things live that have no page of their own. */
const homes = {
  payee: '/transfers',
  statement: '/reconciliation',
  target: '/targets',
  day: '/targets',
  session: '/settings',
  breaker: '/system',
  engine: '/',
} as const;

interface ElsewhereProps {
  readonly noun: string;
  readonly id: string;
  readonly name: string;
}

function Elsewhere({ noun, id, name }: ElsewhereProps) {
  const home = isHome(noun) ? homes[noun] : undefined;
  return (
    <span>
      {home === undefined ? (
        name
      ) : (
        <Link to={home} className="text-accent underline underline-offset-4">
          {name}
        </Link>
      )}{' '}
      {noun !== 'engine' && id !== '' && <Copy text={railOr(id)} />}
    </span>
  );
}

const isHome = (noun: string): noun is keyof typeof homes => Object.hasOwn(homes, noun);
const nameOf = (nouns: Readonly<Record<string, string>>, noun: string): string =>
  nouns[noun] ?? noun;
