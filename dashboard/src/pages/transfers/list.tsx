import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';

import { railIds, railNames } from '#kernel';
import type { TransferView } from '#api/contract';

import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Select } from '../../ui/field.tsx';
import { transferListQuery } from './queries.ts';
import { kinds, states, withFilter, type TransfersSearch } from './search.ts';
import { TransferBadge, useFee, useReceiver } from './state.tsx';
import { transfersText } from './text.ts';

export function TransferList() {
  const t = useText(transfersText);
  const w = useText(words);
  const search = useSearch({ from: '/transfers' });
  const query = useInfiniteQuery(transferListQuery(search));
  return (
    <Card title={t.listTitle} flush>
      <Filters search={search} />
      <div className="px-4 empty:hidden">
        <Answer query={query} lines={8}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            return (
              <div className="-mx-4">
                {items.length === 0 ? <Nothing search={search} /> : <Rows items={items} />}
                {query.hasNextPage && (
                  <div className="border-line flex justify-center border-t p-3">
                    <Button
                      busy={query.isFetchingNextPage}
                      onClick={() => void query.fetchNextPage()}
                    >
                      {w.older}
                    </Button>
                  </div>
                )}
              </div>
            );
          }}
        </Answer>
      </div>
    </Card>
  );
}

function Filters({ search }: { readonly search: TransfersSearch }) {
  const t = useText(transfersText);
  const w = useText(words);
  const navigate = useNavigate({ from: '/transfers' });
  const choose = (name: 'rail' | 'state' | 'kind', value: string): void =>
    void navigate({
      search: withFilter(name, value),
      replace: true,
      resetScroll: false,
    });
  return (
    <fieldset className="border-line grid grid-cols-2 gap-2 border-b px-4 pb-3 md:grid-cols-[repeat(3,13rem)]">
      <legend className="sr-only">{t.filters}</legend>
      <Select
        quiet
        label={w.rail}
        value={search.rail ?? ''}
        onChoose={(value) => choose('rail', value)}
        choices={[
          { value: '', label: t.allRails },
          ...railIds.map((value) => ({ value, label: railNames[value] })),
        ]}
      />
      <Select
        quiet
        label={t.kind}
        value={search.kind ?? ''}
        onChoose={(value) => choose('kind', value)}
        choices={[
          { value: '', label: t.allKinds },
          ...kinds.map((value) => ({ value, label: t.kinds[value] })),
        ]}
      />
      <div className="col-span-2 md:col-span-1">
        <Select
          quiet
          label={w.state}
          value={search.state ?? ''}
          onChoose={(value) => choose('state', value)}
          choices={[
            { value: '', label: t.allStates },
            ...states.map((value) => ({ value, label: t.states[value] })),
          ]}
        />
      </div>
    </fieldset>
  );
}

function Nothing({ search }: { readonly search: TransfersSearch }) {
  const t = useText(transfersText);
  const { rail, state, kind } = search;
  if (rail === undefined && state === undefined && kind === undefined) {
    return <Empty title={t.emptyTitle}>{t.emptyWhy}</Empty>;
  }
  return (
    <Empty title={t.noneFiltered}>
      {t.noneFilteredWhy}{' '}
      <Link to="/transfers" search={{}} className="text-accent underline underline-offset-4">
        {t.clear}
      </Link>
    </Empty>
  );
}

const Rows = ({ items }: { readonly items: readonly TransferView[] }) => (
  <ol aria-live="polite" aria-relevant="additions" className="divide-line divide-y">
    {items.map((transfer) => (
      <li key={transfer.id} className="come-in">
        <Row transfer={transfer} />
      </li>
    ))}
  </ol>
);

function Row({ transfer }: { readonly transfer: TransferView }) {
  const t = useText(transfersText);
  const f = useFormats();
  const receiver = useReceiver()(transfer);
  const fee = useFee()(transfer);
  return (
    <Link
      to="/transfers/$id"
      params={{ id: transfer.id }}
      className="hover:bg-sunk flex min-h-16 items-center gap-3 px-4 py-2 md:grid md:grid-cols-[auto_8rem_1fr_11rem_8rem_minmax(7rem,auto)]"
    >
      <RailMark rail={transfer.rail} bare />
      <span className="min-w-0 grow">
        <span className="figure block text-base font-semibold">
          {money(transfer.amountDecimal)}
        </span>
        <span className="text-soft block text-xs md:hidden">
          {t.kinds[transfer.kind]} · {receiver}
          {fee !== undefined && ` · ${fee}`}
        </span>
        <span className="text-soft hidden text-xs md:block">{fee}</span>
      </span>
      <span className="hidden min-w-0 text-sm md:block">
        {t.kinds[transfer.kind]}
        <span className="text-soft block text-xs">{receiver}</span>
      </span>
      <span className="text-soft figure hidden truncate font-mono text-xs md:block">
        {transfer.receipt ?? t.noReceipt}
      </span>
      <span className="text-soft figure hidden text-xs md:block">
        {f.moment(timeOf(transfer.plannedAt))}
      </span>
      <span className="flex flex-col items-end gap-1">
        <TransferBadge {...transfer} />
        <span className="text-soft figure text-xs whitespace-nowrap md:hidden">
          {f.moment(timeOf(transfer.plannedAt))}
        </span>
      </span>
    </Link>
  );
}
