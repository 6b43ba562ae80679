import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { useQuery } from '@tanstack/react-query';

import { statusQuery } from '../api/queries.ts';
import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { useMedium } from '../ui/wide.ts';
import { Banners, LineState } from './banners.tsx';
import { BottomNavigation, SideNavigation } from './navigation.tsx';

/** What stands around every page. */
export function Shell() {
  const w = useText(words);
  const { data: status } = useQuery(statusQuery);
  const main = useRef<HTMLElement>(null);
  const hasRoom = useMedium();
  const { pathname } = useLocation();
  const isFirst = useRef(true);
  // Whoever cannot see the page change has to be taken to its beginning.
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="bg-accent text-on-accent sr-only z-50 rounded-md px-4 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {w.skip}
      </a>
      <Banners />
      <header className="bg-card border-line flex min-h-12 items-center justify-between gap-4 border-b px-4 md:px-6">
        <p className="min-w-0 truncate text-sm font-semibold">
          {status?.businessName ?? 'QMOI Revenue'}
        </p>
        <LineState />
      </header>
      <div className="flex grow">
        {hasRoom && <SideNavigation />}
        <main
          id="main"
          ref={main}
          tabIndex={-1}
          className="min-w-0 grow pb-20 outline-none md:pb-0"
        >
          <Outlet />
        </main>
      </div>
      {!hasRoom && <BottomNavigation />}
    </div>
  );
}
