import { Toast } from '@base-ui/react/toast';
import { useEffect } from 'react';

import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { takeSaid, watchSaid, type Said } from './toast.ts';

const manager = Toast.createToastManager();
const withActionMs = 12_000;

function show({ title, action }: Said): void {
  if (action === undefined) {
    manager.add({ title });
    return;
  }
  const id = manager.add({
    title,
    timeout: withActionMs,
    actionProps: {
      children: action.label,
      onClick: () => {
        manager.close(id);
        action.act();
      },
    },
  });
}

function showAll(): void {
  for (const said of takeSaid()) show(said);
}

/** Shows what is said, beginning with what was said before this was loaded. */
export function Toasts() {
  useEffect(() => {
    showAll();
    return watchSaid(showAll);
  }, []);
  return (
    <Toast.Provider toastManager={manager} timeout={5_000} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed inset-x-4 bottom-20 z-50 flex flex-col gap-2 md:inset-x-auto md:right-8 md:bottom-8 md:w-80">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List() {
  const { toasts } = Toast.useToastManager();
  const w = useText(words);
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="bg-ink text-paper flex items-center justify-between gap-3 rounded-md px-4 py-3 text-sm shadow-lg"
    >
      <Toast.Title className="min-w-0 grow" />
      {toast.actionProps !== undefined && (
        <Toast.Action className="min-h-11 shrink-0 rounded-sm px-2 font-semibold underline" />
      )}
      <Toast.Close className="min-h-8 rounded-sm px-2 font-medium underline">{w.close}</Toast.Close>
    </Toast.Root>
  ));
}
