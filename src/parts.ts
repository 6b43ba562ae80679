import { randomBytes } from 'node:crypto';

import { createFront, type Front } from '#api';
import type { EventId } from '#kernel';
import { createHttpLine } from '#rails';
import { createTokenKeeper } from '#security';
import { keepWeather } from '#weather';

import type { OpenBooks } from './books.ts';
import { unheard } from './port.ts';
import { createRails, settingsOf } from './providers.ts';
import type { EngineParts } from './run.ts';
import { expectProviders, type Providers } from './simulated.ts';
import { assemble, type Business, type CallbackUrlOf } from './wiring.ts';

// What takes callbacks once the database answers. All else is loaded behind it.
export { callbackUrlsFor } from './addresses.ts';
export { openBooksOn } from './books.ts';

/** A business that takes callbacks, and does nothing else yet. */
export interface Receiving {
  readonly business: Business;
  readonly providers: Providers;
  /** News of what is taken meanwhile is told as well. */
  readonly newsAfter: EventId;
  /** Absent for a worker alone. */
  readonly front: Front | undefined;
  readonly url: string | undefined;
}

/** Who came before anybody was heard has waited: the rest of the start comes after them. */
const firstComersMs = 100;

/** Opens the business, and the door to callbacks unless this process only works. */
export async function openDoor(
  parts: EngineParts,
  { books, callbackUrl }: { readonly books: OpenBooks; readonly callbackUrl: CallbackUrlOf },
): Promise<Receiving> {
  const { config, clock, log, undo, held } = parts;
  const { foundation } = books;
  const providers = expectProviders(config, createHttpLine());
  const business = await openBusiness(parts, { books, callbackUrl, providers });
  undo.push(business.spool.close);
  undo.push(keepWeather(business));
  const newsAfter = foundation.ids.next('event');
  const closed = { business, providers, newsAfter };
  if (held === undefined) return { ...closed, front: undefined, url: undefined };
  const { trustedProxies, host } = config.http;
  const front = createFront({ ...business, log, trustedProxies, startedAt: clock.now() });
  undo.push(async () => {
    await front.close();
    await business.intake.drain();
  });
  const { url } = await front
    .listen({ host, port: held.port, takeOver: held.handOver })
    .catch((error: unknown) => {
      // The port was free a moment ago.
      throw unheard(error, config.http) ?? error;
    });
  await front.heard(firstComersMs);
  return { ...closed, front, url };
}

async function openBusiness(
  parts: EngineParts,
  opened: {
    readonly books: OpenBooks;
    readonly callbackUrl: CallbackUrlOf;
    readonly providers: Providers;
  },
): Promise<Business> {
  const { config, clock, folders } = parts;
  const { books, callbackUrl, providers } = opened;
  const rails = createRails({
    config,
    ...providers,
    tokens: createTokenKeeper(books.foundation),
    clock,
    random: randomBytes,
    pullCallbackUrl: callbackUrl('paybill-confirmation', 0n),
  });
  const spoolFolder = folders.spool;
  return assemble(books.foundation, rails, settingsOf(config, { clock, callbackUrl, spoolFolder }));
}
