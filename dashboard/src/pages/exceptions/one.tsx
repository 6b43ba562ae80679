import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Page } from '../../ui/card.tsx';
import { lastFixedId, putOnDesk } from './desk.ts';
import { DeskDialogs, LeftNow } from './desk-dialogs.tsx';
import { KeyHelp } from './key-help.tsx';
import { useKeys } from './keys.ts';
import { Panel } from './panel.tsx';
import { exceptionQuery, exceptionsQuery } from './queries.ts';
import { exceptionsText } from './text.ts';

/** One exception on a page of its own, with the next one a tap away. */
export function OneException() {
  const t = useText(exceptionsText);
  const w = useText(words);
  const { id } = useParams({ from: '/exceptions/$id' });
  const { data } = useQuery(exceptionQuery(id));
  const open = useInfiniteQuery(exceptionsQuery('open'));
  const next = nextOf(open.data?.pages.flatMap(({ items }) => items) ?? [], id);
  const [showsKeys, setShowsKeys] = useState(false);
  const exception = data?.exception;
  const suggest = (index: number): boolean => {
    if (exception?.suggestions[index] === undefined) return false;
    putOnDesk({ kind: 'fixing', exception, choice: { kind: 'suggestion', index } });
    return true;
  };
  useKeys({
    ...Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [String(index + 1), () => suggest(index)]),
    ),
    f: () => suggest(0),
    m: () => {
      if (exception?.state !== 'open') return false;
      putOnDesk({ kind: 'fixing', exception, choice: { kind: 'choose' } });
      return true;
    },
    u: () => {
      const exceptionId = exception?.state === 'resolved' ? exception.id : lastFixedId();
      if (exceptionId === undefined) return false;
      putOnDesk({ kind: 'undoing', exceptionId });
      return true;
    },
    '?': () => {
      setShowsKeys(true);
      return true;
    },
  });
  return (
    <Page
      title={w.exceptions}
      back={<Link to="/exceptions">{t.all}</Link>}
      beside={
        next === undefined ? undefined : (
          <Link
            to="/exceptions/$id"
            params={{ id: next }}
            className={buttonLook(exception?.state === 'resolved' ? 'primary' : 'quiet')}
          >
            {t.next}
          </Link>
        )
      }
    >
      <div className="w-full max-w-3xl">
        <Panel key={id} id={id} />
      </div>
      <LeftNow />
      <DeskDialogs />
      <KeyHelp open={showsKeys} onClose={() => setShowsKeys(false)} />
    </Page>
  );
}

/** The one after this, or the first where this is not among them any more. */
function nextOf(open: readonly { readonly id: string }[], id: string): string | undefined {
  const index = open.findIndex((one) => one.id === id);
  const next = open[index + 1] ?? open[0];
  return next?.id === id ? undefined : next?.id;
}
