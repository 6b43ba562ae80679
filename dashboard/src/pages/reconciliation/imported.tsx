import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import type { StatementView } from '#api/contract';

import { money, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { reconciliationText } from './text.ts';

/** What an import changed; its heading takes the keyboard, for the button that was pressed is gone. */
export function Imported({ statement }: { readonly statement: StatementView }) {
  const t = useText(reconciliationText);
  const f = useFormats();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { paymentsBooked, exceptionsOpened, linesNew, lineCount } = statement;
  return (
    <div className="bg-good-wash flex flex-col gap-1 rounded-md p-4 text-sm">
      <h3 ref={heading} tabIndex={-1} className="text-good text-base font-semibold">
        {t.done}: {statement.name}
      </h3>
      <p className="figure font-medium">
        {paymentsBooked === 0
          ? t.bookedNone
          : t.booked(f.count(paymentsBooked), paymentsBooked === 1, money(statement.bookedDecimal))}
      </p>
      <p>
        {t.newLines(f.count(linesNew), f.count(lineCount))}{' '}
        {t.alsoFound(f.count(statement.paymentsKnown), f.count(statement.transfersSettled))}
      </p>
      {exceptionsOpened > 0 && (
        <Link
          to="/exceptions"
          className="text-accent inline-flex min-h-11 items-center underline underline-offset-4"
        >
          {t.toLookAt(f.count(exceptionsOpened), exceptionsOpened === 1)}
        </Link>
      )}
    </div>
  );
}
