import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Page } from '../../ui/card.tsx';
import { buttonLook } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { AskForm } from './ask-form.tsx';
import { ChargeWatch } from './charge-watch.tsx';
import { Check } from './check.tsx';
import { counterText } from './text.ts';

const route = getRouteApi('/counter');

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
  return (
    <Page title={w.counter}>
      <div
        role="group"
        aria-label={w.counter}
        className={classes('grid grid-cols-2 gap-2', isAlone && 'max-md:hidden')}
      >
        <button
          type="button"
          aria-pressed={!isAsking}
          onClick={() => setAsking(false)}
          className={buttonLook(isAsking ? 'quiet' : 'primary', 'large')}
        >
          {t.check}
        </button>
        <button
          type="button"
          aria-pressed={isAsking}
          onClick={() => {
            setAsking(true);
            setAnswered(false);
          }}
          className={buttonLook(isAsking ? 'primary' : 'quiet', 'large')}
        >
          {t.ask}
        </button>
      </div>
      {!isAsking && <Check onAnswered={setAnswered} />}
      {isAsking && charge === undefined && <AskForm onAsked={watch} />}
      {isAsking && charge !== undefined && (
        <ChargeWatch id={charge} onNext={() => watch(undefined)} />
      )}
    </Page>
  );
}
