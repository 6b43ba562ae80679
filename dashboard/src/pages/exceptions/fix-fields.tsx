import { useQuery } from '@tanstack/react-query';

import { formatMoney } from '#kernel';

import { statusQuery } from '../../api/queries.ts';
import { minorOf, money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { ChargeSearch } from './charge-search.tsx';
import {
  addCharge,
  faultOfAllocation,
  takenMinor,
  type Draft,
  type DraftFacts,
  type DraftFault,
} from './draft.ts';
import { fixText } from './fix-text.ts';
import type { FixKindName } from './shapes.ts';

interface FieldsProps {
  readonly draft: Draft;
  readonly facts: DraftFacts;
  readonly onChange: (draft: Draft) => void;
  /** What was found wrong when it was sent. */
  readonly fault: DraftFault | undefined;
  /** What of the payment was earned before. */
  readonly isPartEarned: boolean;
  /** What the engine says of the phone number. */
  readonly phoneError: string | undefined;
}

/** What has to be chosen for a fix of one's own. */
export function FixFields({ kind, ...props }: FieldsProps & { readonly kind: FixKindName }) {
  switch (kind) {
    case 'match':
      return <MatchFields {...props} />;
    case 'accept-short':
      return <ShortFields {...props} />;
    case 'assign-stream':
      return <StreamFields {...props} />;
    case 'assign-customer':
      return <PhoneField {...props} />;
    case 'refund':
      return <RefundFields {...props} />;
    case 'book-reversal':
    case 'keep':
    case 'dismiss':
      return null;
    default:
      return kind satisfies never;
  }
}

function MatchFields(props: FieldsProps) {
  const { draft, facts, onChange, fault } = props;
  const t = useText(fixText);
  const left = facts.restMinor - takenMinor(draft);
  const { allocations } = draft;
  const change = (id: string, amount: string): void =>
    onChange({
      ...draft,
      allocations: allocations.map((one) => (one.charge.id === id ? { ...one, amount } : one)),
    });
  const drop = (id: string): void =>
    onChange({ ...draft, allocations: allocations.filter(({ charge }) => charge.id !== id) });
  return (
    <div className="flex flex-col gap-4">
      {allocations.length > 0 && (
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2 text-sm font-semibold">{t.form.charges}</legend>
          {allocations.map((one) => (
            <Allocation
              key={one.charge.id}
              reference={one.charge.reference}
              amount={one.amount}
              asks={t.will.lacks(money(one.charge.amountDecimal))}
              error={wordOf(t.form, faultOfAllocation(one))}
              onAmount={(amount) => change(one.charge.id, amount)}
              onDrop={() => drop(one.charge.id)}
            />
          ))}
          <p className={left < 0n ? 'text-bad text-sm font-medium' : 'text-soft figure text-sm'}>
            {left < 0n
              ? t.form.tooMuch
              : t.will.left(formatMoney(left), formatMoney(facts.restMinor))}
          </p>
          {left > 0n && <RestFields {...props} />}
        </fieldset>
      )}
      {fault === 'needCharge' && (
        <p role="alert" className="text-bad text-sm">
          {t.form.needCharge}
        </p>
      )}
      <ChargeSearch
        restMinor={left > 0n ? left : facts.restMinor}
        verb={t.form.add}
        taken={allocations.map(({ charge }) => charge.id)}
        onTake={(charge) => onChange(addCharge(draft, charge, facts))}
      />
    </div>
  );
}

const wordOf = (
  form: (typeof fixText)['en']['form'],
  fault: DraftFault | undefined,
): string | undefined => (fault === undefined ? undefined : form[fault]);

interface AllocationProps {
  readonly reference: string;
  readonly amount: string;
  readonly asks: string;
  readonly error: string | undefined;
  readonly onAmount: (amount: string) => void;
  readonly onDrop: () => void;
}

function Allocation({ reference, amount, asks, error, onAmount, onDrop }: AllocationProps) {
  const t = useText(fixText).form;
  return (
    <div className="border-line flex items-start gap-3 rounded-md border p-3">
      <div className="min-w-0 grow">
        <Field
          label={reference}
          hint={asks}
          error={error}
          before="KES"
          input={{
            value: amount,
            inputMode: 'decimal',
            onChange: (event) => onAmount(event.target.value),
          }}
        />
      </div>
      <Button tone="bare" aria-label={`${t.drop}: ${reference}`} onClick={onDrop}>
        <span aria-hidden className="text-lg">
          ×
        </span>
      </Button>
    </div>
  );
}

function RestFields(props: FieldsProps) {
  const { draft, onChange } = props;
  const t = useText(fixText).form;
  return (
    <>
      <Select
        label={t.rest}
        value={draft.rest}
        choices={[
          { value: 'stays', label: t.restStays },
          { value: 'credit', label: t.restCredit },
        ]}
        onChoose={(rest) => onChange({ ...draft, rest })}
      />
      {draft.rest === 'credit' && <PhoneField {...props} />}
    </>
  );
}

/** The only charge it could be paid to with less than was asked for. */
function ShortFields({ draft, facts, onChange, fault }: FieldsProps) {
  const t = useText(fixText);
  const { short } = draft;
  return (
    <div className="flex flex-col gap-4">
      {short === undefined ? (
        <>
          {fault === 'needCharge' && (
            <p role="alert" className="text-bad text-sm">
              {t.form.needCharge}
            </p>
          )}
          <ChargeSearch
            restMinor={facts.restMinor}
            verb={t.form.take}
            taken={[]}
            onTake={(charge) => onChange({ ...draft, short: charge })}
          />
        </>
      ) : (
        <div className="border-line flex items-center justify-between gap-3 rounded-md border p-3 text-sm">
          <span>
            <span className="block font-mono font-semibold">{short.reference}</span>
            <span className="text-soft figure">
              {t.will.lacks(formatMoney(minorOf(short.amountDecimal)))}
            </span>
          </span>
          <Button
            tone="bare"
            aria-label={`${t.form.drop}: ${short.reference}`}
            onClick={() => onChange({ ...draft, short: undefined })}
          >
            {t.form.drop}
          </Button>
        </div>
      )}
    </div>
  );
}

function StreamFields({ draft, onChange, fault }: FieldsProps) {
  const t = useText(fixText).form;
  const { data: status } = useQuery(statusQuery);
  return (
    <div className="flex flex-col gap-1">
      <Select
        label={t.stream}
        value={draft.stream}
        choices={[
          { value: '', label: t.streamChoose },
          ...(status?.streams ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChoose={(stream) => onChange({ ...draft, stream })}
      />
      {fault === 'streamChoose' && draft.stream === '' && (
        <p role="alert" className="text-bad text-sm">
          {t.streamChoose}
        </p>
      )}
    </div>
  );
}

function PhoneField({ draft, facts, onChange, fault, phoneError }: FieldsProps) {
  const t = useText(fixText).form;
  const w = useText(words);
  const isWrong = fault === 'phoneNeeded' || fault === 'phoneWrong';
  return (
    <Field
      label={t.phone}
      hint={facts.hasPayer ? t.phoneHint : undefined}
      error={isWrong ? t[fault] : phoneError}
      input={{
        type: 'tel',
        value: draft.phone,
        maxLength: 32,
        autoComplete: 'off',
        placeholder: facts.hasPayer ? w.phone : '0712345678',
        onChange: (event) => onChange({ ...draft, phone: event.target.value }),
      }}
    />
  );
}

function RefundFields({ draft, onChange, isPartEarned }: FieldsProps) {
  const t = useText(fixText).form;
  return (
    <div className="flex flex-col gap-4">
      {isPartEarned && (
        <Select
          label={t.part}
          value={draft.part}
          choices={[
            { value: 'rest', label: t.partRest },
            { value: 'whole', label: t.partWhole },
          ]}
          onChoose={(part) => onChange({ ...draft, part })}
        />
      )}
      <Select
        label={t.by}
        value={draft.by}
        choices={[
          { value: 'usual', label: t.byUsual },
          { value: 'reversal', label: t.byReversal },
          { value: 'payout', label: t.byPayout },
        ]}
        onChoose={(by) => onChange({ ...draft, by })}
      />
    </div>
  );
}
