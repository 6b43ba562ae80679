import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import type { TransferView } from '#api/contract';

import type { TransferTraceView } from '../../api/shapes.ts';
import { useActorName } from '../../text/actors.ts';
import { money, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts, Page } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Copy } from '../../ui/copy.tsx';
import { When } from '../../ui/time.tsx';
import { Cancel } from './cancel.tsx';
import { Entries, Evidence } from './proof.tsx';
import { transferQuery } from './queries.ts';
import { Settle } from './settle.tsx';
import { TransferBadge, useReceiver } from './state.tsx';
import { transfersText } from './text.ts';
import { traceText } from './trace-text.ts';

/** One transfer, from its order to the books; followed until it is over. */
export function TransferTrace() {
  const t = useText(traceText);
  const w = useText(words);
  const { id } = useParams({ from: '/transfers/$id' });
  const query = useQuery(transferQuery(id));
  const receiver = useReceiver();
  const transfer = query.data?.transfer;
  return (
    <Page
      title={
        transfer === undefined
          ? w.transfers
          : t.title(money(transfer.amountDecimal), receiver(transfer))
      }
      beside={
        <Link
          to="/transfers"
          search={{}}
          className="text-accent inline-flex min-h-11 items-center text-sm underline underline-offset-4"
        >
          {t.all}
        </Link>
      }
    >
      <Answer query={query} lines={10}>
        {(trace) => <Trace trace={trace} />}
      </Answer>
    </Page>
  );
}

function Trace({ trace }: { readonly trace: TransferTraceView }) {
  const { transfer } = trace;
  return (
    <div className="flex flex-col gap-4 md:gap-6 lg:grid lg:grid-cols-3">
      <div className="flex min-w-0 flex-col gap-4 md:gap-6 lg:col-span-2">
        <Standing transfer={transfer} />
        <Explanation transfer={transfer} />
        <Timeline transfer={transfer} />
        <Entries entries={trace.entries} />
        <Evidence evidence={trace.evidence} />
      </div>
      <div className="flex min-w-0 flex-col gap-4 md:gap-6">
        <TransferFacts transfer={transfer} />
      </div>
    </div>
  );
}

interface OneTransfer {
  readonly transfer: TransferView;
}

const cancellable = new Set(['planned', 'approved']);
const unsettled = new Set(['sending', 'sent', 'unknown']);

/** How it stands, in a sentence, and what a person can do about it now. */
function Standing({ transfer }: OneTransfer) {
  const t = useText(traceText);
  const nameOf = useActorName();
  const [isOpen, setOpen] = useState<'cancel' | 'settle'>();
  const { state, settledBy } = transfer;
  const mayCancel = cancellable.has(state);
  const maySettle = unsettled.has(state) || settledBy !== null;
  const close = (): void => setOpen(undefined);
  return (
    <Card>
      <div className="flex flex-col gap-4">
        <div aria-live="polite" className="flex flex-col items-start gap-3">
          <TransferBadge {...transfer} />
          <p className="text-base" data-testid="transfer-standing">
            {(settledBy === null ? undefined : t.wordOf[state]) ?? t.sentences[state]}
          </p>
          {settledBy !== null && <p className="text-warn text-sm">{t.byHand(nameOf(settledBy))}</p>}
        </div>
        {isOpen === undefined && (mayCancel || maySettle) && (
          <div className="flex flex-wrap gap-3">
            {mayCancel && <Button onClick={() => setOpen('cancel')}>{t.cancel}</Button>}
            {maySettle && <Button onClick={() => setOpen('settle')}>{t.settle}</Button>}
          </div>
        )}
        {isOpen === 'cancel' && <Cancel id={transfer.id} onClose={close} />}
        {isOpen === 'settle' && maySettle && <Settle transfer={transfer} onClose={close} />}
      </div>
    </Card>
  );
}

function Explanation({ transfer }: OneTransfer) {
  const t = useText(traceText);
  const { explanation, code, description } = transfer;
  if (code === null || transfer.state === 'completed' || transfer.state === 'cancelled') {
    return null;
  }
  return (
    <Card title={t.explanation}>
      <div className="flex flex-col gap-3 text-sm">
        {explanation === null ? null : (
          <>
            <p className="text-base font-medium">{explanation.meaning}</p>
            <p>{explanation.advice}</p>
            {!explanation.known && <p className="text-warn">{t.unknownCode}</p>}
          </>
        )}
        <Facts
          facts={[
            { name: t.code, value: <Copy text={code} /> },
            ...(description === null || description === ''
              ? []
              : [{ name: t.saysProvider, value: description }]),
          ]}
        />
      </div>
    </Card>
  );
}

