import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { say } from './toast.ts';

/** A code one may want elsewhere: a press copies it. */
export function Copy({ text }: { readonly text: string }) {
  const w = useText(words);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    say(w.copied);
  };
  return (
    <button
      type="button"
      aria-label={`${w.copy}: ${text}`}
      onClick={() => void copy()}
      className="hover:bg-sunk -mx-1 rounded-sm px-1 text-left font-mono text-[0.9em] break-all underline decoration-dotted underline-offset-4"
    >
      {text}
    </button>
  );
}
