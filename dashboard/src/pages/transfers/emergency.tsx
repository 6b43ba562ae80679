import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

import type { RailId } from '#kernel';
import type { TransferPreviewView, TransferView } from '#api/contract';

import { useOrder } from '../../api/order.ts';
import { kes, money, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Answer } from '../../ui/answer.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field } from '../../ui/field.tsx';
import { say } from '../../ui/toast.ts';
import { typedAmount } from './amount.ts';
import { isLost, SendButtons } from './confirm.tsx';
import { orderText } from './order-text.ts';
import { Objections, Preview } from './preview.tsx';
import { payeesQuery, previewQuery } from './queries.ts';
import { RailChoice } from './rail-choice.tsx';
import { withoutOrder } from './search.ts';

/** How much can go is the same whatever amount is asked about. */
const askedMin = 10;

/** All that can go, in one transfer, to the usual number, by typing how much that is. */
export function Emergency() {
  const t = useText(orderText);
  const f = useFormats();
  const search = useSearch({ from: '/transfers' });
  const navigate = useNavigate({ from: '/transfers' });
  const [rail, setRail] = useState<RailId>(search.rail ?? 'mpesa');
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => card.current?.focus(), []);
  // Asked once and kept: the amount that is being typed must not move.
  const look = useQuery({
    ...previewQuery({ type: rail, amount: askedMin, kind: 'manual' }),
    queryKey: ['emergency', rail],
    staleTime: Infinity,
    gcTime: 0,
    refetchInterval: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const close = (): void => void navigate({ search: withoutOrder, resetScroll: false });
  return (
    <Card title={t.emergencyTitle}>
      <div ref={card} tabIndex={-1} className="flex max-w-xl flex-col gap-4 outline-none">
        <p className="text-soft text-sm">{t.emergencyLead}</p>
        <RailChoice label={t.emergencyRail} value={rail} onChoose={setRail} />
        <Answer query={look} lines={4}>
          {(first) => (
            <>
              <p className="figure text-xl font-semibold" data-testid="emergency-most">
                {first.most === null || first.most === 0
                  ? t.emergencyNothing
                  : t.emergencyMost(kes(first.most))}
              </p>
              <p className="text-soft flex flex-wrap items-center gap-x-3 text-xs">
                {t.lookedAt(f.clock(look.dataUpdatedAt))}
                <Button
                  tone="bare"
                  size="small"
                  busy={look.isFetching}
                  onClick={() => void look.refetch()}
                >
                  {t.lookAgain}
                </Button>
              </p>
              {first.most === null || first.most === 0 ? (
                <>
                  <p className="text-sm">{t.emergencyNothingWhy}</p>
                  <Objections preview={first} />
                  <div>
                    <Button onClick={close}>{t.close}</Button>
                  </div>
                </>
              ) : (
                <TypeToSend
                  key={`${rail} ${first.most}`}
                  rail={rail}
                  most={first.most}
                  first={first}
                  onClose={close}
                />
              )}
            </>
          )}
        </Answer>
      </div>
    </Card>
  );
}

interface TypeToSendProps {
  readonly rail: RailId;
  readonly most: number;
  readonly first: TransferPreviewView;
  readonly onClose: () => void;
}

function TypeToSend({ rail, most, first, onClose }: TypeToSendProps) {
  const t = useText(orderText);
  const navigate = useNavigate({ from: '/transfers' });
  const [typed, setTyped] = useState('');
  const preview = useQuery(previewQuery({ type: rail, amount: most, kind: 'manual' }));
  const payees = useQuery(payeesQuery);
  const usual = payees.data?.items.find(({ type, active }) => type === rail && active);
  const order = useOrder<TransferView>({
    path: '/revenue/transfer',
    onDone: (transfer) => {
      say(t.taken(money(transfer.amountDecimal)));
      void navigate({ to: '/transfers/$id', params: { id: transfer.id } });
    },
  });
  const isRight = typedAmount(typed) === most;
  const isRefused = (preview.data?.refusals.length ?? 0) > 0;
  const send = (): void => order.mutate({ type: rail, amount: most, reason: t.emergencyReason });
  return (
    <>
      {usual !== undefined && (
        <p className="figure text-base font-medium">{t.confirmLead(kes(most), usual.number)}</p>
      )}
      <p className="text-soft text-sm">{t.emergencyStays(money(first.books.reserveDecimal))}</p>
      <Answer query={preview} lines={5}>
        {(data) => <Preview preview={data} />}
      </Answer>
      <p className="text-soft text-xs">{t.emergencyParts}</p>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isRight && !isRefused) send();
        }}
      >
        <Field
          label={t.emergencyType(kes(most))}
          hint={t.emergencyTypeHint}
          before="KES"
          error={
            typed.length >= String(most).length && !isRight
              ? t.emergencyMismatch(kes(most))
              : undefined
          }
          input={{
            value: typed,
            inputMode: 'numeric',
            autoComplete: 'off',
            maxLength: 16,
            disabled: isLost(order.error),
            onChange: (event) => setTyped(event.target.value),
          }}
        />
        {isRight && (
          <SendButtons
            tone="danger"
            order={{ ...order, send }}
            label={t.sendNow(kes(most))}
            because={isRefused && !order.isPending ? t.wouldRefuse : undefined}
            onChange={onClose}
          />
        )}
        {!isRight && (
          <div>
            <Button onClick={onClose}>{t.close}</Button>
          </div>
        )}
      </form>
    </>
  );
}
