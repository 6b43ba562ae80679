import { useState, type FormEvent } from 'react';

import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { say } from '../../ui/toast.ts';
import { nameLengthMax, removeSearch, saveSearch, useSavedSearches } from './saved.ts';
import { countOf, isSame, type PaymentSearch } from './search.ts';
import { paymentsText } from './text.ts';

interface SavedSearchesProps {
  readonly search: PaymentSearch;
  readonly onSearch: (search: PaymentSearch) => void;
}

/** Searches under names of the owner's own, a press away. */
export function SavedSearches({ search, onSearch }: SavedSearchesProps) {
  const t = useText(paymentsText);
  const saved = useSavedSearches();
  const [isNaming, setNaming] = useState(false);
  const isKept = saved.some((one) => isSame(one.search, search));
  const mayKeep = countOf(search) > 0 && !isKept;
  if (saved.length === 0 && !mayKeep) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {saved.length > 0 && (
        <ul className="contents" aria-label={t.saved}>
          {saved.map((one) => (
            <li
              key={one.name}
              className={classes(
                'inline-flex items-center rounded-md border text-sm',
                isSame(one.search, search) ? 'border-accent text-accent' : 'border-line-strong',
              )}
            >
              <button
                type="button"
                aria-pressed={isSame(one.search, search)}
                onClick={() => onSearch(one.search)}
                className="min-h-11 rounded-md pl-3 md:min-h-9"
              >
                {one.name}
              </button>
              <button
                type="button"
                aria-label={t.remove(one.name)}
                onClick={() => {
                  const undo = removeSearch(one);
                  say(t.removed(one.name), { label: t.undo, act: undo });
                }}
                className="text-soft flex size-11 items-center justify-center md:size-9"
              >
                <span aria-hidden>✕</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {mayKeep && (
        <Button tone="bare" size="small" onClick={() => setNaming(true)}>
          {t.saveAs}
        </Button>
      )}
      <Dialog open={isNaming} onClose={() => setNaming(false)} title={t.saveAs} lead={t.saveHint}>
        <NameForm
          onName={(name) => {
            saveSearch({ name, search });
            setNaming(false);
          }}
        />
      </Dialog>
    </div>
  );
}

function NameForm({ onName }: { readonly onName: (name: string) => void }) {
  const t = useText(paymentsText);
  const w = useText(words);
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') onName(name.trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field
        label={t.saveName}
        input={{
          value: name,
          maxLength: nameLengthMax,
          required: true,
          autoComplete: 'off',
          onChange: (event) => setName(event.target.value),
        }}
      />
      <Button type="submit" tone="primary">
        {w.save}
      </Button>
    </form>
  );
}
