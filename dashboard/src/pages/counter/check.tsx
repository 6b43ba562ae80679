import { useEffect, useRef, useState, type FormEvent } from 'react';

import { maskMsisdn, parseMsisdn } from '#kernel';

import { clock } from '../../clock.ts';
import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { recognise, type Recognised } from '../../text/recognise.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { ReceiptAnswer } from './receipt-answer.tsx';
import { counterText } from './text.ts';
import { TodaysMatches } from './todays-matches.tsx';

interface CheckProps {
  readonly onAnswered: (isAnswered: boolean) => void;
}

/** A field that is always ready for the next customer, and the answer under it. */
export function Check({ onAnswered }: CheckProps) {
  const t = useText(counterText);
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [asked, setAsked] = useState<{ readonly what: Recognised; readonly turn: number }>();
  const taken = recognise(typed);

  // After the shell has taken the focus to the beginning of the page.
  useEffect(() => {
    const timer = clock.after(0, () => field.current?.focus());
    return () => timer.cancel();
  }, []);

  const check = (what: Recognised): void => {
    if (what.kind === 'nothing' || what.kind === 'unclear') return;
    onAnswered(true);
    // Each time anew, so that the same receipt a minute later is a showing of its own.
    setAsked((before) => ({ what, turn: (before?.turn ?? 0) + 1 }));
    field.current?.focus();
    field.current?.select();
  };
  const clear = (): void => {
    setTyped('');
    setAsked(undefined);
    onAnswered(false);
    field.current?.focus();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    check(taken);
  };

  return (
    <div
      className="flex flex-col gap-4"
      onKeyDown={(event) => {
        if (event.key === 'Escape') clear();
      }}
    >
      <form onSubmit={submit} className="flex flex-col gap-2">
        <label htmlFor="counter-field" className="text-base font-medium">
          {t.field}
        </label>
        <div className="grid grid-cols-2 gap-2 md:flex">
          <input
            id="counter-field"
            ref={field}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            autoCapitalize="characters"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="go"
            maxLength={400}
            aria-describedby="counter-taken counter-hint"
            className="bg-card border-line-strong text-ink col-span-2 min-h-16 w-full min-w-0 grow md:basis-60 rounded-md border-2 px-4 text-xl"
          />
          <Button type="submit" tone="primary" size="large">
            {t.check}
          </Button>
          <Button size="large" onClick={clear}>
            {t.clear}
          </Button>
        </div>
        <p id="counter-taken" role="status" className="min-h-6 text-base font-medium">
          <TakenFor taken={taken} />
        </p>
        <p
          id="counter-hint"
          className={classes('text-soft text-sm', asked !== undefined && 'max-md:sr-only')}
        >
          {t.hint}
        </p>
      </form>
      {asked !== undefined && <Answered key={asked.turn} what={asked.what} onPick={check} />}
    </div>
  );
}

function TakenFor({ taken }: { readonly taken: Recognised }) {
  const t = useText(counterText);
  switch (taken.kind) {
    case 'nothing':
    case 'unclear':
      return t.takenFor[taken.kind];
    case 'phone': {
      const phone = parseMsisdn(taken.phone);
      return t.takenFor.phone(phone.ok ? maskMsisdn(phone.value) : taken.phone);
    }
    case 'amount':
      return t.takenFor.amount(money(taken.decimal));
    case 'receipt':
      return t.takenFor.receipt(taken.receipt);
    default:
      return taken satisfies never;
  }
}

interface AnsweredProps {
  readonly what: Recognised;
  readonly onPick: (what: Recognised) => void;
}

function Answered({ what, onPick }: AnsweredProps) {
  if (what.kind === 'receipt') return <ReceiptAnswer receipt={what.receipt} />;
  if (what.kind === 'nothing' || what.kind === 'unclear') return null;
  return <TodaysMatches asked={what} onPick={(receipt) => onPick({ kind: 'receipt', receipt })} />;
}
