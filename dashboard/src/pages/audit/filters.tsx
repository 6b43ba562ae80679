import { useNavigate } from '@tanstack/react-router';
import { useId, useState, type FormEvent } from 'react';

import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Field, Select } from '../../ui/field.tsx';
import { subjectOf } from './names.ts';
import { actorKinds, readAuditSearch, type AuditSearch } from './search.ts';
import { auditText } from './text.ts';

/** What the list is narrowed to lies in the address bar: back, reload and sharing work. */
export function Filters({ search }: { readonly search: AuditSearch }) {
  const t = useText(auditText);
  const go = useNavigate();
  const narrow = (change: Readonly<Record<string, string>>): void =>
    void go({ to: '/audit', search: readAuditSearch({ ...search, ...change }) });
  const isSet = Object.keys(search).length > 0;
  const [isOpen, setOpen] = useState(isSet);
  const id = useId();
  return (
    <Card
      title={t.filters}
      beside={
        <span className="md:hidden">
          <Button
            size="small"
            tone="bare"
            aria-label={`${isOpen ? t.hide : t.show}: ${t.filters}`}
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? t.hide : t.show}
          </Button>
        </span>
      }
    >
      <div
        id={id}
        className={classes(
          !isOpen && 'hidden md:grid',
          isOpen && 'grid',
          'grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-4',
        )}
      >
        <ActorSelect search={search} onChoose={(actor) => narrow({ actor })} />
        <ActionSelect search={search} onChoose={(action) => narrow({ action })} />
        <DayField label={t.from} value={search.from} onChange={(from) => narrow({ from })} />
        <DayField label={t.to} value={search.to} onChange={(to) => narrow({ to })} />
        <div className="sm:col-span-2 lg:col-span-4">
          <SubjectField
            key={search.subject ?? ''}
            subject={search.subject ?? ''}
            onLook={(subject) => narrow({ subject })}
          />
        </div>
      </div>
      {isSet && (
        <div className="mt-3">
          <Button size="small" onClick={() => void go({ to: '/audit', search: {} })}>
            {t.clear}
          </Button>
        </div>
      )}
    </Card>
  );
}

interface ChoiceProps {
  readonly search: AuditSearch;
  readonly onChoose: (value: string) => void;
}

function ActorSelect({ search, onChoose }: ChoiceProps) {
  const t = useText(auditText);
  const w = useText(words);
  return (
    <Select
      label={t.actor}
      value={search.actor ?? ''}
      onChoose={onChoose}
      choices={[
        { value: '', label: w.all },
        ...actorKinds.map((kind) => ({ value: kind, label: t.actors[kind] })),
      ]}
    />
  );
}

function ActionSelect({ search, onChoose }: ChoiceProps) {
  const t = useText(auditText);
  const w = useText(words);
  const known = Object.entries(t.actions)
    .map(([value, label]) => ({ value, label }))
    .toSorted((one, other) => one.label.localeCompare(other.label));
  const { action = '' } = search;
  // One that came by the address bar, and has no words of its own.
  const isStrange = action !== '' && !known.some(({ value }) => value === action);
  return (
    <Select
      label={t.action}
      value={action}
      onChoose={onChoose}
      choices={[
        { value: '', label: w.all },
        ...(isStrange ? [{ value: action, label: action }] : []),
        ...known,
      ]}
    />
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (day: string) => void;
}

const DayField = ({ label, value, onChange }: DayFieldProps) => (
  <Field
    label={label}
    input={{
      type: 'date',
      value: value ?? '',
      onChange: (event) => onChange(event.target.value),
    }}
  />
);

interface SubjectFieldProps {
  readonly subject: string;
  readonly onLook: (subject: string) => void;
}

function SubjectField({ subject, onLook }: SubjectFieldProps) {
  const t = useText(auditText);
  const [typed, setTyped] = useState(subject);
  const look = (event: FormEvent): void => {
    event.preventDefault();
    onLook(subjectOf(typed));
  };
  return (
    <form onSubmit={look} className="flex flex-wrap items-start gap-3">
      <div className="min-w-0 grow basis-64">
        <Field
          label={t.subject}
          hint={t.subjectHint}
          input={{
            value: typed,
            maxLength: 200,
            autoComplete: 'off',
            spellCheck: false,
            onChange: (event) => setTyped(event.target.value),
          }}
        />
      </div>
      <div className="sm:pt-6">
        <Button type="submit">{t.apply}</Button>
      </div>
    </form>
  );
}
