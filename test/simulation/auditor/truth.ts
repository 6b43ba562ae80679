import { invariant, shillings, type EpochMs, type RailId } from '#kernel';

import type { Providers } from '../providers.ts';

/** Money that moved, by the providers' own databases. */
export interface Moved {
  readonly rail: RailId;
  /** Paid to the business, paid out by it, or given back by the provider itself. */
  readonly kind: 'in' | 'out' | 'back';
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly msisdn: string;
  /** The id that the engine chose, where the provider keeps it. */
  readonly ownId: string | undefined;
  /** Under which the provider speaks of it in callbacks. */
  readonly conversationId: string | undefined;
  /** Of what is given back: the receipt it was paid under. */
  readonly reverses: string | undefined;
  readonly at: EpochMs;
}

/** A payout that a provider took on, whatever became of it. */
export interface Taken {
  readonly rail: RailId;
  readonly ownId: string;
  readonly at: EpochMs;
}

/** A prompt that a provider took on, whatever became of it. */
export interface Asked {
  readonly rail: RailId;
  readonly id: string;
  readonly msisdn: string;
  readonly reference: string;
  readonly at: EpochMs;
}

/** Something that happened on a phone about a prompt. */
export interface PromptEnd {
  readonly id: string;
  readonly msisdn: string;
  readonly at: EpochMs;
  readonly isRefusal: boolean;
}

export interface Truth {
  moves(): readonly Moved[];
  taken(): readonly Taken[];
  asked(): readonly Asked[];
  /** How the prompts of a phone ended that have ended. */
  endsOn(rail: RailId, msisdn: string): readonly PromptEnd[];
  walletMinor(rail: RailId): bigint;
  isSound(): Promise<boolean>;
}

const num = (value: unknown): number => Number(value ?? 0);
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'bigint' ? String(value) : '';
const maybe = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : text(value);
/** The longest that an M-Pesa prompt stands on a screen, with everything before and behind it. */
const onScreenMsMax = 75_000;

const kinds: Readonly<Record<string, Moved['kind']>> = {
  stk: 'in',
  c2b: 'in',
  b2c: 'out',
  reversal: 'back',
  collection: 'in',
  disbursement: 'out',
  refund: 'back',
};
function kindOf(value: unknown): Moved['kind'] {
  const kind = kinds[text(value)];
  invariant(kind !== undefined, 'the providers move money in ways that the auditor knows');
  return kind;
}

