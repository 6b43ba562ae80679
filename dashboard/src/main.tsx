import './style.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app.tsx';
import { clock } from './clock.ts';
import { applyPreferences } from './preferences.ts';
import { router } from './router.tsx';
import { keepInstallOffer } from './shell/install.ts';
import { checkSession } from './session/session.ts';
import { registerServiceWorker } from './shell/service-worker.ts';
import { fetchDialogs } from './ui/dialog.tsx';

/** An answer that is nearly there is worth waiting for: nothing is drawn that goes at once. */
const answerMsMax = 150;
/** What is only needed later does not stand in the way of what is drawn first. */
const restAfterMs = 1_000;

async function show(place: HTMLElement): Promise<void> {
  // A page that is found now is drawn at once.
  await Promise.race([Promise.all([checkSession(), router.load()]), clock.sleep(answerMsMax)]);
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
  await clock.sleep(restAfterMs);
  await Promise.all([registerServiceWorker(), fetchDialogs()]);
}

applyPreferences();
keepInstallOffer();
const place = document.getElementById('root');
if (place === null) throw new Error('the page has no place for the screen');
void show(place);
