import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { railIds, railNames, type RailId } from '#kernel';
import type { Status } from '#api/contract';

import { systemQuery } from '../../api/system.ts';
import { kes } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Typed } from '../../ui/typed.tsx';
import { settingsText } from './text.ts';

interface Fact {
  readonly name: string;
  readonly value: ReactNode;
  /** What changes it, in `.env`. */
  readonly setting: string;
}

/** What the engine says of the business, and where each of it is changed. */
export function Business({ status }: { readonly status: Status }) {
  const t = useText(settingsText);
  const w = useText(words);
  const facts = useFacts(status);
  return (
    <div className="flex flex-col gap-4">
      <p className="text-soft text-sm">
        <Typed text={t.businessWhy} />
      </p>
      <dl className="divide-line divide-y text-sm">
        {facts.map(({ name, value, setting }) => (
          <div key={name} className="flex flex-col gap-0.5 py-2">
            <dt className="text-soft">{name}</dt>
            <dd className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className="min-w-0 font-medium break-words">{value}</span>
              <code className="text-soft font-mono text-xs break-words">{setting}</code>
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-sm">
        {t.targets}{' '}
        <Link to="/targets" className="text-accent underline underline-offset-4">
          {w.targets}
        </Link>
      </p>
    </div>
  );
}

const settingsOf: Readonly<Record<RailId, { readonly phone: string; readonly cap: string }>> = {
  mpesa: { phone: 'MPESA_PHONE_NUMBER', cap: 'QMOI_AUTO_TRANSFER_MPESA' },
  airtel: { phone: 'AIRTEL_PHONE_NUMBER', cap: 'QMOI_AUTO_TRANSFER_AIRTEL' },
};

function useFacts(status: Status): readonly Fact[] {
  const t = useText(settingsText);
  const { data: system } = useQuery(systemQuery);
  const support = [system?.support.whatsapp, system?.support.email].filter(
    (one) => one !== null && one !== undefined,
  );
  return [
    { name: t.name, value: status.businessName, setting: 'QMOI_BUSINESS_NAME' },
    { name: t.mode, value: t.modes[status.mode], setting: 'QMOI_MODE' },
    ...railIds.flatMap((rail): readonly Fact[] => {
      const outlook = status.transfers[rail];
      const { phone, cap } = settingsOf[rail];
      const name = railNames[rail];
      if (outlook === null) {
        return [{ name, value: t.notSetUp, setting: `${rail.toUpperCase()}_…` }];
      }
      return [
        { name, value: t.setUp, setting: `${rail.toUpperCase()}_…` },
        { name: t.payout(name), value: outlook.payoutNumber ?? t.payoutNone, setting: phone },
        { name: t.daily(name), value: outlook.cap === 0 ? t.off : kes(outlook.cap), setting: cap },
      ];
    }),
    ...(system === undefined
      ? []
      : [
          {
            name: t.support,
            value: support.length === 0 ? t.supportNone : support.join(', '),
            setting: 'QMOI_SUPPORT_WHATSAPP, QMOI_SUPPORT_EMAIL',
          },
        ]),
  ];
}
