import { useQuery } from '@tanstack/react-query';

import type { SystemView } from '#api/contract';

import { statusQuery } from '../../api/queries.ts';
import { systemQuery } from '../../api/system.ts';
import { useText } from '../../text/language.ts';
import { Answer } from '../../ui/answer.tsx';
import { buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Typed } from '../../ui/typed.tsx';
import { supportText } from './text.ts';

/** Whoever was named for it; otherwise who can be asked, and how somebody is named. */
export function Contact() {
  const t = useText(supportText);
  const system = useQuery(systemQuery);
  return (
    <Card title={t.contact}>
      <div className="flex flex-col gap-4">
        <Answer query={system} lines={2}>
          {({ support }) => <Ways support={support} />}
        </Answer>
        <p className="bg-warn-wash rounded-md p-3 text-sm">
          <Typed text={t.never} />
        </p>
      </div>
    </Card>
  );
}

function Ways({ support }: { readonly support: SystemView['support'] }) {
  const t = useText(supportText);
  const { data: status } = useQuery({ ...statusQuery, enabled: false });
  const { whatsapp, email } = support;
  if (whatsapp === null && email === null) {
    return (
      <div className="flex flex-col gap-1 text-sm">
        <p className="font-medium">{t.contactNone}</p>
        <p className="text-soft">
          <Typed text={t.contactNoneWhy} />
        </p>
      </div>
    );
  }
  const hello = encodeURIComponent(t.hello(status?.businessName ?? 'QMOI'));
  return (
    <ul className="flex flex-col gap-3">
      {whatsapp !== null && (
        <Way
          href={`https://wa.me/${whatsapp}?text=${hello}`}
          words={t.whatsapp}
          shown={`+${whatsapp}`}
        />
      )}
      {email !== null && (
        <Way href={`mailto:${email}?subject=${hello}`} words={t.email} shown={email} />
      )}
    </ul>
  );
}

interface WayProps {
  readonly href: string;
  readonly words: string;
  readonly shown: string;
}

const Way = ({ href, words, shown }: WayProps) => (
  <li className="flex flex-wrap items-center justify-between gap-2">
    <a href={href} target="_blank" rel="noreferrer" className={buttonLook('quiet')}>
      {words}
    </a>
    <span className="text-sm">
      <Copy text={shown} />
    </span>
  </li>
);
