import { randomBytes } from 'node:crypto';

import {
  createPrng,
  createWallClock,
  invariant,
  isoOf,
  numberFromId,
  shillings,
  type Clock,
  type Prng,
} from '#kernel';
import { createDatabase, sql } from '#platform/db';
import { silentLog } from '#platform/log';
import { deriveKeys } from '#security';

import { layFoundation, type Foundation } from '../../src/foundation.ts';
import type { ProductSecrets } from './installation.ts';
import { callbackSetOf, callbackTemplates, type Callback, type CallbackSet } from './callbacks.ts';
import {
  chargeLifeMs,
  chargeWords,
  createDrawing,
  ownIdOf,
  promptWords,
  type Mix,
  type SeedCharge,
} from './drawing.ts';
import type { Template } from '../generator/job.ts';

/** Puts charges and prompts into the books, so that callbacks have something to be about. */
export interface Seeder {
  readonly templates: readonly Template[];
  /** Charges and prompts for that many callbacks, and the callbacks. */
  seed(count: number, mix: Mix, how?: 'flushed' | 'unflushed'): Promise<CallbackSet>;
  close(): Promise<void>;
}

const chunk = 2_000;
/** No stretch is as long. */
const queryAfterMs = 3_600_000;

/** The same keys, ids and tokens as the engine: it could not tell these rows from its own. */
export function layBenchFoundation(
  connectionString: string,
  secrets: ProductSecrets,
  clock: Clock = createWallClock(),
): Promise<Foundation> {
  const keys = deriveKeys(secrets.masterSecret);
  invariant(keys.ok, 'the sandbox makes a strong secret');
  return layFoundation({
    database: createDatabase({ connectionString, connectionsMax: 2 }),
    clock,
    log: silentLog,
    random: randomBytes,
    keys: keys.value,
    mode: 'sandbox',
    businessName: 'My business',
  });
}

export async function openSeeder(
  connectionString: string,
  secrets: ProductSecrets,
): Promise<Seeder> {
  const foundation = await layBenchFoundation(connectionString, secrets);
  const { database, clock } = foundation;
  const prng = createPrng(20_261_126);
  let callbacksSoFar = 0;

  return {
    templates: callbackTemplates({
      shortCode: secrets.shortCode,
      confirmationToken: foundation.tokens.tokenFor({
        channel: 'paybill-confirmation',
        subject: 0n,
      }),
      at: clock.now(),
    }),
    seed: async (count, mix, how = 'flushed') => {
      const callbacks: Callback[] = [];
      while (callbacks.length < count) {
        const size = Math.min(chunk, count - callbacks.length);
        const firstNumber = callbacksSoFar + callbacks.length;
        callbacks.push(...(await seedChunk(foundation, { size, mix, prng, firstNumber })));
      }
      // Checks of foreign keys keep the plan they were first given. Where tables were empty then,
      // it reads all rows until statistics come; a running server makes them within a minute.
      await sql`analyze`.execute(database.executor);
      // What was written meanwhile would otherwise be flushed within the measured window.
      if (how === 'flushed') await sql`checkpoint`.execute(database.executor);
      const set = callbackSetOf(callbacks, { firstNumber: callbacksSoFar, at: clock.now() });
      callbacksSoFar += count;
      return set;
    },
    close: () => database.close(),
  };
}

interface Chunk {
  readonly size: number;
  readonly mix: Mix;
  readonly prng: Prng;
  readonly firstNumber: number;
}

async function seedChunk(foundation: Foundation, plan: Chunk): Promise<readonly Callback[]> {
  const draw = createDrawing(foundation, plan);
  const drawn = Array.from({ length: plan.size }, (_, n) => draw(plan.firstNumber + n));
  const charges = drawn.flatMap(({ charge }) => charge ?? []);
  await insertCharges(foundation, charges);
  await insertPrompts(
    foundation,
    charges.filter(({ isPrompted }) => isPrompted),
  );
  return drawn.map(({ callback }) => callback);
}

const amountOf = ({ amount }: SeedCharge): bigint => shillings(amount);

async function insertCharges(
  { businessId, clock, database, vault, blindIndex }: Foundation,
  charges: readonly SeedCharge[],
): Promise<void> {
  if (charges.length === 0) return;
  const now = isoOf(clock.now());
  const expiresAt = isoOf(clock.now() + chargeLifeMs);
  const numbers = charges.map(({ id }) => numberFromId(id));
  const place = (row: bigint) => ({ table: 'charge', column: 'phone_sealed', row });
  await sql`
    insert into charge (
      business_id, id, state, stream_id, rail, amount_minor, currency, reference, description,
      phone_index, phone_sealed, consented_at, consent_basis, created_by, created_at, expires_at,
      updated_at
    )
    select ${businessId}, c.id, c.state, c.stream_id, 'mpesa', c.amount, 'KES', c.reference,
      ${chargeWords.description}, c.phone_index, c.phone_sealed, ${now}, ${chargeWords.basis},
      ${chargeWords.by}, ${now},
      ${expiresAt}, ${now}
    from unnest(
      ${numbers}::bigint[],
      ${charges.map(({ isPrompted }) => (isPrompted ? 'prompted' : 'open'))}::text[],
      ${charges.map(({ streamId }) => streamId)}::text[],
      ${charges.map(amountOf)}::bigint[],
      ${charges.map(({ reference }) => reference)}::text[],
      ${charges.map(({ msisdn }) => blindIndex(msisdn))}::bytea[],
      ${charges.map(({ msisdn }, n) => vault.seal(msisdn, place(numbers[n] ?? 0n)))}::bytea[]
    ) as c (id, state, stream_id, amount, reference, phone_index, phone_sealed)`.execute(
    database.executor,
  );
}

/** Accepted by the provider, who is to be asked about them long after their callbacks have come. */
async function insertPrompts(
  { businessId, clock, database, blindIndex }: Foundation,
  prompted: readonly SeedCharge[],
): Promise<void> {
  if (prompted.length === 0) return;
  await sql`
    with accepted as (insert into prompt (
      business_id, id, charge_id, rail, own_id, state, provider_request_id, provider_trace_id,
      phone_index, amount_minor, planned_at
    )
    select ${businessId}, p.id, p.charge_id, 'mpesa', p.own_id, 'accepted', p.request_id,
      ${promptWords.traceId}, p.phone_index, p.amount, ${isoOf(clock.now())}
    from unnest(
      ${prompted.map(({ promptId }) => numberFromId(promptId))}::bigint[],
      ${prompted.map(({ id }) => numberFromId(id))}::bigint[],
      ${prompted.map(({ promptId }) => ownIdOf(promptId))}::text[],
      ${prompted.map(({ requestId }) => requestId)}::text[],
      ${prompted.map(({ msisdn }) => blindIndex(msisdn))}::bytea[],
      ${prompted.map(amountOf)}::bigint[]
    ) as p (id, charge_id, own_id, request_id, phone_index, amount) returning business_id, id)
    insert into prompt_due (business_id, id, next_query_at)
    select business_id, id, ${isoOf(clock.now() + queryAfterMs)} from accepted`.execute(
    database.executor,
  );
}
