import { Toast } from '@base-ui/react/toast';

import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';

const manager = Toast.createToastManager();

/** What can still be done about what is said. */
interface ToastAction {
  readonly label: string;
  readonly act: () => void;
}

const withActionMs = 12_000;

/** Says in passing that something was done. What went wrong is said where it went wrong. */
export function say(title: string, action?: ToastAction): void {
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

export function Toasts() {
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
