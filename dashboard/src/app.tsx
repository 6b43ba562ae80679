import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';

import { createQueryClient } from './api/queries.ts';
import { LiveProvider } from './live/live.tsx';
import { usePreferences } from './preferences.ts';
import { router } from './router.tsx';
import { Gate } from './session/gate.tsx';
import { useIdleLock } from './session/idle-lock.ts';
import { takeFirstStatus, useSession } from './session/session.ts';
import { LanguageContext } from './text/language.ts';
import { useHasSaid } from './ui/toast.ts';

const Toasts = lazy(async () => ({ default: (await import('./ui/toasts.tsx')).Toasts }));

/** Nothing of one person's session is left for the next one. */
function Inside() {
  const [client] = useState(() => createQueryClient(takeFirstStatus()));
  useIdleLock();
  return (
    <QueryClientProvider client={client}>
      <LiveProvider>
        <RouterProvider router={router} />
      </LiveProvider>
    </QueryClientProvider>
  );
}

export function App() {
  const { language } = usePreferences();
  const session = useSession();
  const hasSaid = useHasSaid();
  const wasIn = session === 'in' || session === 'ended' || session === 'locked';
  return (
    <CSPProvider disableStyleElements>
      <LanguageContext value={language}>
        {wasIn && (
          <div inert={session !== 'in'}>
            <Inside />
          </div>
        )}
        {session !== 'in' && <Gate state={session} />}
        {hasSaid && (
          <Suspense>
            <Toasts />
          </Suspense>
        )}
      </LanguageContext>
    </CSPProvider>
  );
}
