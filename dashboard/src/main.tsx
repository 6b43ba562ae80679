import './style.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './app.tsx';
import { applyPreferences } from './preferences.ts';
import { keepInstallOffer } from './shell/install.ts';
import { registerServiceWorker } from './shell/service-worker.ts';

applyPreferences();
keepInstallOffer();
const place = document.getElementById('root');
if (place === null) throw new Error('the page has no place for the screen');
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
void registerServiceWorker();
