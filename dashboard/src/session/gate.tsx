import { useEffect } from 'react';

import { clock } from '../clock.ts';
import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { Button } from '../ui/button.tsx';
import { Login } from './login.tsx';
import { loginText } from './login-text.ts';
import { checkSession, type SessionState } from './session.ts';

const againMs = 3_000;

/** Stands before the page until somebody has shown the key. What is behind it stays as it was. */
export function Gate({ state }: { readonly state: Exclude<SessionState, 'in'> }) {
  const t = useText(loginText);
  return (
    <div className="bg-paper fixed inset-0 z-50 flex flex-col overflow-y-auto">
      <title>QMOI Revenue</title>
      <main className="m-auto flex w-full max-w-md flex-col items-center gap-8 p-6">
        <p className="text-accent flex items-center gap-3 text-base font-semibold">
          <img src="/icon.svg" alt="" className="size-9 rounded-md" />
          QMOI Revenue
        </p>
        {state === 'asking' ? <p role="status">{t.checking}</p> : <Wall state={state} />}
      </main>
    </div>
  );
}

const Wall = ({ state }: { readonly state: Exclude<SessionState, 'in' | 'asking'> }) =>
  state === 'unreachable' ? <Unreachable /> : <Login why={state} />;

function Unreachable() {
  const t = useText(loginText);
  const w = useText(words);
  useEffect(() => {
    let timer = clock.after(againMs, again);
    function again(): void {
      void checkSession();
      timer = clock.after(againMs, again);
    }
    return () => timer.cancel();
  }, []);
  return (
    <div role="status" className="flex flex-col items-center gap-4 text-center">
      <h1 className="text-lg font-semibold">{t.noAnswer}</h1>
      <p className="text-soft text-sm">{t.noAnswerWhy}</p>
      <Button onClick={() => void checkSession()}>{w.retry}</Button>
    </div>
  );
}
