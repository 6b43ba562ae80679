import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';

import { NotFound } from './shell/not-found.tsx';
import { readCounterSearch } from './pages/counter/search.ts';
import { readSearch } from './pages/payments/search.ts';
import { Shell } from './shell/shell.tsx';
import { RouteProblem } from './shell/route-problem.tsx';
import { readAuditSearch } from './pages/audit/search.ts';
import { readSupportSearch } from './pages/support/search.ts';
import { streamsSearch } from './pages/streams/search.ts';
import { exceptionsSearch } from './pages/exceptions/search.ts';
import { reconciliationSearch } from './pages/reconciliation/search.ts';
import { Today } from './pages/today/page.tsx';
import { transfersSearch } from './pages/transfers/search.ts';

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: RouteProblem,
});

const under = { getParentRoute: () => rootRoute } as const;

type Raw = Record<string, unknown>;

/** The router hands on what a page did not read from the address: here it ends. */
const only =
  <Search extends object>(read: (raw: Raw) => Search) =>
  (raw: Raw): Search => ({ ...emptied(raw), ...read(raw) });
const emptied = (raw: Raw): object =>
  Object.fromEntries(Object.keys(raw).map((name) => [name, undefined]));

/** Today comes with the first load; every other page when it is gone to. */
const routeTree = rootRoute.addChildren([
  createRoute({ ...under, path: '/', component: Today }),
  createRoute({
    ...under,
    path: '/counter',
    validateSearch: only(readCounterSearch),
    component: lazyRouteComponent(() => import('./pages/counter/page.tsx'), 'Counter'),
  }),
  createRoute({
    ...under,
    path: '/payments',
    validateSearch: only(readSearch),
    component: lazyRouteComponent(() => import('./pages/payments/page.tsx'), 'Payments'),
  }),
  createRoute({
    ...under,
    path: '/payments/$id',
    component: lazyRouteComponent(() => import('./pages/payments/trace.tsx'), 'PaymentTrace'),
  }),
  createRoute({
    ...under,
    path: '/exceptions',
    validateSearch: only(exceptionsSearch),
    component: lazyRouteComponent(() => import('./pages/exceptions/page.tsx'), 'Exceptions'),
  }),
  createRoute({
    ...under,
    path: '/exceptions/$id',
    component: lazyRouteComponent(() => import('./pages/exceptions/one.tsx'), 'OneException'),
  }),
  createRoute({
    ...under,
    path: '/transfers',
    validateSearch: only(transfersSearch),
    component: lazyRouteComponent(() => import('./pages/transfers/page.tsx'), 'Transfers'),
  }),
  createRoute({
    ...under,
    path: '/transfers/$id',
    component: lazyRouteComponent(() => import('./pages/transfers/trace.tsx'), 'TransferTrace'),
  }),
  createRoute({
    ...under,
    path: '/targets',
    component: lazyRouteComponent(() => import('./pages/targets/page.tsx'), 'Targets'),
  }),
  createRoute({
    ...under,
    path: '/streams',
    validateSearch: only(streamsSearch),
    component: lazyRouteComponent(() => import('./pages/streams/page.tsx'), 'Streams'),
  }),
  createRoute({
    ...under,
    path: '/reconciliation',
    validateSearch: only(reconciliationSearch),
    component: lazyRouteComponent(
      () => import('./pages/reconciliation/page.tsx'),
      'Reconciliation',
    ),
  }),
  createRoute({
    ...under,
    path: '/audit',
    validateSearch: only(readAuditSearch),
    component: lazyRouteComponent(() => import('./pages/audit/page.tsx'), 'Audit'),
  }),
  createRoute({
    ...under,
    path: '/system',
    component: lazyRouteComponent(() => import('./pages/system/page.tsx'), 'System'),
  }),
  createRoute({
    ...under,
    path: '/settings',
    component: lazyRouteComponent(() => import('./pages/settings/page.tsx'), 'Settings'),
  }),
  createRoute({
    ...under,
    path: '/support',
    validateSearch: only(readSupportSearch),
    component: lazyRouteComponent(() => import('./pages/support/page.tsx'), 'Support'),
  }),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  // The navigation and the state of the line outlive a page that fails.
  defaultErrorComponent: RouteProblem,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
