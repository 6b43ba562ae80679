import { useId, useRef, useState, type DragEvent, type FormEvent } from 'react';

import { ProblemError } from '../../api/client.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Imported } from './imported.tsx';
import { Preview } from './preview.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { reconciliationText } from './text.ts';
import { useWork, type Work } from './work.ts';

/** From a file, by what it would do, to what it did; one step at a time, nothing half done. */
export function Import() {
  const t = useText(reconciliationText);
  const { work, take, unlock, done, drop } = useWork();
  const hasFile = work.kind === 'sending' || work.kind === 'locked' || work.kind === 'seen';
  return (
    <Card title={t.import}>
      <div className="flex flex-col gap-4">
        {!hasFile && (
          <>
            <p className="text-soft text-sm">{t.importLead}</p>
            <FileDrop onFile={take} />
          </>
        )}
        <div aria-live="polite" className="flex flex-col gap-4">
          <Step work={work} onDrop={drop} />
          {work.kind === 'locked' && (
            <Locked
              isWrong={work.isWrong}
              onPassword={(password) => unlock(work.file, password)}
              onDrop={drop}
            />
          )}
          {work.kind === 'seen' && <Preview preview={work.preview} onDone={done} onDrop={drop} />}
          {work.kind === 'done' && <Imported statement={work.statement} />}
        </div>
      </div>
    </Card>
  );
}

function Step({ work, onDrop }: { readonly work: Work; readonly onDrop: () => void }) {
  const t = useText(reconciliationText);
  if (work.kind === 'unfit') {
    return (
      <div role="alert" className="bg-bad-wash rounded-md p-4 text-sm">
        <p className="text-bad font-semibold">{t[work.why]}</p>
        <p>{work.why === 'tooLarge' ? t.tooLargeWhy : t.emptyWhy}</p>
      </div>
    );
  }
  if (work.kind === 'refused') return <Refused error={work.error} />;
  if (work.kind !== 'sending') return null;
  const { file, share } = work;
  return (
    <div className="flex flex-col gap-3">
      <ProgressBar
        label={share < 1 ? t.sending(file.name) : t.reading(file.name)}
        share={share < 1 ? share : undefined}
      />
      <p className="text-soft text-xs">{t.leaving}</p>
      <div>
        <Button onClick={onDrop}>{t.giveUp}</Button>
      </div>
    </div>
  );
}

/** The engine's own words; lines that could not be read stand in a table. */
function Refused({ error }: { readonly error: unknown }) {
  const t = useText(reconciliationText);
  if (!(error instanceof ProblemError) || error.kind !== 'statement-damaged') {
    return <ProblemNote error={error} />;
  }
  const { errors = [], ...problem } = error.problem;
  return (
    <ProblemNote error={new ProblemError(problem)}>
      {errors.length > 0 && (
        <table className="w-full text-sm">
          <caption className="pb-1 text-left font-semibold">{t.refusedLines}</caption>
          <thead>
            <tr className="text-soft text-left">
              <th scope="col" className="pr-4 font-medium">
                {t.lineOf}
              </th>
              <th scope="col" className="font-medium">
                {t.reasonOf}
              </th>
            </tr>
          </thead>
          <tbody>
            {errors.map(({ path, message }, index) => (
              <tr key={`${path} ${index}`} className="align-top">
                <td className="figure pr-4">
                  {path === 'file' ? t.wholeFile : path.replace('line ', '')}
                </td>
                <td lang="en" className="break-words">
                  {message}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </ProblemNote>
  );
}

const taken = '.csv,.xlsx,.pdf,text/csv,application/pdf';

function FileDrop({ onFile }: { readonly onFile: (file: File) => void }) {
  const t = useText(reconciliationText);
  const id = useId();
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const over = (event: DragEvent, now: boolean): void => {
    event.preventDefault();
    setOver(now);
  };
  return (
    <div
      onDragOver={(event) => over(event, true)}
      onDragLeave={(event) => over(event, false)}
      onDrop={(event) => {
        over(event, false);
        const [file] = event.dataTransfer.files;
        if (file !== undefined) onFile(file);
      }}
      className={classes(
        'border-line-strong flex flex-col items-center gap-3 rounded-md border border-dashed p-6 text-center text-sm',
        isOver && 'bg-accent-wash border-accent',
      )}
    >
      <span className="text-soft hidden md:inline">{isOver ? t.dropNow : t.drop}</span>
      <input
        id={id}
        ref={input}
        type="file"
        accept={taken}
        className="peer sr-only"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // The same file may be chosen again.
          target.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
      <label
        htmlFor={id}
        className={classes(
          buttonLook('primary'),
          'peer-focus-visible:outline-accent cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2',
        )}
      >
        {t.choose}
      </label>
    </div>
  );
}

interface LockedProps {
  readonly isWrong: boolean;
  readonly onPassword: (password: string) => void;
  readonly onDrop: () => void;
}

function Locked({ isWrong, onPassword, onDrop }: LockedProps) {
  const t = useText(reconciliationText);
  const w = useText(words);
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (password !== '') onPassword(password);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <div>
        <p className="font-semibold">{t.lockedTitle}</p>
        <p className="text-soft text-sm">{t.lockedWhy}</p>
      </div>
      <Field
        label={t.password}
        error={isWrong ? t.wrongPassword : undefined}
        input={{
          type: 'password',
          value: password,
          autoFocus: true,
          autoComplete: 'off',
          maxLength: 100,
          onChange: (event) => setPassword(event.target.value),
        }}
      />
      <div className="flex flex-wrap gap-3">
        <Button onClick={onDrop}>{w.cancel}</Button>
        <Button type="submit" tone="primary">
          {t.unlock}
        </Button>
      </div>
    </form>
  );
}
