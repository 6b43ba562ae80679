import { useLanguage } from '../../text/language.ts';
import { inSwahili } from './reason-text.ts';
import type { SuggestionView } from './shapes.ts';

/** Why a fix is suggested; in the engine's English where the screen has no words for it. */
export function Why({ suggestion: { reason, why } }: { readonly suggestion: SuggestionView }) {
  const said = useLanguage() === 'sw' ? inSwahili(reason) : undefined;
  return said ?? <span lang="en">{why}</span>;
}
