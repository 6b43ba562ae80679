import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { clock } from '../../clock.ts';
import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Answer } from '../../ui/answer.tsx';
import { RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { plainOf } from './figures.ts';
import { fixText } from './fix-text.ts';
import { chargeFilterOf, chargeSearchQuery } from './queries.ts';
import type { ChargeView } from './shapes.ts';

interface ChargeSearchProps {
  /** What is to be placed: charges of just that much are offered first. */
  readonly restMinor: bigint;
  readonly verb: string;
  readonly taken: readonly string[];
  readonly onTake: (charge: ChargeView) => void;
}

const typingMs = 250;

/** What was typed, once the typing rests for a moment. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = clock.after(typingMs, () => setRested(text));
    return () => timer.cancel();
  }, [text]);
  return rested;
}

export function ChargeSearch({ restMinor, verb, taken, onTake }: ChargeSearchProps) {
  const t = useText(fixText).form;
  const [typed, setTyped] = useState('');
  const rested = useRested(typed.trim());
  // Only whole shillings are ever asked for.
  const alike = plainOf(restMinor);
  const isBlank = rested === '';
  const filter = isBlank ? { amount: alike } : chargeFilterOf(rested);
  const found = useQuery({
    ...chargeSearchQuery(filter),
    enabled: !isBlank || !alike.includes('.'),
  });
  return (
    <div className="flex flex-col gap-3">
      <Field
        label={t.search}
        hint={t.searchHint}
        input={{
          type: 'search',
          value: typed,
          maxLength: 40,
          autoComplete: 'off',
          onChange: (event) => setTyped(event.target.value),
          // The form is sent by its own button, not from here.
          onKeyDown: (event) => void (event.key === 'Enter' && event.preventDefault()),
        }}
      />
      {isBlank && alike.includes('.') ? null : (
        <Answer query={found} lines={2}>
          {({ items }) => (
            <div className="flex flex-col gap-1" aria-live="polite">
              {isBlank && items.length > 0 && <p className="text-soft text-xs">{t.alike}</p>}
              {items.length === 0 && (
                <p className="text-soft text-sm">{isBlank ? t.noneAlike : t.noneFound}</p>
              )}
              <ul className="divide-line divide-y">
                {items.map((charge) => (
                  <Found
                    key={charge.id}
                    charge={charge}
                    verb={verb}
                    isTaken={taken.includes(charge.id)}
                    onTake={() => onTake(charge)}
                  />
                ))}
              </ul>
            </div>
          )}
        </Answer>
      )}
    </div>
  );
}

interface FoundProps {
  readonly charge: ChargeView;
  readonly verb: string;
  readonly isTaken: boolean;
  readonly onTake: () => void;
}

function Found({ charge, verb, isTaken, onTake }: FoundProps) {
  const t = useText(fixText).form;
  const { reference, amountDecimal, phone, description, rail } = charge;
  const because = charge.state === 'paid' ? t.paid : undefined;
  return (
    <li className="flex min-h-14 items-center gap-3 py-2">
      <RailMark rail={rail} bare />
      <span className="min-w-0 grow text-sm">
        <span className="figure block font-semibold">
          {money(amountDecimal)} · <span className="font-mono">{reference}</span>
        </span>
        <span className="text-soft block truncate text-xs">
          {[phone, description].filter((part) => part !== null && part !== '').join(' · ')}
        </span>
      </span>
      <Button
        disabled={isTaken}
        because={because}
        aria-label={`${verb}: ${reference}`}
        onClick={onTake}
      >
        {verb}
      </Button>
    </li>
  );
}
