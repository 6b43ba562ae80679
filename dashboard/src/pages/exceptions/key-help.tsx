import { useText } from '../../text/language.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { exceptionsText } from './text.ts';

interface KeyHelpProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function KeyHelp({ open, onClose }: KeyHelpProps) {
  const t = useText(exceptionsText);
  return (
    <Dialog open={open} onClose={onClose} title={t.keysTitle} lead={t.keysNote}>
      <dl className="grid grid-cols-[5rem_1fr] items-center gap-x-4 gap-y-3 text-sm">
        {t.keyList.map(([key, what]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="border-line-strong bg-sunk rounded-sm border px-2 py-1 font-mono text-xs">
                {key}
              </kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
