import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Page } from '../../ui/card.tsx';
import { Contact } from './contact.tsx';
import { Diagnostics } from './diagnostics.tsx';
import { GuideList } from './guide-list.tsx';
import { supportText } from './text.ts';

/** What to do when something is not as it should be, and whom to ask. */
export function Support() {
  const t = useText(supportText);
  const w = useText(words);
  return (
    <Page title={w.support} lead={t.lead}>
      <div className="grid grid-cols-1 items-start gap-4 md:gap-6 lg:grid-cols-5">
        <div className="min-w-0 lg:col-span-3">
          <GuideList />
        </div>
        <div className="flex min-w-0 flex-col gap-4 md:gap-6 lg:col-span-2">
          <Contact />
          <Diagnostics />
        </div>
      </div>
    </Page>
  );
}
