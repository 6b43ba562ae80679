import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type SyntheticEvent } from 'react';
import { createPortal } from 'react-dom';

import { clock } from '../clock.ts';
import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { Button } from '../ui/button.tsx';
import { Login } from './login.tsx';
import { loginText } from './login-text.ts';
import { checkSession, type SessionState } from './session.ts';

const againMs = 3_000;

/** Nothing behind may take it for its own: Escape would close a form there. */
const keep = (event: KeyboardEvent): void => event.stopPropagation();
const stay = (event: SyntheticEvent): void => event.preventDefault();

/**
 * Stands before the page until somebody has shown the key. What is behind it stays as it was, even
 * a form in front of the page: only the browser's own topmost layer is above that.
 */
export function Gate({ state }: { readonly state: Exclude<SessionState, 'in'> }) {
  const t = useText(loginText);
  const wall = useRef<HTMLDialogElement>(null);
  const before = useRef<Element>(null);
  useLayoutEffect(() => {
    if (wall.current?.contains(document.activeElement) === false) {
      before.current = document.activeElement;
    }
    if (wall.current?.open === false) wall.current.showModal();
  }, []);
  useEffect(
    () => () => {
      if (before.current instanceof HTMLElement) before.current.focus();
    },
    [],
  );
  return createPortal(
    <dialog
      ref={wall}
      aria-label={t.title}
      closedby="none"
      onKeyDown={keep}
      onCancel={stay}
      onClose={() => wall.current?.showModal()}
      className="bg-paper text-ink m-0 h-dvh max-h-none w-screen max-w-none overflow-y-auto open:flex"
    >
      <title>QMOI Revenue</title>
      <main className="m-auto flex w-full max-w-md flex-col items-center gap-8 p-6">
        <p className="text-accent flex items-center gap-3 text-base font-semibold">
          <img src="/icon.svg" alt="" className="size-9 rounded-md" />
          QMOI Revenue
        </p>
        {state === 'asking' ? <p role="status">{t.checking}</p> : <Wall state={state} />}
      </main>
    </dialog>,
    document.body,
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
