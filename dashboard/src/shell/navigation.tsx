import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { statusQuery } from '../api/queries.ts';
import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { farPages, nearPages, pages, type PageEntry } from './pages.ts';
import { shellText } from './shell-text.ts';

const here = { className: 'bg-accent-wash text-accent font-semibold' };
const elsewhere = { className: 'text-ink hover:bg-sunk' };

/** How many exceptions wait, where the engine has said so. */
function useOpenCount(): number {
  const { data } = useQuery({ ...statusQuery, enabled: false });
  return data?.health.openExceptions ?? 0;
}

function Entry({ page, onGo }: { readonly page: PageEntry; readonly onGo?: () => void }) {
  const w = useText(words);
  const t = useText(shellText);
  const openCount = useOpenCount();
  return (
    <Link
      to={page.path}
      activeOptions={{ exact: page.path === '/' }}
      activeProps={here}
      inactiveProps={elsewhere}
      onClick={onGo}
      className="flex min-h-11 items-center gap-3 rounded-md px-3 text-sm"
    >
      <Icon name={page.name} />
      <span className="grow">{w[page.name]}</span>
      {page.name === 'exceptions' && openCount > 0 && (
        <span className="bg-warn-wash text-warn rounded-sm px-2 text-xs font-semibold">
          <span aria-hidden>{openCount}</span>
          <span className="sr-only">{t.open(openCount)}</span>
        </span>
      )}
    </Link>
  );
}

/** Beside the page, where there is room. */
export function SideNavigation() {
  const w = useText(words);
  return (
    <nav aria-label={w.menu} className="flex w-56 shrink-0 flex-col gap-1 p-3">
      {pages.map((page) => (
        <Entry key={page.name} page={page} />
      ))}
    </nav>
  );
}

/** Under the thumb, on a phone. */
export function BottomNavigation() {
  const w = useText(words);
  const openCount = useOpenCount();
  const [isOpen, setOpen] = useState(false);
  const { pathname } = useLocation();
  useEffect(() => setOpen(false), [pathname]);
  const isFurther = !nearPages.some(({ path }) => isAt(pathname, path));
  return (
    <nav
      aria-label={w.menu}
      className="bg-card border-line fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 border-t pb-[env(safe-area-inset-bottom)]"
    >
      {nearPages.map((page) => (
        <Link
          key={page.name}
          to={page.path}
          activeOptions={{ exact: page.path === '/' }}
          activeProps={{ className: 'text-accent font-semibold' }}
          inactiveProps={{ className: 'text-soft' }}
          className={tab}
        >
          <span className="relative">
            <Icon name={page.name} />
            {page.name === 'exceptions' && openCount > 0 && (
              <span
                aria-hidden
                className="bg-warn absolute -top-1 -right-1.5 size-2.5 rounded-full"
              />
            )}
          </span>
          <span className="max-w-full truncate">{w.near[page.name]}</span>
        </Link>
      ))}
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className={classes(tab, isFurther ? 'text-accent font-semibold' : 'text-soft')}
      >
        <Icon name="more" />
        {w.more}
      </button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={w.menu}>
        <div className="grid grid-cols-1 gap-1">
          {farPages.map((page) => (
            <Entry key={page.name} page={page} onGo={() => setOpen(false)} />
          ))}
        </div>
      </Dialog>
    </nav>
  );
}

const tab = 'flex min-h-14 min-w-0 flex-col items-center justify-center gap-0.5 text-xs';
const isAt = (pathname: string, path: string): boolean =>
  path === '/' ? pathname === '/' : pathname.startsWith(path);
