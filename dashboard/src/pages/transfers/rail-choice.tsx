import { useId } from 'react';

import { railIds, type RailId } from '#kernel';

import { RailMark } from '../../ui/badge.tsx';
import { classes } from '../../ui/classes.ts';

interface RailChoiceProps {
  readonly label: string;
  readonly value: RailId;
  readonly onChoose: (rail: RailId) => void;
}

/** Both rails in sight: one is always chosen. */
export function RailChoice({ label, value, onChoose }: RailChoiceProps) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(9.5rem,1fr))] gap-2">
        {railIds.map((rail) => (
          <label
            key={rail}
            className={classes(
              'flex min-h-12 cursor-pointer items-center gap-2 rounded-md border px-3 text-sm',
              'has-focus-visible:outline-accent has-focus-visible:outline-2',
              'has-focus-visible:outline-offset-2',
              rail === value
                ? 'border-accent bg-accent-wash font-semibold'
                : 'border-line-strong hover:bg-sunk',
            )}
          >
            <input
              type="radio"
              name={name}
              value={rail}
              checked={rail === value}
              onChange={() => onChoose(rail)}
              className="accent-accent size-4"
            />
            <RailMark rail={rail} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
