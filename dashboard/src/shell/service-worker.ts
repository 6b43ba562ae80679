import { useSyncExternalStore } from 'react';

let waiting: ServiceWorker | undefined;
const watching = new Set<() => void>();

function met(worker: ServiceWorker | null): void {
  // The first one ever replaces nothing.
  if (worker === null || navigator.serviceWorker.controller === null) return;
  waiting = worker;
  for (const tell of watching) tell();
}

let registered: Promise<void> | undefined;

/** Keeps the screen for when there is no line, once. Only over TLS, or on this machine. */
export const registerServiceWorker = (): Promise<void> => (registered ??= register());

async function register(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    const registration = await navigator.serviceWorker.register('/service-worker.js');
    met(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed') met(installing);
      });
    });
  } catch {
    // A browser that takes none: the screen works with a line only.
  }
}

/** Whether a new version waits. It is never loaded under somebody's hands. */
export const useUpdate = (): boolean =>
  useSyncExternalStore(
    (tell) => {
      watching.add(tell);
      return () => watching.delete(tell);
    },
    () => waiting !== undefined,
  );

export function applyUpdate(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker takes none
  waiting?.postMessage('take-over');
}
