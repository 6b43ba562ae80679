import { useText } from '../../text/language.ts';
import { classes } from '../../ui/classes.ts';
import type { Choice } from './desk.ts';
import { fixText } from './fix-text.ts';
import { useFixWords } from './fix-words.ts';
import type { ExceptionView } from './shapes.ts';
import { Why } from './why.tsx';

interface ChoiceListProps {
  readonly exception: ExceptionView;
  readonly onChoose: (choice: Choice) => void;
}

const entry =
  'border-line hover:bg-sunk flex min-h-14 w-full flex-col items-start justify-center gap-0.5 rounded-md border px-4 py-2 text-left';

/** Everything that may be done: what suggests itself first. */
export function ChoiceList({ exception, onChoose }: ChoiceListProps) {
  const t = useText(fixText);
  const f = useFixWords();
  const { suggestions, fixes } = exception;
  return (
    <div className="flex flex-col gap-4">
      {suggestions.length > 0 && (
        <section className="flex flex-col gap-2">
          <h3 className="text-soft text-xs font-medium">{t.form.suggested}</h3>
          {suggestions.map((suggestion, index) => (
            <button
              key={`${suggestion.fix.kind} ${suggestion.why}`}
              type="button"
              className={classes(entry, 'border-accent')}
              onClick={() => onChoose({ kind: 'suggestion', index })}
            >
              <span className="text-accent text-sm font-semibold">{f.act(suggestion.fix)}</span>
              <span className="text-soft text-xs">
                <Why suggestion={suggestion} />
              </span>
            </button>
          ))}
        </section>
      )}
      <section className="flex flex-col gap-2">
        <h3 className="text-soft text-xs font-medium">{t.form.others}</h3>
        {fixes.map((fix) => (
          <button
            key={fix}
            type="button"
            className={entry}
            onClick={() => onChoose({ kind: 'own', fix })}
          >
            <span className="text-sm font-semibold">{t.fixes[fix].name}</span>
            <span className="text-soft text-xs">{t.fixes[fix].what}</span>
          </button>
        ))}
      </section>
    </div>
  );
}
