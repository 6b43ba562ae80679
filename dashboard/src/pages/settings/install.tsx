import { install, isApplePhone, useInstallOffer } from '../../shell/install.ts';
import { useText } from '../../text/language.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { settingsText } from './text.ts';

/** A button where the browser offers one; how it is done by hand where it does not. */
export function Install() {
  const t = useText(settingsText);
  const hasOffer = useInstallOffer();
  const isInstalled = matchMedia('(display-mode: standalone)').matches;
  return (
    <Card title={t.install}>
      <div className="flex flex-col items-start gap-3 text-sm">
        <p className="text-soft">{t.installWhy}</p>
        {isInstalled && <p>{t.installed}</p>}
        {!isInstalled && hasOffer && (
          <Button tone="primary" onClick={() => void install()}>
            {t.installButton}
          </Button>
        )}
        {!isInstalled && !hasOffer && <p>{isApplePhone() ? t.installIos : t.installElse}</p>}
      </div>
    </Card>
  );
}