/** Reads what the providers know, each time only what is new. */
export function readTruth({ byRail }: Providers): Truth {
  const { mpesa, airtel } = byRail;
  const seen = { mpesaMoves: 0, airtelMoves: 0, mpesaPrompts: 0, airtelPrompts: 0 };
  const seenPayouts = { mpesa: 0, airtel: 0 };
  return {
    moves: () => {
      const ofMpesa = mpesa.rows('select * from transactions where seq > ?', seen.mpesaMoves);
      const ofAirtel = airtel.rows(
        `select *, (select of_airtel_id from refund
           where refund.airtel_id = truth.airtel_id) as refund_of
         from truth where seq > ?`,
        seen.airtelMoves,
      );
      for (const row of ofMpesa) seen.mpesaMoves = Math.max(seen.mpesaMoves, num(row['seq']));
      for (const row of ofAirtel) seen.airtelMoves = Math.max(seen.airtelMoves, num(row['seq']));
      return [
        ...ofMpesa.map((row): Moved => ({
          rail: 'mpesa',
          kind: kindOf(row['kind']),
          receipt: text(row['receipt']),
          amountMinor: shillings(num(row['amount_kes'])),
          msisdn: text(row['msisdn']),
          ownId: maybe(row['originator_conversation_id']),
          conversationId: maybe(row['conversation_id']),
          reverses: maybe(row['original_receipt']),
          at: num(row['settled_at']),
        })),
        ...ofAirtel.map((row): Moved => ({
          rail: 'airtel',
          kind: kindOf(row['kind']),
          receipt: text(row['airtel_id']),
          amountMinor: BigInt(text(row['amount_minor'])),
          msisdn: `254${text(row['national'])}`,
          ownId: maybe(row['own_id']),
          conversationId: undefined,
          reverses: maybe(row['refund_of']),
          at: num(row['at']),
        })),
      ];
    },
    taken: () => {
      const ofMpesa = mpesa.rows(
        `select rowid as n, originator_conversation_id as own_id, accepted_at from conversations
         where kind = 'b2c' and rowid > ? order by rowid`,
        seenPayouts.mpesa,
      );
      const ofAirtel = airtel.rows(
        `select rowid as n, own_id, accepted_at from disbursement where rowid > ? order by rowid`,
        seenPayouts.airtel,
      );
      const read = (rail: RailId, rows: typeof ofMpesa): readonly Taken[] =>
        rows.map((row) => {
          seenPayouts[rail] = Math.max(seenPayouts[rail], num(row['n']));
          return { rail, ownId: text(row['own_id']), at: num(row['accepted_at']) };
        });
      return [...read('mpesa', ofMpesa), ...read('airtel', ofAirtel)];
    },
    asked: () => {
      const ofMpesa = mpesa.rows(
        'select rowid as n, * from prompts where rowid > ? order by rowid',
        seen.mpesaPrompts,
      );
      const ofAirtel = airtel.rows(
        'select rowid as n, * from collection where rowid > ? order by rowid',
        seen.airtelPrompts,
      );
      for (const row of ofMpesa) seen.mpesaPrompts = Math.max(seen.mpesaPrompts, num(row['n']));
      for (const row of ofAirtel) seen.airtelPrompts = Math.max(seen.airtelPrompts, num(row['n']));
      return [
        ...ofMpesa.map((row): Asked => ({
          rail: 'mpesa',
          id: text(row['checkout_request_id']),
          msisdn: text(row['msisdn']),
          reference: text(row['account_reference']),
          at: num(row['submitted_at']),
        })),
        ...ofAirtel.map((row): Asked => ({
          rail: 'airtel',
          id: text(row['own_id']),
          msisdn: `254${text(row['national'])}`,
          reference: text(row['reference']),
          at: num(row['accepted_at']),
        })),
      ];
    },
    endsOn: (rail, msisdn) =>
      rail === 'mpesa'
        ? mpesa
            .rows(`select * from prompts where msisdn = ? and finished_at is not null`, msisdn)
            .map((row) => ({
              id: text(row['checkout_request_id']),
              msisdn,
              // A success hours later does not bring the prompt back to the screen.
              at: Math.min(num(row['finished_at']), num(row['submitted_at']) + onScreenMsMax),
              isRefusal: row['result_code'] === '1032' || row['result_code'] === '2001',
            }))
        : airtel
            .rows(
              `select prompt.*, collection.own_id as own from prompt join collection using (own_id)
               where national = ? and closed_at is not null`,
              msisdn.slice(3),
            )
            .map((row) => ({
              id: text(row['own']),
              msisdn,
              at: num(row['closed_at']),
              isRefusal: row['action'] === 'cancel' || row['action'] === 'wrong-pin',
            })),
    walletMinor: (rail) =>
      rail === 'mpesa'
        ? shillings(
            num(
              mpesa.rows(`select balance_kes from accounts where name = 'org:utility'`)[0]?.[
                'balance_kes'
              ],
            ),
          )
        : BigInt(
            text(
              airtel.rows(`select balance_minor from account where id = 'merchant'`)[0]?.[
                'balance_minor'
              ] ?? '0',
            ),
          ),
    isSound: async () => {
      const answers = await Promise.all(
        [mpesa, airtel].map(({ admin }) => admin('GET', '/conservation')),
      );
      return answers.every(({ body }) => body['ok'] === true);
    },
  };
}
