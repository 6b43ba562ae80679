import { type AuditId, type BusinessId, type Clock, type IdSource, invariant } from '#kernel';
import type { Executor, Tx } from '#platform/db';

import { parseActor } from './actor.ts';
import { leafHashOf } from './hash.ts';
import {
  type AuditEntry,
  type AuditFilters,
  type AuditRecord,
  leaflessOf,
  leafText,
} from './record.ts';
import { createAuditStore, type StoredRecord } from './store.ts';

export interface AuditListQuery {
  /** Only records older than this one: the last id of the page before. */
  readonly before?: AuditId;
  readonly limit: number;
  readonly filters?: AuditFilters;
}

export interface AuditVerification {
  readonly checkedCount: number;
  readonly differingCount: number;
  /** The first of those whose content no longer gives the hash kept with it. */
  readonly differing: readonly AuditId[];
}

export interface Audit {
  /** In the transaction of the change itself: either both are there afterwards, or neither. */
  record(tx: Tx, entry: AuditEntry): Promise<AuditId>;
  /** One statement for all; answers their ids in the given order. */
  recordAll(tx: Tx, entries: readonly AuditEntry[]): Promise<readonly AuditId[]>;
  /** Newest first. */
  list(executor: Executor, query: AuditListQuery): Promise<readonly AuditRecord[]>;
  /** Recomputes the hash of every record. */
  verify(executor: Executor): Promise<AuditVerification>;
}

const entriesMax = 1_000;
const listLimitMax = 200;
const verifyPage = 1_000;
const differingMax = 100;

export function createAudit(deps: {
  readonly businessId: BusinessId;
  readonly ids: IdSource;
  readonly clock: Clock;
}): Audit {
  const { businessId, ids, clock } = deps;
  const store = createAuditStore(businessId);

  const recordAll = async (tx: Tx, entries: readonly AuditEntry[]): Promise<readonly AuditId[]> => {
    invariant(entries.length <= entriesMax, `at most ${entriesMax} audit records at once`);
    if (entries.length === 0) return [];
    const recordedAt = clock.now();
    const records = entries.map((entry): StoredRecord => {
      const record = leaflessOf(entry, { id: ids.next('audit'), recordedAt });
      return { ...record, leaf: leafHashOf(leafText(record, businessId)) };
    });
    await store.insert(tx, records);
    return records.map((record) => record.id);
  };

  return {
    recordAll,

    record: async (tx, entry) => {
      const [id] = await recordAll(tx, [entry]);
      invariant(id !== undefined, 'one entry makes one record');
      return id;
    },

    list: async (executor, { before, limit, filters = {} }) => {
      invariant(limit >= 1 && limit <= listLimitMax, `a page has 1 to ${listLimitMax} records`);
      const rows = await store.list(executor, { before, limit, filters });
      return rows.map((row) => {
        const actor = parseActor(row.actor);
        invariant(actor.ok, `audit record ${row.id} names an actor`);
        return { ...row, actor: actor.value };
      });
    },

    verify: async (executor) => {
      const differing: AuditId[] = [];
      let checkedCount = 0;
      let differingCount = 0;
      let after: AuditId | undefined;
      // Ends: every page starts after the last id of the page before, and ids only grow.
      for (;;) {
        const rows = await store.page(executor, { after, limit: verifyPage });
        for (const row of rows) {
          checkedCount += 1;
          if (leafHashOf(leafText(row, businessId)).equals(row.leaf)) continue;
          differingCount += 1;
          if (differing.length < differingMax) differing.push(row.id);
        }
        after = rows.at(-1)?.id;
        if (rows.length < verifyPage) return { checkedCount, differingCount, differing };
      }
    },
  };
}
