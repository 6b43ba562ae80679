/** A charge that is waited for stays in the address: a page that is loaded again still waits. */
export interface CounterSearch {
  readonly charge?: string;
}

export const readCounterSearch = (raw: Readonly<Record<string, unknown>>): CounterSearch => {
  const { charge } = raw;
  return typeof charge === 'string' && /^ch_[0-9A-Z]{13}$/.test(charge) ? { charge } : {};
};
