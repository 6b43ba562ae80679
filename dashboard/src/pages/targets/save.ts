import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import { ask, isRefusal, newKey } from '../../api/client.ts';
import { statusQuery } from '../../api/queries.ts';
import { kinds, type Kind } from './plan.ts';

export interface Change {
  readonly kind: Kind;
  readonly from: number;
  readonly to: number;
}

export interface Saving {
  readonly isBusy: boolean;
  /** What is saved of what was last asked for. */
  readonly saved: readonly Change[];
  /** What is not, and why; those after the first one that failed were not tried. */
  readonly failed: readonly (Change & { readonly error: unknown })[];
}

const nothing: Saving = { isBusy: false, saved: [], failed: [] };

/**
 * Saves targets one by one, as the engine takes them. Each has a key of its own, kept while nobody
 * knows what became of it, so that saving again saves nothing twice.
 */
export function useSaving() {
  const client = useQueryClient();
  const [saving, setSaving] = useState<Saving>(nothing);
  const keys = useRef(new Map<string, string>());
  const isOut = useRef(false);

  const saveOne = async ({ kind, to }: Change): Promise<void> => {
    const name = `${kind} ${to}`;
    const key = keys.current.get(name) ?? newKey();
    keys.current.set(name, key);
    try {
      await ask('/revenue/target', { method: 'POST', body: { type: kind, amount: to }, key });
      keys.current.delete(name);
    } catch (error) {
      if (isRefusal(error)) keys.current.delete(name);
      throw error;
    }
  };

  /** Answers whether all of them are saved. */
  const save = async (changes: readonly Change[], before: readonly Change[] = []) => {
    if (isOut.current) return false;
    isOut.current = true;
    const saved = [...before];
    const failed: (Change & { readonly error: unknown })[] = [];
    setSaving({ isBusy: true, saved, failed });
    for (const kind of kinds) {
      const change = changes.find((one) => one.kind === kind);
      if (change === undefined) continue;
      try {
        // One after the other: the engine's note is about all three together.
        await saveOne(change);
        saved.push(change);
      } catch (error) {
        failed.push({ ...change, error });
      }
    }
    isOut.current = false;
    setSaving({ isBusy: false, saved, failed });
    await client.invalidateQueries({ queryKey: statusQuery.queryKey });
    return failed.length === 0;
  };

  return { saving, save, forget: () => setSaving(nothing) };
}
