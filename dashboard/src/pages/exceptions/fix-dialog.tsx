import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent } from 'react';

import type { fixOrderSchema } from '#api/contract';
import type { z } from 'zod';

import { ProblemError } from '../../api/client.ts';
import { useOrder } from '../../api/order.ts';
import { minorOf, money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ChoiceList } from './choice-list.tsx';
import { ConflictNote } from './conflict-note.tsx';
import type { Choice } from './desk.ts';
import { emptyDraft, readDraft, type Draft, type DraftFault } from './draft.ts';
import { restOf } from './figures.ts';
import { FixFields } from './fix-fields.tsx';
import { fixText } from './fix-text.ts';
import { useFixWords } from './fix-words.ts';
import { useKindText } from './kind-text.ts';
import { chargeQuery, exceptionQuery } from './queries.ts';
import type { ExceptionTraceView, ExceptionView, FixAnswerView } from './shapes.ts';
import { Why } from './why.tsx';
import { Will } from './will.tsx';

type FixOrder = z.input<typeof fixOrderSchema>;
type Chosen = Exclude<Choice, { readonly kind: 'choose' }>;

interface FixDialogProps {
  readonly exception: ExceptionView;
  readonly choice: Choice;
  readonly onClose: () => void;
  readonly onFixed: (answer: FixAnswerView) => void;
}

/** From what can be done, by what it will do to the money, to what was done. */
export function FixDialog({ exception, choice: first, onClose, onFixed }: FixDialogProps) {
  const t = useText(fixText);
  const f = useFixWords();
  const kind = useKindText(exception);
  const [choice, setChoice] = useState(first);
  const trace = useQuery(exceptionQuery(exception.id));
  const confirm = useRef<HTMLButtonElement>(null);
  const { amountDecimal } = exception;
  const title = (): string => {
    if (choice.kind === 'choose') return t.form.choose;
    if (choice.kind === 'own') return t.fixes[choice.fix].name;
    const suggestion = exception.suggestions[choice.index];
    return suggestion === undefined ? t.form.choose : f.act(suggestion.fix);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title()}
      lead={
        <>
          <span lang={kind.lang}>{kind.title}</span>
          {amountDecimal !== null && (
            <strong className="text-ink figure block text-lg">{money(amountDecimal)}</strong>
          )}
        </>
      }
      {...(choice.kind === 'suggestion' ? { focusFirst: confirm } : {})}
    >
      <Answer query={trace} lines={4}>
        {(data) =>
          choice.kind === 'choose' ? (
            <ChoiceList exception={data.exception} onChoose={setChoice} />
          ) : (
            <FixForm
              key={JSON.stringify(choice)}
              exception={exception}
              trace={data}
              choice={choice}
              confirm={confirm}
              onBack={() => setChoice({ kind: 'choose' })}
              onClose={onClose}
              onFixed={onFixed}
            />
          )
        }
      </Answer>
    </Dialog>
  );
}

interface FixFormProps {
  readonly exception: ExceptionView;
  readonly trace: ExceptionTraceView;
  readonly choice: Chosen;
  readonly confirm: React.RefObject<HTMLButtonElement | null>;
  readonly onBack: () => void;
  readonly onClose: () => void;
  readonly onFixed: (answer: FixAnswerView) => void;
}

