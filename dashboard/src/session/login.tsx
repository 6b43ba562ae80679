import { useRef, useState, type FormEvent } from 'react';

import { useText } from '../text/language.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { loginText } from './login-text.ts';
import { logIn, type SessionState } from './session.ts';

/** Asks for the master key. A second factor gets its place below the key. */
export function Login({ why }: { readonly why: SessionState }) {
  const t = useText(loginText);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const key = input.current?.value.trim() ?? '';
    if (key === '' || isBusy) return;
    setBusy(true);
    setError(undefined);
    try {
      await logIn(key);
    } catch (failure) {
      setError(failure);
      setBusy(false);
      input.current?.select();
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="flex w-full max-w-sm flex-col gap-4">
      <div>
        <h1 className="text-lg font-semibold">{t.title}</h1>
        <p className="text-soft mt-1 text-sm">{t.lead[why]}</p>
      </div>
      <Field
        label={t.key}
        hint={t.hint}
        input={{
          ref: input,
          type: 'password',
          name: 'key',
          autoComplete: 'current-password',
          autoFocus: true,
          required: true,
          spellCheck: false,
        }}
      />
      {error !== undefined && <ProblemNote error={error} />}
      <Button type="submit" tone="primary" busy={isBusy}>
        {t.submit}
      </Button>
      <p className="text-soft text-xs">{t.lost}</p>
    </form>
  );
}
