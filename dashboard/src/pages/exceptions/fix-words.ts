import { useText } from '../../text/language.ts';
import { fixText } from './fix-text.ts';
import type { FixAsked, FixKindName } from './shapes.ts';

type Fixes = (typeof fixText)['en']['fixes'];

const isFixKind = (kind: string, fixes: Fixes): kind is FixKindName => Object.hasOwn(fixes, kind);

/** How a fix is called, on a button or in its history. */
export function useFixWords() {
  const t = useText(fixText);
  return {
    /** On the button that asks for it. */
    act: (fix: FixAsked): string =>
      fix.kind === 'match' && fix.allocations.length > 1
        ? t.payMany(new Set(fix.allocations.map(({ chargeId }) => chargeId)).size)
        : t.fixes[fix.kind].act,
    /** Also of what is no fix but stands in the history. */
    name: (kind: string): string =>
      isFixKind(kind, t.fixes) ? t.fixes[kind].name : (t.history[kind] ?? kind),
  };
}
