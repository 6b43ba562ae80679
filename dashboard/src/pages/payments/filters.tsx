import { useState, type FormEvent } from 'react';

import { railIds, railNames } from '#kernel';

import { useStreamName, useStreams } from '../../api/streams.ts';
import { money, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { recognise } from '../../text/recognise.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { ExportButton } from './export.tsx';
import { SavedSearches } from './saved-searches.tsx';
import {
  amountOf,
  countOf,
  paymentStates,
  readSearch,
  searchNames,
  withoutGaps,
  type PaymentSearch,
} from './search.ts';
import { paymentsText, stateText } from './text.ts';

interface FiltersProps {
  readonly search: PaymentSearch;
  readonly onSearch: (search: PaymentSearch) => void;
}

export function Filters({ search, onSearch }: FiltersProps) {
  const t = useText(paymentsText);
  const [isOpen, setOpen] = useState(false);
  const count = countOf(search);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-3">
        <Finder search={search} onSearch={onSearch} />
        <Button onClick={() => setOpen(true)}>
          {count === 0 ? t.filters : t.filtersOn(count)}
        </Button>
        <ExportButton search={search} />
      </div>
      <Chips search={search} onSearch={onSearch} />
      <SavedSearches search={search} onSearch={onSearch} />
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={t.filters}>
        <FilterForm
          search={search}
          onSearch={(next) => {
            setOpen(false);
            onSearch(next);
          }}
        />
      </Dialog>
    </div>
  );
}

/** One box for whatever somebody has in hand. */
function Finder({ search, onSearch }: FiltersProps) {
  const t = useText(paymentsText);
  const [typed, setTyped] = useState('');
  const taken = recognise(typed);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (taken.kind === 'nothing' || taken.kind === 'unclear') return;
    const rest = withoutGaps({
      ...search,
      receipt: undefined,
      phone: undefined,
      amountFrom: undefined,
      amountTo: undefined,
    });
    if (taken.kind === 'receipt') onSearch({ ...rest, receipt: taken.receipt });
    else if (taken.kind === 'phone') onSearch({ ...rest, phone: taken.phone });
    else onSearch({ ...rest, amountFrom: taken.decimal, amountTo: taken.decimal });
    setTyped('');
  };
  return (
    <form role="search" onSubmit={submit} className="min-w-0 grow basis-full md:basis-64">
      <label className="sr-only" htmlFor="find-payment">
        {t.searchLabel}: {t.searchHint}
      </label>
      <input
        id="find-payment"
        type="search"
        value={typed}
        placeholder={t.searchHint}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        aria-describedby="find-payment-taken"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setTyped('');
        }}
        className="bg-card border-line-strong text-ink placeholder:text-soft min-h-11 w-full rounded-md border px-3 text-base"
      />
      <p id="find-payment-taken" role="status" className="text-soft min-h-4 pt-1 text-xs">
        {t.taken[taken.kind]}
      </p>
    </form>
  );
}

/** What is looked for, each to be taken away by itself. */
function Chips({ search, onSearch }: FiltersProps) {
  const t = useText(paymentsText);
  const say = useSayings();
  if (countOf(search) === 0) return null;
  const isExact = search.amountFrom !== undefined && search.amountFrom === search.amountTo;
  const names = searchNames.filter(
    (name) => search[name] !== undefined && !(isExact && name === 'amountTo'),
  );
  return (
    <ul className="flex flex-wrap items-center gap-2" aria-label={t.filters}>
      {names.map((name) => {
        const label = say(name, search);
        const drop = (): void => {
          const without = { ...search, [name]: undefined };
          onSearch(
            withoutGaps(
              isExact && name === 'amountFrom' ? { ...without, amountTo: undefined } : without,
            ),
          );
        };
        return (
          <li key={name}>
            <button
              type="button"
              aria-label={t.remove(label)}
              onClick={drop}
              className="bg-accent-wash text-accent inline-flex min-h-11 items-center gap-2 rounded-md px-3 text-sm md:min-h-9"
            >
              {label}
              <span aria-hidden>✕</span>
            </button>
          </li>
        );
      })}
      <li>
        <Button tone="bare" size="small" onClick={() => onSearch({})}>
          {t.clear}
        </Button>
      </li>
    </ul>
  );
}

