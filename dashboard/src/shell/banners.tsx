import { useQuery } from '@tanstack/react-query';

import type { Status } from '#api/contract';

import { statusQuery } from '../api/queries.ts';
import { useLine } from '../live/live.tsx';
import type { Line } from '../live/stream.ts';
import { timeOf, useFormats } from '../text/format.ts';
import { useText } from '../text/language.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { applyUpdate, useUpdate } from './service-worker.ts';
import { shellText } from './shell-text.ts';

/** What everybody must know, whatever page they are on. */
export function Banners() {
  const t = useText(shellText);
  const f = useFormats();
  const line = useLine();
  const { data: status } = useQuery({ ...statusQuery, enabled: false });
  const hasUpdate = useUpdate();
  return (
    <>
      {status?.mode === 'sandbox' && (
        <p className="sandbox-stripes text-warn px-4 py-1.5 text-center text-sm">
          <strong className="tracking-widest">{t.sandbox}</strong>
          <span className="hidden sm:inline"> · {t.sandboxWhy}</span>
        </p>
      )}
      <div role="status">
        {line.state === 'stale' && (
          <p className="bg-bad-wash text-bad px-4 py-2 text-center text-sm font-medium">
            {line.heardAt === undefined ? t.staleNever : t.staleSince(f.clock(line.heardAt))}
          </p>
        )}
        {status?.stale === true && (
          <p className="bg-bad-wash text-bad px-4 py-2 text-center text-sm font-medium">
            {t.databaseAway(f.clock(timeOf(status.updatedAt)))}
          </p>
        )}
        {status?.status === 'stopped' && (
          <p className="bg-warn-wash text-warn px-4 py-2 text-center text-sm font-medium">
            {t.stopped}
          </p>
        )}
      </div>
      {hasUpdate && (
        <p className="bg-accent-wash text-accent flex items-center justify-center gap-3 px-4 py-1 text-sm">
          {t.newVersion}
          <Button tone="bare" size="small" onClick={applyUpdate}>
            {t.load}
          </Button>
        </p>
      )}
    </>
  );
}

/** Whether what is shown is now: a dot whose form changes with it, and a word. */
export function LineState() {
  const t = useText(shellText);
  const { data: status } = useQuery({ ...statusQuery, enabled: false });
  const state = stateOf(useLine(), status);
  return (
    <span
      data-testid="line-state"
      className={classes('inline-flex items-center gap-2 text-sm', inkOf[state])}
    >
      <span
        aria-hidden
        className={classes(
          'size-2.5 rounded-full border-2 border-current',
          state === 'live' && 'bg-current',
          state === 'reconnecting' && 'animate-pulse',
        )}
      />
      {t.lines[state]}
    </span>
  );
}

/** A line that is up tells nothing new while the engine has no database. */
const stateOf = (line: Line, status: Status | undefined): Line['state'] =>
  line.state === 'live' && status?.stale === true ? 'stale' : line.state;

const inkOf: Readonly<Record<Line['state'], string>> = {
  connecting: 'text-soft',
  live: 'text-good',
  reconnecting: 'text-warn',
  stale: 'text-bad',
};
