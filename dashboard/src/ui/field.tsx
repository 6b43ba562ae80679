import { useId, type InputHTMLAttributes, type ReactNode, type Ref } from 'react';

import { classes } from './classes.ts';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with what was typed, and how it is put right. */
  readonly error?: string | undefined;
  /** Stands before what is typed: `KES`. */
  readonly before?: string;
  readonly input: Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'id'> & {
    readonly ref?: Ref<HTMLInputElement>;
  };
  readonly big?: boolean;
}

export const boxLook =
  'bg-card border-line-strong text-ink placeholder:text-soft w-full rounded-md border px-3';

export function Field({ label, hint, error, before, input, big = false }: FieldProps) {
  const id = useId();
  const described = classes(
    hint !== undefined && `${id}-hint`,
    error !== undefined && `${id}-error`,
  );
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="relative">
        {before !== undefined && (
          <span
            aria-hidden
            className="text-soft pointer-events-none absolute inset-y-0 left-3 flex items-center text-sm"
          >
            {before}
          </span>
        )}
        <input
          {...input}
          id={id}
          aria-invalid={error !== undefined}
          aria-describedby={described === '' ? undefined : described}
          className={classes(
            boxLook,
            big ? 'min-h-16 text-xl' : 'min-h-11 text-base',
            before !== undefined && 'pl-12',
            error !== undefined && 'border-bad',
          )}
        />
      </div>
      <Notes id={id} hint={hint} error={error} />
    </div>
  );
}

interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

interface SelectProps<Value extends string> {
  readonly label: string;
  readonly hint?: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChoose: (value: Value) => void;
  /** The label is for screen readers only: the choice speaks for itself. */
  readonly quiet?: boolean;
}

/** The system's own list: nothing is better on a phone. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, hint, value, choices, onChoose, quiet = false } = props;
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className={quiet ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => {
          const chosen = choices.find((choice) => choice.value === event.target.value);
          if (chosen !== undefined) onChoose(chosen.value);
        }}
        className={classes(boxLook, 'min-h-11 text-sm')}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <Notes id={id} hint={hint} error={undefined} />
    </div>
  );
}

interface NotesProps {
  readonly id: string;
  readonly hint: ReactNode;
  readonly error: string | undefined;
}

const Notes = ({ id, hint, error }: NotesProps) => (
  <>
    {hint !== undefined && (
      <p id={`${id}-hint`} className="text-soft text-xs">
        {hint}
      </p>
    )}
    {error !== undefined && (
      <p id={`${id}-error`} role="alert" className="text-bad text-sm">
        {error}
      </p>
    )}
  </>
);
