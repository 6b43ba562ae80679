import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { useActorName } from '../../text/actors.ts';
import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Ago, When } from '../../ui/time.tsx';
import { putOnDesk } from './desk.ts';
import { Details } from './details.tsx';
import { isPlaceable, standingFix } from './figures.ts';
import { useFixWords } from './fix-words.ts';
import { useKindText } from './kind-text.ts';
import { Allocations, ChargeFacts, History } from './money.tsx';
import { exceptionQuery } from './queries.ts';
import type { ExceptionTraceView, ExceptionView } from './shapes.ts';
import { exceptionsText } from './text.ts';
import { Why } from './why.tsx';

/** One exception: what it is, what can be done, and everything that is known. */
export function Panel({ id }: { readonly id: string }) {
  const trace = useQuery(exceptionQuery(id));
  return (
    <Answer query={trace} lines={8}>
      {(data) => <Trace trace={data} />}
    </Answer>
  );
}

function Trace({ trace }: { readonly trace: ExceptionTraceView }) {
  const { exception, payment, allocations, history } = trace;
  const chargeId = chargeIdOf(trace);
  return (
    <div className="flex flex-col gap-4">
      <Head exception={exception} />
      {exception.state === 'open' ? <Todo exception={exception} /> : <Done trace={trace} />}
      {payment !== null && <PaymentCard payment={payment} />}
      {chargeId !== undefined && <ChargeFacts id={chargeId} />}
      {allocations.length > 0 && <Allocations allocations={allocations} />}
      <Details exception={exception} payment={payment} />
      {history.length > 0 && <History history={history} />}
    </div>
  );
}

function chargeIdOf({ exception, payment }: ExceptionTraceView): string | undefined {
  const { charge } = exception.detail;
  if (typeof charge === 'string') return charge;
  return payment?.chargeId ?? undefined;
}

/** Its heading takes the keyboard when what it was on is gone. */
function Head({ exception }: { readonly exception: ExceptionView }) {
  const t = useText(exceptionsText);
  const { title, why, lang } = useKindText(exception);
  const { id, state, rail, amountDecimal, openedAt } = exception;
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(state);
  useEffect(() => {
    const hasChanged = before.current !== state;
    before.current = state;
    if (hasChanged && document.activeElement === document.body) heading.current?.focus();
  }, [state]);
  return (
    <header className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Badge tone={state === 'open' ? 'warn' : 'good'}>{t.state[state]}</Badge>
        {rail !== null && <RailMark rail={rail} />}
        <span className="text-soft">
          <When at={openedAt} /> · <Ago at={openedAt} />
        </span>
      </div>
      <h2
        id={`one-${id}`}
        ref={heading}
        tabIndex={-1}
        lang={lang}
        className="text-lg font-semibold outline-offset-4"
      >
        {title}
      </h2>
      {amountDecimal !== null && (
        <p className="figure text-xl font-semibold">{money(amountDecimal)}</p>
      )}
      <p lang={lang} className="text-soft text-sm">
        {why}
      </p>
    </header>
  );
}

function Todo({ exception }: { readonly exception: ExceptionView }) {
  const t = useText(exceptionsText);
  const f = useFixWords();
  const { suggestions } = exception;
  return (
    <Card title={t.todo}>
      <div className="flex flex-col gap-3">
        {suggestions.length === 0 && <p className="text-soft text-sm">{t.nothingLikely}</p>}
        {suggestions.length > 0 && (
          <ol className="flex flex-col gap-2">
            {suggestions.map((suggestion, index) => (
              <li key={`${suggestion.fix.kind} ${suggestion.why}`}>
                <button
                  type="button"
                  onClick={() =>
                    putOnDesk({ kind: 'fixing', exception, choice: { kind: 'suggestion', index } })
                  }
                  className="border-line-strong hover:bg-sunk flex min-h-14 w-full items-center gap-3 rounded-md border px-4 py-2 text-left"
                >
                  <kbd
                    aria-hidden
                    className="text-soft border-line hidden rounded-sm border px-1.5 font-mono text-xs lg:block"
                  >
                    {index + 1}
                  </kbd>
                  <span className="min-w-0">
                    <span className="text-accent block text-sm font-semibold">
                      {f.act(suggestion.fix)}
                    </span>
                    <span className="text-soft block text-xs">
                      <Why suggestion={suggestion} />
                    </span>
                  </span>
                  {index === 0 && (
                    <span className="ml-auto">
                      <Badge tone="accent">{t.likely}</Badge>
                    </span>
                  )}
                </button>
              </li>
            ))}
          </ol>
        )}
        <div>
          <Button
            onClick={() => putOnDesk({ kind: 'fixing', exception, choice: { kind: 'choose' } })}
          >
            {t.more}
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** How it ended, and the way back. */
function Done({ trace }: { readonly trace: ExceptionTraceView }) {
  const t = useText(exceptionsText);
  const f = useFixWords();
  const actor = useActorName();
  const { exception, history, payment } = trace;
  const fix = standingFix(history);
  const undo = (): void => putOnDesk({ kind: 'undoing', exceptionId: exception.id });
  return (
    <Card title={t.state.resolved}>
      {fix === undefined ? (
        <p className="text-sm">{t.byItself}</p>
      ) : (
        <div className="flex flex-col gap-3">
          <p className="text-sm">
            <strong className="font-semibold">{f.name(fix.kind)}</strong>: {fix.reason}{' '}
            <span className="text-soft">
              ({actor(fix.appliedBy)}, <When at={fix.appliedAt} />)
            </span>
          </p>
          {fix.kind === 'refund' ? (
            <p className="text-soft text-sm">{t.undoRefund}</p>
          ) : (
            <div className="flex flex-wrap gap-2">
              <Button onClick={undo}>{t.undo}</Button>
              {exception.fixId !== null && isPlaceable(payment) && (
                <Button
                  onClick={() =>
                    putOnDesk({ kind: 'fixing', exception, choice: { kind: 'choose' } })
                  }
                >
                  {t.again}
                </Button>
              )}
            </div>
          )}
        </div>
      )}
    </Card>
  );
}

function PaymentCard({
  payment,
}: {
  readonly payment: NonNullable<ExceptionTraceView['payment']>;
}) {
  const t = useText(exceptionsText);
  const w = useText(words);
  const who = [payment.payerName, payment.payer].filter((part) => part !== null).join(' · ');
  return (
    <Card
      title={t.payment}
      beside={
        <Link
          to="/payments/$id"
          params={{ id: payment.id }}
          className="text-accent py-2 text-sm underline underline-offset-4"
        >
          {t.openPayment}
        </Link>
      }
    >
      <Facts
        facts={[
          { name: t.receipt, value: <Copy text={payment.receipt} /> },
          {
            name: w.amount,
            value: (
              <span className="figure">
                {money(payment.amountDecimal)} · {t.paymentState[payment.state]}
              </span>
            ),
          },
          ...(payment.earnedDecimal === '0.00'
            ? []
            : [{ name: t.earned, value: money(payment.earnedDecimal) }]),
          { name: t.payer, value: who === '' ? '–' : who },
          {
            name: t.typed,
            value:
              payment.accountReference === '' ? (
                t.nothingTyped
              ) : (
                <span className="font-mono">{payment.accountReference}</span>
              ),
          },
          { name: t.paidAt, value: <When at={payment.occurredAt} /> },
        ]}
      />
    </Card>
  );
}
