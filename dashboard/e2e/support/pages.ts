/** Every page of the navigation, in its order: one that is missing here fails a test. */
export const pages = [
  '/',
  '/counter',
  '/payments',
  '/exceptions',
  '/transfers',
  '/targets',
  '/streams',
  '/reconciliation',
  '/audit',
  '/system',
  '/settings',
  '/support',
] as const;

/** Lists whose rows have a page each: where it is, and what the engine answers the list at. */
export const details = [
  { path: '/payments', list: '/api/qmoi/revenue/transactions' },
  { path: '/exceptions', list: '/api/qmoi/exceptions' },
  { path: '/transfers', list: '/api/qmoi/revenue/transfers' },
] as const;
