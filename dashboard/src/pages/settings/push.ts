import { queryOptions } from '@tanstack/react-query';

import type { PushDeviceView, PushTopic, PushView } from '#api/contract';

import { ask } from '../../api/client.ts';
import { isApplePhone } from '../../shell/install.ts';
import { registerServiceWorker } from '../../shell/service-worker.ts';
import type { Language } from '../../text/language.ts';

/** Whether this browser can be told at all, and if not, why. */
export type Ability = 'possible' | 'blocked' | 'insecure' | 'install-first' | 'not-offered';

/** This browser, as it knows itself. */
export interface Here {
  readonly ability: Ability;
  /** By which the engine's list names it; undefined while it has not subscribed. */
  readonly mark: string | undefined;
}

/** The browser's maker gave no subscription: some have no service of their own. */
export class NoPushService extends Error {}
/** The person was asked and did not allow it. */
export class NotAllowed extends Error {}

export const pushQuery = queryOptions({
  queryKey: ['push'],
  queryFn: ({ signal }) => ask<PushView>('/push', { signal }),
  staleTime: 0,
});

/** Read again whenever the page is come back to: permissions are changed elsewhere. */
export const hereQuery = queryOptions({
  queryKey: ['push-here'],
  queryFn: look,
  staleTime: 0,
});

const isInstalled = (): boolean => matchMedia('(display-mode: standalone)').matches;

async function abilityOf(): Promise<Ability> {
  if (!isSecureContext) return 'insecure';
  const hasPush =
    'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  if (!hasPush) return isApplePhone() && !isInstalled() ? 'install-first' : 'not-offered';
  // Whoever comes here first may be earlier than what is put off until the page is drawn.
  await registerServiceWorker();
  if ((await navigator.serviceWorker.getRegistration()) === undefined) return 'not-offered';
  return Notification.permission === 'denied' ? 'blocked' : 'possible';
}

async function look(): Promise<Here> {
  const ability = await abilityOf();
  if (ability !== 'possible') return { ability, mark: undefined };
  const subscription = await subscriptionHere();
  return {
    ability,
    mark: subscription === null ? undefined : await markOf(subscription.endpoint),
  };
}

async function subscriptionHere(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

const markLength = 32;

/** As the contract has it: the endpoint itself never comes back from the engine. */
async function markOf(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, markLength);
}

/** One that the engine does not know may be dead, or made with the keys of another engine. */
async function subscribe(publicKey: string, isKnown: boolean): Promise<PushSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  if (isKnown && known !== null) return known;
  await known?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
}

export interface Wish {
  readonly topics: readonly PushTopic[];
  readonly language: Language;
  /** The engine tells this device already. */
  readonly isKnown: boolean;
}

/** Asks the person, then the browser, then the engine. Done again, it changes what is told. */
export async function switchOn(
  publicKey: string,
  { isKnown, ...wish }: Wish,
): Promise<PushDeviceView> {
  if ((await Notification.requestPermission()) !== 'granted') throw new NotAllowed();
  const subscription = await subscribe(publicKey, isKnown).catch((error: unknown) => {
    throw new NoPushService(String(error));
  });
  const { endpoint, keys } = subscription.toJSON();
  return ask<PushDeviceView>('/push', { method: 'POST', body: { endpoint, keys, ...wish } });
}

export async function switchOff(id: string): Promise<void> {
  await remove(id);
  await (await subscriptionHere())?.unsubscribe();
}

export const remove = (id: string): Promise<void> => ask<void>(`/push/${id}`, { method: 'DELETE' });

export const sendTest = (id: string): Promise<PushDeviceView> =>
  ask<PushDeviceView>(`/push/${id}/test`, { method: 'POST' });
