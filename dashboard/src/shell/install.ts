import { useSyncExternalStore } from 'react';

/** A browser's offer to install the screen as an app; not every browser makes one. */
interface Offer extends Event {
  prompt(): Promise<unknown>;
}

const isOffer = (event: Event): event is Offer => 'prompt' in event;

let offer: Offer | undefined;
const watching = new Set<() => void>();

function become(next: Offer | undefined): void {
  offer = next;
  for (const tell of watching) tell();
}

/** Offers come early and once: this one is kept until somebody wants it, under Settings. */
export function keepInstallOffer(): void {
  addEventListener('beforeinstallprompt', (event) => {
    if (!isOffer(event)) return;
    event.preventDefault();
    become(event);
  });
  addEventListener('appinstalled', () => become(undefined));
}

const watch = (tell: () => void): (() => void) => {
  watching.add(tell);
  return () => watching.delete(tell);
};

export const useInstallOffer = (): boolean =>
  useSyncExternalStore(watch, () => offer !== undefined);

/** Asks the browser to ask; an offer can be taken once. */
export async function install(): Promise<void> {
  const taken = offer;
  become(undefined);
  await taken?.prompt();
}

/** iPads call themselves Macs, but no Mac has a touch screen. */
export const isApplePhone = (): boolean =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) ||
  (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
