import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';

import { railIds } from '#kernel';

import { statusQuery } from '../../api/queries.ts';
import { timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { buttonLook } from '../../ui/button.tsx';
import { Page } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { tabLook } from '../../ui/tab-look.ts';
import { Emergency } from './emergency.tsx';
import { TransferList } from './list.tsx';
import { NextCard } from './next-card.tsx';
import { Numbers } from './numbers.tsx';
import { OrderCard } from './order.tsx';
import { onList, onNumbers, withOrder } from './search.ts';
import { transfersText } from './text.ts';

/** Money to the owner: what goes by itself, what is sent by hand, and where it may go. */
export function Transfers() {
  const t = useText(transfersText);
  const w = useText(words);
  const { tab, order } = useSearch({ from: '/transfers' });
  return (
    <Page title={w.transfers} lead={t.lead} beside={order === undefined ? <Orders /> : undefined}>
      {(order === 'send' || order === 'top-up') && (
        <OrderCard key={order} kind={order === 'send' ? 'manual' : 'top-up'} />
      )}
      {order === 'emergency' && <Emergency />}
      <Tabs isNumbers={tab === 'numbers'} />
      {tab === 'numbers' ? (
        <Numbers />
      ) : (
        <>
          <NextOnes />
          <TransferList />
        </>
      )}
    </Page>
  );
}

function Orders() {
  const t = useText(transfersText);
  return (
    <div className="grid w-full grid-cols-2 gap-2 sm:flex sm:w-auto sm:flex-wrap">
      <Link
        to="/transfers"
        search={withOrder('send')}
        className={classes(buttonLook('primary'), 'col-span-2')}
      >
        {t.send}
      </Link>
      <Link to="/transfers" search={withOrder('top-up')} className={buttonLook('quiet')}>
        {t.topUp}
      </Link>
      <Link
        to="/transfers"
        search={withOrder('emergency')}
        className={classes(buttonLook('quiet'), 'text-bad! px-2 text-center')}
      >
        {t.emergency}
      </Link>
    </div>
  );
}

function Tabs({ isNumbers }: { readonly isNumbers: boolean }) {
  const t = useText(transfersText);
  const look = (isHere: boolean): string => classes(tabLook(isHere), 'min-h-11 text-sm');
  return (
    <nav aria-label={t.tabsLabel} className="border-line flex gap-6 border-b">
      <Link
        to="/transfers"
        search={onList}
        aria-current={isNumbers ? undefined : 'page'}
        className={look(!isNumbers)}
      >
        {t.tabs.list}
      </Link>
      <Link
        to="/transfers"
        search={onNumbers}
        aria-current={isNumbers ? 'page' : undefined}
        className={look(isNumbers)}
      >
        {t.tabs.numbers}
      </Link>
    </nav>
  );
}

function NextOnes() {
  const t = useText(transfersText);
  const f = useFormats();
  const status = useQuery(statusQuery);
  const last = status.data?.cycles.find(({ kind }) => kind === 'transfer-check');
  return (
    <section aria-label={t.nextTitle} className="flex flex-col gap-3">
      <Answer query={status} lines={6}>
        {(data) => (
          <div className="grid grid-cols-1 gap-4 md:grid-cols-2">
            {railIds.map((rail) => (
              <NextCard key={rail} rail={rail} status={data} />
            ))}
          </div>
        )}
      </Answer>
      {last !== undefined && (
        <p className="text-soft text-xs">{t.checked(f.minute(timeOf(last.startedAt)))}</p>
      )}
    </section>
  );
}
