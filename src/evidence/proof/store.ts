import { idFromNumber, type BusinessId, type CallbackId } from '#kernel';
import { sql, type Executor } from '#platform/db';

import type { PackedBody } from '../pack.ts';

export interface SealedPack {
  readonly id: bigint;
  readonly sealed: Buffer;
}
export type OpenPack = (pack: SealedPack) => readonly PackedBody[];

export interface EvidenceVerdict {
  /** Callbacks whose words were read again. */
  readonly readCount: number;
  /** Whose words are gone, or not to be read; the first of each. */
  readonly lost: readonly CallbackId[];
}

const lostMax = 20;
/** To read all of ten million callbacks again would take minutes. */
const packsMax = 200;

/** Looks for every pack, and reads the newest ones. */
export async function verifyEvidence(
  executor: Executor,
  { businessId, openPack }: { readonly businessId: BusinessId; readonly openPack: OpenPack },
): Promise<EvidenceVerdict> {
  const { rows: packless } = await sql<{ id: bigint }>`
    select c.id from callback c
    left join callback_pack p on p.business_id = c.business_id and p.id = c.pack_id
    where c.business_id = ${businessId} and c.pack_id is not null and p.id is null
    order by c.id limit ${lostMax}`.execute(executor);
  const { rows: packs } = await sql<SealedPack>`
    select id, bodies_sealed as sealed from callback_pack
    where business_id = ${businessId} order by id desc limit ${packsMax}`.execute(executor);
  // A pack is named after its first callback, and ids are in order of time.
  const { rows: packed } = await sql<{ id: bigint }>`
    select id from callback
    where business_id = ${businessId} and id >= ${packs.at(-1)?.id ?? 0n}
      and pack_id = any(${packs.map(({ id }) => id)}::bigint[])
    order by id`.execute(executor);
  const held = new Set(packs.flatMap((pack) => rowsIn(pack, openPack)));
  const unread = packed.filter(({ id }) => !held.has(id));
  return {
    readCount: packed.length - unread.length,
    lost: [...packless, ...unread].slice(0, lostMax).map(({ id }) => idFromNumber('callback', id)),
  };
}

function rowsIn(pack: SealedPack, openPack: OpenPack): readonly bigint[] {
  try {
    return openPack(pack).map(({ row }) => row);
  } catch {
    return [];
  }
}
