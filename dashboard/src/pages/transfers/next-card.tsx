import { useQuery } from '@tanstack/react-query';

import type { RailId } from '#kernel';
import type { Status, TransferPreviewView } from '#api/contract';

import { kes, money, timeOf, useFormats } from '../../text/format.ts';
import { holdText } from '../../text/hold-text.ts';
import { useText } from '../../text/language.ts';
import { RailMark } from '../../ui/badge.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { Ago } from '../../ui/time.tsx';
import { previewQuery } from './queries.ts';
import { transfersText } from './text.ts';

interface NextCardProps {
  readonly rail: RailId;
  readonly status: Status;
}

/** What a rail sends by itself next, or what it waits for, and the wallet behind it. */
export function NextCard({ rail, status }: NextCardProps) {
  const t = useText(transfersText);
  const outlook = status.transfers[rail];
  return (
    <Card>
      <div className="flex flex-col gap-4">
        <RailMark rail={rail} />
        {outlook === null ? (
          <p className="text-soft text-sm">{t.notSetUp}</p>
        ) : (
          <Outlook rail={rail} outlook={outlook} today={status.today[rail]} />
        )}
      </div>
    </Card>
  );
}

interface OutlookProps {
  readonly rail: RailId;
  readonly outlook: NonNullable<Status['transfers'][RailId]>;
  readonly today: number;
}

function Outlook({ rail, outlook, today }: OutlookProps) {
  const t = useText(transfersText);
  const { cap, trigger, reserve, payoutNumber } = outlook;
  const wallet = useQuery(previewQuery({ type: rail, amount: Math.max(cap, 1), kind: 'auto' }));
  return (
    <>
      <Decision next={outlook.next} />
      <Facts
        facts={[
          { name: t.cap, value: t.offersDaily(kes(cap)) },
          { name: t.to, value: payoutNumber ?? t.noNumber },
          {
            name: t.trigger,
            value: (
              <>
                {kes(trigger)} <span className="text-soft">({t.triggerNow(kes(today))})</span>
              </>
            ),
          },
          { name: t.reserve, value: kes(reserve) },
          {
            name: t.books,
            value: wallet.data === undefined ? '…' : money(wallet.data.books.walletDecimal),
          },
          { name: t.provider, value: <Reported wallet={wallet.data?.payoutWallet} /> },
        ]}
      />
    </>
  );
}

function Decision({ next }: Pick<OutlookProps['outlook'], 'next'>) {
  const t = useText(transfersText);
  const h = useText(holdText);
  const f = useFormats();
  if (next.kind === 'send') {
    return <p className="figure text-lg font-semibold">{t.goes(kes(next.amount))}</p>;
  }
  return (
    <div>
      <p className="text-lg font-semibold">{t.held}</p>
      <p className="text-soft mt-1 text-sm">
        {h[next.why]}
        {next.until !== undefined && ` (${t.until(f.moment(timeOf(next.until)))})`}
      </p>
    </div>
  );
}

type Wallet = TransferPreviewView['payoutWallet'];

/** What the provider itself last said of a wallet, and how old that is. */
export function Reported({ wallet }: { readonly wallet: Wallet | undefined }) {
  const t = useText(transfersText);
  if (wallet === undefined) return '…';
  if (wallet === null) return <span className="text-soft">{t.providerNone}</span>;
  return (
    <>
      {money(wallet.availableDecimal)}{' '}
      <span className="text-soft">
        (<Ago at={wallet.reportedAt} />
        {wallet.stale && `, ${t.providerStale}`})
      </span>
    </>
  );
}
