import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Page } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { tabLook } from '../../ui/tab-look.ts';
import { AskForm } from './ask-form.tsx';
import { ChargeWatch } from './charge-watch.tsx';
import { Check } from './check.tsx';
import { counterText } from './text.ts';

const route = getRouteApi('/counter');
const look = (isHere: boolean): string => classes(tabLook(isHere), 'min-h-14 justify-center');

/** The cashier's screen: is it paid, and if not, ask for it. One thing at a time. */
export function Counter() {
  const w = useText(words);
  const t = useText(counterText);
  const { charge } = route.useSearch();
  const navigate = route.useNavigate();
  const [isAsking, setAsking] = useState(charge !== undefined);
  const [isAnswered, setAnswered] = useState(false);
  // On a phone the answer has the screen to itself.
  const isAlone = isAsking ? charge !== undefined : isAnswered;
  const watch = (id: string | undefined): void =>
    void navigate({ to: '/counter', search: id === undefined ? {} : { charge: id } });
  const askForIt = (): void => {
    setAsking(true);
    setAnswered(false);
  };
  return (
    <Page title={w.counter}>
      <div
        role="group"
        aria-label={w.counter}
        className={classes(
          'border-line grid grid-cols-2 border-b text-base',
          isAlone && 'max-md:hidden',
        )}
      >
        <button
          type="button"
          aria-pressed={!isAsking}
          onClick={() => setAsking(false)}
          className={look(!isAsking)}
        >
          {t.check}
        </button>
        <button type="button" aria-pressed={isAsking} onClick={askForIt} className={look(isAsking)}>
          {t.ask}
        </button>
      </div>
      {!isAsking && <Check onAnswered={setAnswered} onAsk={askForIt} />}
      {isAsking && charge === undefined && <AskForm onAsked={watch} />}
      {isAsking && charge !== undefined && (
        <ChargeWatch id={charge} onNext={() => watch(undefined)} />
      )}
    </Page>
  );
}
