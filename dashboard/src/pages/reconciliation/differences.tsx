import { Link } from '@tanstack/react-router';

import type { ReconciledDayView } from '#api/contract';

import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Badge } from '../../ui/badge.tsx';
import { Copy } from '../../ui/copy.tsx';
import { When } from '../../ui/time.tsx';
import { reconciliationText } from './text.ts';

type Difference = ReconciledDayView['differences'][number];
type Kinds = (typeof reconciliationText)['en']['kinds'];

const isKnown = (kind: string, kinds: Kinds): kind is keyof Kinds => Object.hasOwn(kinds, kind);

/** What not all three have, or not alike, and what to do about it. */
export function Differences({ day }: { readonly day: ReconciledDayView }) {
  const t = useText(reconciliationText);
  const { differences, more } = day;
  return (
    <div className="flex flex-col gap-2">
      <h4 className="text-sm font-semibold">{t.differences}</h4>
      {differences.length === 0 ? (
        <p className="text-good text-sm">{t.noDifferences}</p>
      ) : (
        <ul className="divide-line divide-y">
          {differences.map((difference, index) => (
            <One
              key={`${difference.kind} ${difference.receipt ?? ''} ${index}`}
              difference={difference}
            />
          ))}
        </ul>
      )}
      {more && <p className="text-warn text-sm">{t.moreDifferences}</p>}
    </div>
  );
}

const linkLook =
  'text-accent inline-flex min-h-11 items-center text-sm underline underline-offset-4';

function One({ difference }: { readonly difference: Difference }) {
  const t = useText(reconciliationText);
  const { kind, weighs, receipt, amountDecimal, otherDecimal, occurredAt, exceptionId } =
    difference;
  const words = isKnown(kind, t.kinds) ? t.kinds[kind] : undefined;
  const places = [
    { name: t.books, has: difference.inBooks },
    { name: t.list, has: difference.inEvents },
    { name: t.statement, has: difference.onStatement },
  ];
  const named = (has: boolean): string =>
    places
      .filter((place) => place.has === has)
      .map(({ name }) => name)
      .join(', ');
  return (
    <li className="flex flex-col gap-1 py-3 text-sm">
      <span className="flex flex-wrap items-center gap-2">
        <strong className="font-semibold">{words?.title ?? kind}</strong>
        <Badge tone={weighs ? 'bad' : 'plain'}>{weighs ? t.weighs : t.worthKnowing}</Badge>
        {amountDecimal !== null && (
          <span className="figure ml-auto font-semibold">
            {money(amountDecimal)}
            {otherDecimal !== null && (
              <span className="text-soft font-normal"> {t.against(money(otherDecimal))}</span>
            )}
          </span>
        )}
      </span>
      <span className="text-soft flex flex-wrap gap-x-3">
        {receipt !== null && <Copy text={receipt} />}
        {occurredAt !== null && <When at={occurredAt} />}
      </span>
      <span>
        {named(true) !== '' && `${t.has} ${named(true)}. `}
        {named(false) !== '' && `${t.hasNot} ${named(false)}.`}
      </span>
      {words === undefined ? (
        <span lang="en" className="text-soft">
          {difference.advice}
        </span>
      ) : (
        <span className="text-soft">{words.advice}</span>
      )}
      <span className="flex flex-wrap gap-x-4">
        {exceptionId !== null && (
          <Link to="/exceptions/$id" params={{ id: exceptionId }} className={linkLook}>
            {t.decide}
          </Link>
        )}
        <SubjectLink subject={difference.subject} />
      </span>
    </li>
  );
}

function SubjectLink({ subject }: { readonly subject: string | null }) {
  const t = useText(reconciliationText);
  if (subject?.startsWith('pay_') === true) {
    return (
      <Link to="/payments/$id" params={{ id: subject }} className={linkLook}>
        {t.open}
      </Link>
    );
  }
  if (subject?.startsWith('tr_') === true) {
    return (
      <Link to="/transfers/$id" params={{ id: subject }} className={linkLook}>
        {t.open}
      </Link>
    );
  }
  return null;
}
