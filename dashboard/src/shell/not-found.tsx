import { useText } from '../text/language.ts';
import { Empty } from '../ui/answer.tsx';
import { Page } from '../ui/card.tsx';
import { shellText } from './shell-text.ts';

export function NotFound() {
  const t = useText(shellText);
  return (
    <Page title={t.notFound}>
      <Empty title={t.notFound}>{t.notFoundWhy}</Empty>
    </Page>
  );
}