function FixForm(props: FixFormProps) {
  const { exception, trace, choice, confirm, onClose } = props;
  const t = useText(fixText);
  const w = useText(words);
  const form = useFixForm(props);
  const { order, read, suggested } = form;
  const kind = read.ok ? read.fix.kind : form.kind;
  // What was suggested is confirmed with one more press.
  useEffect(() => {
    if (choice.kind === 'suggestion') confirm.current?.focus();
  }, [choice.kind, confirm]);
  const isConflict = order.error instanceof ProblemError && order.error.kind === 'already-resolved';
  return (
    <form noValidate onSubmit={form.submit} className="flex flex-col gap-4">
      {suggested === undefined ? (
        <FixFields
          kind={kind}
          draft={form.draft}
          facts={form.facts}
          onChange={form.setDraft}
          fault={form.fault}
          isPartEarned={trace.payment !== null && minorOf(trace.payment.earnedDecimal) > 0n}
          phoneError={fieldError(order.error, 'phone')}
        />
      ) : (
        <p className="text-soft text-sm">
          <Why suggestion={suggested} />
        </p>
      )}
      {read.ok && <Will fix={read.fix} trace={trace} />}
      <Field
        label={w.reason}
        hint={t.form.reasonHint}
        error={form.reason.trim() === '' ? t.form.reasonNeeded : fieldError(order.error, 'reason')}
        input={{
          value: form.reason,
          maxLength: 200,
          required: true,
          onChange: (event) => form.setReason(event.target.value),
        }}
      />
      {isConflict ? (
        <ConflictNote
          id={exception.id}
          busy={order.isPending}
          onLeave={onClose}
          onGoOn={form.sendAfter}
        />
      ) : (
        order.error !== null && <ProblemNote error={order.error} />
      )}
      <div className="flex flex-wrap justify-end gap-3">
        <Button tone="bare" onClick={props.onBack}>
          {t.form.back}
        </Button>
        <Button onClick={onClose}>{w.cancel}</Button>
        <Button
          type="submit"
          ref={confirm}
          tone={kind === 'refund' ? 'danger' : 'primary'}
          busy={order.isPending}
        >
          {form.verb}
        </Button>
      </div>
    </form>
  );
}

/** What was typed, what it comes to, and how it is sent. */
function useFixForm({ exception, trace, choice, onFixed }: FixFormProps) {
  const t = useText(fixText);
  const f = useFixWords();
  const suggested = choice.kind === 'suggestion' ? exception.suggestions[choice.index] : undefined;
  const kind = choice.kind === 'own' ? choice.fix : (suggested?.fix.kind ?? 'keep');
  const { payment } = trace;
  const isPartEarned = payment !== null && minorOf(payment.earnedDecimal) > 0n;
  const [draft, setDraft] = useState<Draft>({
    ...emptyDraft,
    part: isPartEarned && payment.state !== 'earned' ? 'rest' : 'whole',
  });
  const [reason, setReason] = useState(t.fixes[kind].reason);
  const [fault, setFault] = useState<DraftFault>();
  useNamedCharge(kind, trace, (short) => setDraft((one) => ({ ...one, short })));
  const facts = {
    restMinor: payment === null ? 0n : restOf(payment),
    hasPayer: payment !== null && payment.payer !== null,
  };
  const read =
    suggested === undefined
      ? readDraft(kind, draft, facts)
      : ({ ok: true, fix: suggested.fix } as const);
  const order = useOrder<FixAnswerView, FixOrder>({
    path: `/exceptions/${exception.id}/fix`,
    onDone: onFixed,
  });
  const send = (after: string | undefined): void => {
    setFault(read.ok ? undefined : read.fault);
    if (!read.ok || reason.trim() === '' || order.isPending) return;
    order.mutate({
      fix: read.fix,
      reason: reason.trim(),
      ...(after === undefined ? {} : { after }),
    });
  };
  // What was dealt with when the form was opened is gone on from on purpose.
  const [after] = useState(trace.exception.fixId ?? undefined);
  return {
    kind,
    suggested,
    draft,
    setDraft,
    facts,
    fault,
    reason,
    setReason,
    read,
    order,
    verb: suggested === undefined ? t.fixes[kind].act : f.act(suggested.fix),
    submit: (event: FormEvent): void => {
      event.preventDefault();
      send(after);
    },
    sendAfter: (fixId: string): void => send(fixId),
  };
}

/** The charge that the payer named is the one less is accepted for, unless another is chosen. */
function useNamedCharge(
  kind: string,
  { payment }: ExceptionTraceView,
  take: (charge: NonNullable<Draft['short']>) => void,
): void {
  const id = payment?.chargeId ?? '';
  const { data } = useQuery({
    ...chargeQuery(id),
    enabled: kind === 'accept-short' && id !== '',
  });
  const charge = data?.charge;
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    if (charge !== undefined && charge.state !== 'paid') latest.current(charge);
  }, [charge]);
}

/** What the engine says of one member of what was sent. */
export const fieldError = (error: unknown, name: string): string | undefined =>
  error instanceof ProblemError
    ? error.problem.errors?.find(({ path }) => path.endsWith(name))?.message
    : undefined;