interface Step {
  readonly name: string;
  readonly at?: string;
  readonly detail?: string | undefined;
}

/** What its orderer wrote; of the engine's own a daily transfer has no reason but its kind. */
function useWhy({ kind, requestedBy, why }: OneTransfer['transfer']): string | undefined {
  const t = useText(traceText);
  if (!requestedBy.startsWith('engine:')) return why;
  return kind === 'top-up' ? t.toppedUp : undefined;
}

function useSteps({ transfer }: OneTransfer): readonly Step[] {
  const t = useText(traceText);
  const nameOf = useActorName();
  const { state, plannedAt, sentAt, settledAt, requestedBy } = transfer;
  const by = t.by(nameOf(requestedBy));
  const why = useWhy(transfer);
  const steps: Step[] = [
    {
      name: t.steps.planned,
      at: plannedAt,
      detail: why === undefined ? by : `${why} (${by})`,
    },
  ];
  if (sentAt !== null) steps.push({ name: t.steps.sent, at: sentAt });
  if (
    settledAt !== null &&
    (state === 'completed' || state === 'failed' || state === 'cancelled' || state === 'reversed')
  ) {
    const detail = state === 'cancelled' ? (transfer.description ?? undefined) : undefined;
    steps.push({ name: t.steps.settled[state], at: settledAt, detail });
  } else {
    steps.push({ name: t.steps.waiting });
  }
  return steps;
}

function Timeline({ transfer }: OneTransfer) {
  const t = useText(traceText);
  const steps = useSteps({ transfer });
  return (
    <Card title={t.timeline}>
      <ol className="flex flex-col">
        {steps.map(({ name, at, detail }, n) => (
          <li key={name} className="flex gap-3">
            <span aria-hidden className="flex flex-col items-center">
              <span
                className={classes(
                  'mt-1.5 size-3 shrink-0 rounded-full border-2',
                  at === undefined ? 'border-line-strong' : 'border-accent bg-accent',
                )}
              />
              {n < steps.length - 1 && <span className="bg-line w-0.5 grow" />}
            </span>
            <span className="min-w-0 pb-4 text-sm">
              <span className={at === undefined ? 'text-soft' : 'font-medium'}>{name}</span>
              {at !== undefined && (
                <span className="text-soft figure block text-xs">
                  <When at={at} />
                </span>
              )}
              {detail !== undefined && <span className="block">{detail}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function useFeeText({ feeDecimal, expectedFeeDecimal }: TransferView): string {
  const t = useText(traceText);
  if (feeDecimal !== null) return money(feeDecimal);
  return expectedFeeDecimal === null ? t.feeNone : t.feeExpected(money(expectedFeeDecimal));
}

function TransferFacts({ transfer }: OneTransfer) {
  const t = useText(traceText);
  const w = useText(words);
  const x = useText(transfersText);
  const f = useFormats();
  const fee = useFeeText(transfer);
  const receiver = useReceiver()(transfer);
  const why = useWhy(transfer);
  const { receipt, providerRequestId, refund, kind } = transfer;
  return (
    <Card title={t.facts}>
      <Facts
        facts={[
          { name: w.amount, value: money(transfer.amountDecimal) },
          { name: t.fee, value: fee },
          { name: w.rail, value: <RailMark rail={transfer.rail} /> },
          { name: t.kind, value: x.kinds[kind] },
          { name: t.to, value: receiver },
          {
            name: w.receipt,
            value:
              receipt === null ? kind === 'test' ? t.receiptHidden : '–' : <Copy text={receipt} />,
          },
          ...(providerRequestId === null
            ? []
            : [{ name: t.providerId, value: <Copy text={providerRequestId} /> }]),
          ...(refund === null
            ? []
            : [
                {
                  name: t.refundOf,
                  value: (
                    <Link
                      to="/payments/$id"
                      params={{ id: refund.paymentId }}
                      className="text-accent font-mono underline underline-offset-4"
                    >
                      {refund.receipt}
                    </Link>
                  ),
                },
              ]),
          { name: t.day, value: f.day(transfer.businessDate) },
          ...(why === undefined ? [] : [{ name: w.reason, value: why }]),
          { name: t.ownId, value: <Copy text={transfer.id} /> },
        ]}
      />
    </Card>
  );
}
