interface ProgressBarProps {
  readonly label: string;
  /** Unknown where it cannot be said how far it is. */
  readonly share: number | undefined;
}

export function ProgressBar({ label, share }: ProgressBarProps) {
  const percent = share === undefined ? undefined : Math.round(share * 100);
  return (
    <div className="flex flex-col gap-2">
      <span className="text-sm">{label}</span>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="bg-sunk h-2 overflow-hidden rounded-sm"
      >
        <span
          className={
            percent === undefined
              ? 'bg-accent block h-full w-1/3 animate-pulse rounded-sm'
              : 'bg-accent block h-full rounded-sm transition-[width]'
          }
          style={percent === undefined ? {} : { width: `${percent}%` }}
        />
      </div>
    </div>
  );
}
