import { useRef, useState } from 'react';

import { fetchFile, queryOf } from '../../api/client.ts';
import { useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { say } from '../../ui/toast.ts';
import { queryPartOf, type PaymentSearch } from './search.ts';
import { paymentsText } from './text.ts';

type Format = 'csv' | 'xlsx';

interface Progress {
  readonly bytes: number;
  /** Rows that have come, in a CSV file; undefined where nobody can count them on the way. */
  readonly rows: number | undefined;
  readonly count: number | undefined;
}

/** All that the list would show, as a file; it can be stopped on its way. */
export function ExportButton({ search }: { readonly search: PaymentSearch }) {
  const t = useText(paymentsText);
  const [isOpen, setOpen] = useState(false);
  const { progress, error, start, stop } = useExport(search, () => {
    setOpen(false);
    say(t.done);
  });
  const close = (): void => {
    stop();
    setOpen(false);
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t.export}</Button>
      <Dialog open={isOpen} onClose={close} title={t.exportTitle} lead={t.exportLead}>
        {error !== undefined && <ProblemNote error={error} />}
        {progress === undefined ? (
          <div className="grid gap-3 sm:grid-cols-2">
            <Button size="large" onClick={() => start('csv')}>
              {t.csv}
            </Button>
            <Button size="large" onClick={() => start('xlsx')}>
              {t.xlsx}
            </Button>
          </div>
        ) : (
          <Course progress={progress} onStop={stop} />
        )}
      </Dialog>
    </>
  );
}

function Course({
  progress,
  onStop,
}: {
  readonly progress: Progress;
  readonly onStop: () => void;
}) {
  const t = useText(paymentsText);
  const f = useFormats();
  const { bytes, rows, count } = progress;
  const size = (bytes / 1_000_000).toFixed(1);
  const told =
    rows === undefined
      ? t.progressOf(f.count(count ?? 0), size)
      : t.progress(
          count === undefined ? f.count(rows) : `${f.count(rows)} / ${f.count(count)}`,
          size,
        );
  return (
    <div className="flex flex-col gap-3">
      <progress
        className="accent-accent h-3 w-full"
        aria-label={t.export}
        {...(rows !== undefined && count !== undefined && { value: rows, max: Math.max(count, 1) })}
      />
      <p role="status" className="figure text-sm">
        {bytes === 0 ? t.counting : told}
      </p>
      <Button onClick={onStop}>{t.stop}</Button>
    </div>
  );
}

function useExport(search: PaymentSearch, onDone: () => void) {
  const [progress, setProgress] = useState<Progress>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);

  const stop = (): void => running.current?.abort();
  const start = async (format: Format): Promise<void> => {
    const control = new AbortController();
    running.current = control;
    setError(undefined);
    setProgress({ bytes: 0, rows: undefined, count: undefined });
    try {
      await download(search, format, { signal: control.signal, onProgress: setProgress });
      onDone();
    } catch (failure) {
      if (!control.signal.aborted) setError(failure);
    } finally {
      setProgress(undefined);
    }
  };
  return { progress, error, start: (format: Format) => void start(format), stop };
}

const newLine = 10;
/** Pieces are put together now and then, so that the browser can lay them on its disk. */
const looseBytesMax = 4_000_000;

async function download(
  search: PaymentSearch,
  format: Format,
  how: { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void },
): Promise<void> {
  const path = `/revenue/transactions/export${queryOf({ format, ...queryPartOf(search) })}`;
  const response = await fetchFile(path, { signal: how.signal });
  const told = response.headers.get('x-row-count');
  const count = told === null ? undefined : Number(told);
  const parts: Blob[] = [];
  let loose: Uint8Array<ArrayBuffer>[] = [];
  let [bytes, looseBytes, lines] = [0, 0, 0];
  const reader = response.body?.getReader();
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    const { value } = piece;
    bytes += value.length;
    looseBytes += value.length;
    if (format === 'csv') for (const byte of value) if (byte === newLine) lines += 1;
    loose.push(value);
    if (looseBytes > looseBytesMax) {
      parts.push(new Blob(loose));
      [loose, looseBytes] = [[], 0];
    }
    const rows = format === 'csv' ? Math.max(lines - 1, 0) : undefined;
    how.onProgress({ bytes, rows, count });
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  keep(new Blob([...parts, ...loose]), name ?? `transactions.${format}`);
}

function keep(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
