import { useState, type FormEvent } from 'react';

import type { Status } from '#api/contract';

import { kes } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { say } from '../../ui/toast.ts';
import {
  kindName,
  kinds,
  outlookOf,
  perKind,
  repairsOf,
  typedTarget,
  type Kind,
  type Outlook,
  type PerKind,
} from './plan.ts';
import { useSaving, type Change } from './save.ts';
import { targetsText } from './text.ts';

type Draft = Partial<PerKind<string>>;

/** The three targets, and what the day would look like with others, before they are saved. */
export function Editor({ status }: { readonly status: Status }) {
  const t = useText(targetsText);
  // Only what was typed is kept: a target changed elsewhere shows in the others.
  const [draft, setDraft] = useState<Draft>({});
  const { saving, save, forget } = useSaving();
  const { daily } = status.targets;
  const typed = perKind((kind) => draft[kind] ?? String(daily[kind]));
  const wanted = perKind((kind) => typedTarget(typed[kind]));
  const errors = perKind((kind) => errorOf(wanted[kind], status.minimum[kind], t));
  const changes = kinds.flatMap((kind): Change[] => {
    const to = wanted[kind];
    return to === undefined || to === daily[kind] ? [] : [{ kind, from: daily[kind], to }];
  });
  const isWrong = kinds.some((kind) => errors[kind] !== undefined);
  const targets = perKind((kind) => wanted[kind] ?? daily[kind]);

  const apply = async (asked: readonly Change[], before: readonly Change[] = []) => {
    const isAll = await save(asked, before);
    if (!isAll) return;
    setDraft({});
    say(t.saved);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isWrong && changes.length > 0) void apply(changes);
  };
  const undo = async (): Promise<void> => {
    const back = saving.saved.map(({ kind, from, to }) => ({ kind, from: to, to: from }));
    if (!(await save(back))) return;
    forget();
    setDraft({});
    say(t.undone);
  };
  return (
    <Card title={t.title}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-6">
        <div className="grid gap-6 md:grid-cols-3">
          {kinds.map((kind) => (
            <OneTarget
              key={kind}
              kind={kind}
              status={status}
              value={typed[kind]}
              wanted={wanted[kind]}
              error={errors[kind]}
              onType={(value) => setDraft({ ...draft, [kind]: value })}
            />
          ))}
        </div>
        {!isWrong && (
          <Apart
            targets={targets}
            minimum={status.minimum}
            onRepair={(kind, amount) => setDraft({ ...draft, [kind]: String(amount) })}
          />
        )}
        <SaveResult saving={saving} onRetry={apply} onUndo={() => void undo()} />
        <div className="flex flex-wrap items-start gap-3">
          <Button
            type="submit"
            tone="primary"
            busy={saving.isBusy}
            because={isWrong ? t.fixFirst : changes.length === 0 ? t.unchanged : undefined}
          >
            {t.save}
          </Button>
          {changes.length > 0 && (
            <Button disabled={saving.isBusy} onClick={() => setDraft({})}>
              {t.back}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}

function errorOf(
  wanted: number | undefined,
  minimum: number,
  t: (typeof targetsText)['en'],
): string | undefined {
  if (wanted === undefined) return t.wrong;
  return wanted < minimum ? t.below(kes(minimum)) : undefined;
}

interface OneTargetProps {
  readonly kind: Kind;
  readonly status: Status;
  readonly value: string;
  readonly wanted: number | undefined;
  readonly error: string | undefined;
  readonly onType: (value: string) => void;
}

function OneTarget({ kind, status, value, wanted, error, onType }: OneTargetProps) {
  const t = useText(targetsText);
  const w = useText(words);
  const current = status.targets.daily[kind];
  const isChanged = wanted !== undefined && error === undefined && wanted !== current;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="text-sm">
        <p className="flex min-h-6 items-center font-medium">
          {kind === 'combined' ? w.combined : <RailMark rail={kind} />}
        </p>
        <p className="text-soft figure">{t.today(kes(status.today[kind]))}</p>
      </div>
      <Field
        label={t.target(kindName(kind, w.combined))}
        hint={t.minimum(kes(status.minimum[kind]))}
        error={error}
        before="KES"
        input={{
          name: `target-${kind}`,
          value,
          inputMode: 'numeric',
          autoComplete: 'off',
          maxLength: 14,
          onChange: (event) => onType(event.target.value),
        }}
      />
      <Consequence title={t.now} outlook={outlookOf(status, kind, current)} />
      {isChanged && (
        <div className="bg-accent-wash -mx-2 rounded-md p-2" data-testid={`after-${kind}`}>
          <Consequence title={t.after} outlook={outlookOf(status, kind, wanted)} />
        </div>
      )}
    </div>
  );
}

function Consequence({ title, outlook }: { readonly title: string; readonly outlook: Outlook }) {
  const t = useText(targetsText);
  const { state, expected, ahead, gap } = outlook;
  return (
    <p className="figure text-sm">
      <span className="text-soft block text-xs">{title}</span>
      <span className="font-medium">{t.pace[state](kes(Math.abs(ahead)))}</span>
      {' · '}
      {gap > 0 ? t.gap(kes(gap)) : t.reached}
      <span className="text-soft block text-xs">{t.expected(kes(expected))}</span>
    </p>
  );
}

interface ApartProps {
  readonly targets: PerKind<number>;
  readonly minimum: PerKind<number>;
  readonly onRepair: (kind: Kind, amount: number) => void;
}

/** Two legs that do not come to the whole, and the single changes that make them. */
function Apart({ targets, minimum, onRepair }: ApartProps) {
  const t = useText(targetsText);
  const repairs = repairsOf(targets, minimum);
  if (repairs === undefined) return null;
  const label = { combined: t.makeCombined, mpesa: t.makeMpesa, airtel: t.makeAirtel };
  return (
    <div role="status" className="bg-warn-wash flex flex-col gap-3 rounded-md p-4 text-sm">
      <p className="text-warn font-semibold">{t.apartTitle}</p>
      <p>{t.apart(kes(targets.mpesa + targets.airtel), kes(targets.combined))}</p>
      <div className="flex flex-wrap gap-2">
        {repairs.map(({ kind, amount }) => (
          <Button key={kind} onClick={() => onRepair(kind, amount)}>
            {label[kind](kes(amount))}
          </Button>
        ))}
      </div>
    </div>
  );
}

interface SaveResultProps {
  readonly saving: ReturnType<typeof useSaving>['saving'];
  readonly onRetry: (rest: readonly Change[], before: readonly Change[]) => Promise<void>;
  readonly onUndo: () => void;
}

/** What was saved and what was not: a part of it is told as a part. */
function SaveResult({ saving, onRetry, onUndo }: SaveResultProps) {
  const t = useText(targetsText);
  const w = useText(words);
  const { saved, failed, isBusy } = saving;
  if (isBusy || (saved.length === 0 && failed.length === 0)) return null;
  const nameOf = ({ kind }: Change): string => kindName(kind, w.combined);
  if (failed.length > 0) {
    return (
      <div className="flex flex-col gap-3">
        <p className="text-bad text-sm font-semibold">{t.partTitle}</p>
        {saved.length > 0 && <p className="text-sm">{t.partSaved(saved.map(nameOf).join(', '))}</p>}
        {failed.map((one) => (
          <div key={one.kind} className="flex flex-col gap-1">
            <p className="text-sm font-medium">{t.partFailed(nameOf(one))}</p>
            <ProblemNote error={one.error} />
          </div>
        ))}
        <div>
          <Button onClick={() => void onRetry(failed, saved)}>{t.retry}</Button>
        </div>
      </div>
    );
  }
  return (
    <div
      role="status"
      className="bg-sunk flex flex-wrap items-center justify-between gap-3 rounded-md p-4 text-sm"
    >
      <div>
        <p className="text-good font-semibold">{t.savedTitle}</p>
        {saved.map((one) => (
          <p key={one.kind} className="figure">
            {t.change(nameOf(one), kes(one.from), kes(one.to))}
          </p>
        ))}
      </div>
      <Button onClick={onUndo}>{t.undo}</Button>
    </div>
  );
}
