import { err, ok, type Result } from '#kernel';

export type EndpointRefusal =
  | { readonly kind: 'endpoint-not-https' }
  | { readonly kind: 'endpoint-of-nobody-known'; readonly host: string };

/** Says whose service an endpoint belongs to. */
export type ReadEndpoint = (
  endpoint: string,
) => Result<{ readonly service: string }, EndpointRefusal>;

/** The hosts of the services that browsers use, and all below them. */
const services: readonly (readonly [host: string, service: string])[] = [
  ['fcm.googleapis.com', 'Google'],
  ['android.googleapis.com', 'Google'],
  ['push.services.mozilla.com', 'Mozilla'],
  ['push.apple.com', 'Apple'],
  ['notify.windows.com', 'Microsoft'],
];

/**
 * Whoever is logged in could have the engine send to any address otherwise, those of the network it
 * stands in included.
 */
export const readEndpoint: ReadEndpoint = (endpoint) => {
  const url = URL.parse(endpoint);
  const isPlain = url?.protocol === 'https:' && url.port === '' && url.username === '';
  if (url === null || !isPlain) return err({ kind: 'endpoint-not-https' });
  const host = url.hostname;
  const known = services.find(([name]) => host === name || host.endsWith(`.${name}`));
  return known === undefined
    ? err({ kind: 'endpoint-of-nobody-known', host })
    : ok({ service: known[1] });
};