/** `From 1 Nov 2026`, `KES 300` and so on. */
export function useSayings() {
  const t = useText(paymentsText);
  const w = useText(words);
  const s = useText(stateText);
  const f = useFormats();
  const streamName = useStreamName();
  return (name: keyof PaymentSearch, search: PaymentSearch): string => {
    const { rail, state, stream, from, to, amountFrom, amountTo } = search;
    if (name === 'rail') return rail === undefined ? '' : railNames[rail];
    if (name === 'state') return state === undefined ? '' : s[state];
    if (name === 'stream') return stream === undefined ? '' : streamName(stream);
    if (name === 'from') return `${t.from} ${f.day(from ?? '')}`;
    if (name === 'to') return `${t.to} ${f.day(to ?? '')}`;
    if (name === 'phone') return `${w.phone} ${search.phone ?? ''}`;
    if (name === 'receipt') return `${w.receipt} ${search.receipt ?? ''}`;
    if (amountFrom === amountTo) return money(amountFrom ?? '');
    return name === 'amountFrom'
      ? `${t.amountFrom} ${money(amountFrom ?? '')}`
      : `${t.amountTo} ${money(amountTo ?? '')}`;
  };
}

/** As it is typed: not yet anything that can be looked for. */
type Draft = { readonly [Name in keyof PaymentSearch]?: string };

function FilterForm({ search, onSearch }: FiltersProps) {
  const t = useText(paymentsText);
  const w = useText(words);
  const s = useText(stateText);
  const streams = useStreams();
  const [asked, setAsked] = useState<Draft>(search);
  const put = (change: Draft): void => setAsked((before) => ({ ...before, ...change }));
  const isBad = (text: string | undefined): boolean =>
    text !== undefined && text !== '' && amountOf(text) === undefined;
  const badFrom = isBad(asked.amountFrom);
  const badTo = isBad(asked.amountTo);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (badFrom || badTo) return;
    onSearch(readSearch(asked));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <div className="grid grid-cols-2 gap-3">
        <Field
          label={t.from}
          input={{
            type: 'date',
            value: asked.from ?? '',
            max: asked.to,
            onChange: (event) => put({ from: event.target.value }),
          }}
        />
        <Field
          label={t.to}
          input={{
            type: 'date',
            value: asked.to ?? '',
            min: asked.from,
            onChange: (event) => put({ to: event.target.value }),
          }}
        />
        <Field
          label={t.amountFrom}
          before="KES"
          error={badFrom ? t.badAmount : undefined}
          input={{
            inputMode: 'decimal',
            value: asked.amountFrom ?? '',
            onChange: (event) => put({ amountFrom: event.target.value }),
          }}
        />
        <Field
          label={t.amountTo}
          before="KES"
          error={badTo ? t.badAmount : undefined}
          input={{
            inputMode: 'decimal',
            value: asked.amountTo ?? '',
            onChange: (event) => put({ amountTo: event.target.value }),
          }}
        />
      </div>
      <Select
        label={w.rail}
        value={asked.rail ?? ''}
        choices={[
          { value: '', label: t.allRails },
          ...railIds.map((rail) => ({ value: rail, label: railNames[rail] })),
        ]}
        onChoose={(rail) => put({ rail })}
      />
      <Select
        label={w.state}
        value={asked.state ?? ''}
        choices={[
          { value: '', label: t.allStates },
          ...paymentStates.map((state) => ({ value: state, label: s[state] })),
        ]}
        onChoose={(state) => put({ state })}
      />
      <Select
        label={w.stream}
        value={asked.stream ?? ''}
        choices={[
          { value: '', label: t.allStreams },
          ...streams.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChoose={(stream) => put({ stream })}
      />
      <div className="flex flex-wrap justify-end gap-3">
        <Button onClick={() => onSearch({})}>{t.clear}</Button>
        <Button type="submit" tone="primary">
          {t.apply}
        </Button>
      </div>
    </form>
  );
}
