import { useText } from '../../text/language.ts';
import { Button } from '../../ui/button.tsx';
import { putOnDesk } from './desk.ts';
import { useFixWords } from './fix-words.ts';
import { useKindText } from './kind-text.ts';
import type { ExceptionView } from './shapes.ts';
import { exceptionsText } from './text.ts';

/** The likeliest fix, one tap away, and everything else behind another. */
export function FixBar({ exception }: { readonly exception: ExceptionView }) {
  const t = useText(exceptionsText);
  const f = useFixWords();
  const { title } = useKindText(exception);
  const [likeliest] = exception.suggestions;
  return (
    <div className="flex flex-wrap gap-2">
      {likeliest !== undefined && (
        <Button
          tone={likeliest.fix.kind === 'refund' ? 'quiet' : 'primary'}
          onClick={() =>
            putOnDesk({ kind: 'fixing', exception, choice: { kind: 'suggestion', index: 0 } })
          }
        >
          {f.act(likeliest.fix)}
        </Button>
      )}
      <Button
        tone={likeliest === undefined ? 'quiet' : 'bare'}
        aria-label={t.moreFor(title)}
        onClick={() => putOnDesk({ kind: 'fixing', exception, choice: { kind: 'choose' } })}
      >
        {t.more}
      </Button>
    </div>
  );
}
