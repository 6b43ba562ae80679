import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import type { TransferView } from '#api/contract';

import type { TransferTraceView } from '../../api/shapes.ts';
import { useActorName } from '../../text/actors.ts';
import { money, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Books } from '../../trace/books.tsx';
import { Proof } from '../../trace/proof.tsx';
import { Way, type Step } from '../../trace/way.tsx';
import { Answer } from '../../ui/answer.tsx';
import { RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts, Page } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Cancel } from './cancel.tsx';
import { transferQuery } from './queries.ts';
import { Settle } from './settle.tsx';
import { toneOfTransfer, TransferBadge, useReceiver } from './state.tsx';
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
      back={
        <Link to="/transfers" search={{}}>
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
        <Happened transfer={transfer} />
        <Books entries={trace.entries} />
        <Proof evidence={trace.evidence} />
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

/** What its orderer wrote; of the engine's own a daily transfer has no reason but its kind. */
function useWhy({ kind, requestedBy, why }: OneTransfer['transfer']): string | undefined {
  const t = useText(traceText);
  if (!requestedBy.startsWith('engine:')) return why;
  return kind === 'top-up' ? t.toppedUp : undefined;
}

function useSteps({ transfer }: OneTransfer): readonly Step[] {
  const t = useText(traceText);
  const nameOf = useActorName();
  const { state, plannedAt, sentAt, settledAt, settledBy, requestedBy } = transfer;
  const by = t.by(nameOf(requestedBy));
  const why = useWhy(transfer);
  const steps: Step[] = [
    {
      key: 'planned',
      at: plannedAt,
      title: t.steps.planned,
      tone: 'plain',
      detail: why === undefined ? by : `${why} (${by})`,
    },
  ];
  if (sentAt !== null) {
    steps.push({ key: 'sent', at: sentAt, title: t.steps.sent, tone: 'accent' });
  }
  if (
    settledAt !== null &&
    (state === 'completed' || state === 'failed' || state === 'cancelled' || state === 'reversed')
  ) {
    const title = t.steps.settled[state];
    const tone = toneOfTransfer({ state, settledBy });
    const detail = state === 'cancelled' ? (transfer.description ?? undefined) : undefined;
    steps.push({ key: 'settled', at: settledAt, title, tone, detail });
  } else {
    steps.push({ key: 'waiting', at: undefined, title: t.steps.waiting, tone: 'plain' });
  }
  return steps;
}

function Happened({ transfer }: OneTransfer) {
  const t = useText(traceText);
  return (
    <Card title={t.timeline}>
      <Way steps={useSteps({ transfer })} />
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
