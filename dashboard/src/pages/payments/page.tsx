import { getRouteApi } from '@tanstack/react-router';

import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Page } from '../../ui/card.tsx';
import { Filters } from './filters.tsx';
import { PaymentList } from './payment-list.tsx';
import type { PaymentSearch } from './search.ts';
import { paymentsText } from './text.ts';

const route = getRouteApi('/payments');

/** Every payment there is, narrowed down to those that are looked for. */
export function Payments() {
  const w = useText(words);
  const t = useText(paymentsText);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const show = (next: PaymentSearch): void => void navigate({ to: '/payments', search: next });
  return (
    <Page title={w.payments} lead={t.lead}>
      <Filters search={search} onSearch={show} />
      <PaymentList key={JSON.stringify(search)} search={search} onClear={() => show({})} />
    </Page>
  );
}
