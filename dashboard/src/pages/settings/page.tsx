import { useQuery } from '@tanstack/react-query';

import { statusQuery } from '../../api/queries.ts';
import { lockChoices, prefer, themes, usePreferences } from '../../preferences.ts';
import { languages, useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { Select } from '../../ui/field.tsx';
import { Business } from './business.tsx';
import { Install } from './install.tsx';
import { Notifications } from './notifications.tsx';
import { Sessions } from './sessions.tsx';
import { settingsText } from './text.ts';

export function Settings() {
  const t = useText(settingsText);
  const w = useText(words);
  const status = useQuery(statusQuery);
  return (
    <Page title={w.settings} lead={t.lead}>
      <div className="grid grid-cols-1 items-start gap-4 md:gap-6 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4 md:gap-6">
          <DeviceCard />
          <Sessions />
          <Card title={t.factor} beside={<Badge tone="plain">{t.factorLater}</Badge>}>
            <p className="text-soft text-sm">{t.factorWhy}</p>
          </Card>
          <Install />
        </div>
        <div className="flex min-w-0 flex-col gap-4 md:gap-6">
          <Notifications />
          <Card title={t.business}>
            <Answer query={status} lines={6}>
              {(data) => <Business status={data} />}
            </Answer>
          </Card>
        </div>
      </div>
    </Page>
  );
}

function DeviceCard() {
  const t = useText(settingsText);
  const { language, theme, lockAfterMinutes } = usePreferences();
  return (
    <Card title={t.device}>
      <div className="flex flex-col gap-4">
        <p className="text-soft text-sm">{t.deviceWhy}</p>
        <Select
          label={t.language}
          value={language}
          choices={languages.map((one) => ({ value: one, label: t.languages[one] }))}
          onChoose={(chosen) => prefer({ language: chosen })}
        />
        <Select
          label={t.theme}
          value={theme}
          choices={themes.map((one) => ({ value: one, label: t.themes[one] }))}
          onChoose={(chosen) => prefer({ theme: chosen })}
        />
        <Select
          label={t.lock}
          hint={t.lockHint}
          value={String(lockAfterMinutes)}
          choices={lockChoices.map((minutes) => ({
            value: String(minutes),
            label: minutes === 0 ? t.lockNever : t.lockAfter(minutes),
          }))}
          onChoose={(chosen) => prefer({ lockAfterMinutes: Number(chosen) })}
        />
      </div>
    </Card>
  );
}
