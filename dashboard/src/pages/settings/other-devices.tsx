import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { PushDeviceView, PushView } from '#api/contract';

import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.ts';
import { notificationsText } from './notifications-text.ts';
import { pushQuery, remove } from './push.ts';

interface OtherDevicesProps {
  readonly push: PushView;
  /** This one, which is not among the others. */
  readonly own: PushDeviceView | undefined;
}

/** Everything else that is told: a phone that was lost is ended from here. */
export function OtherDevices({ push, own }: OtherDevicesProps) {
  const t = useText(notificationsText);
  const others = push.devices.filter(({ id }) => id !== own?.id);
  return (
    <section className="border-line border-t pt-4" aria-label={t.others}>
      <h3 className="text-sm font-medium">{t.others}</h3>
      {others.length === 0 ? (
        <p className="text-soft pt-1 text-sm">{t.noOthers}</p>
      ) : (
        <ul className="divide-line divide-y">
          {others.map((device) => (
            <Other key={device.id} device={device} all={push.topics.length} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Other({ device, all }: { readonly device: PushDeviceView; readonly all: number }) {
  const t = useText(notificationsText);
  const [isAsking, setAsking] = useState(false);
  const { failure, deliveredAt } = device;
  const name = t.nameOf(device.label);
  return (
    <li className="flex items-center justify-between gap-3 py-3">
      <div className="min-w-0 text-sm">
        <p className="font-medium break-words">{name}</p>
        <p className="text-soft text-xs">
          {t.through(device.service)} · {t.count(device.topics.length, all)} ·{' '}
          {deliveredAt === null ? (
            t.never
          ) : (
            <>
              {t.last} <Ago at={deliveredAt} />
            </>
          )}
        </p>
        {failure !== null && (
          <p className="text-warn text-xs">{t.failing(failure.count, failure.why)}</p>
        )}
      </div>
      <Button aria-label={t.removeNamed(name)} onClick={() => setAsking(true)}>
        {t.remove}
      </Button>
      {isAsking && <RemoveDialog device={device} name={name} onClose={() => setAsking(false)} />}
    </li>
  );
}

interface RemoveDialogProps {
  readonly device: PushDeviceView;
  readonly name: string;
  readonly onClose: () => void;
}

/** Removing a device twice removes it once: this order needs no key. */
function RemoveDialog({ device, name, onClose }: RemoveDialogProps) {
  const t = useText(notificationsText);
  const w = useText(words);
  const client = useQueryClient();
  const order = useMutation({
    mutationFn: () => remove(device.id),
    onSuccess: () => {
      say(t.removed);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: pushQuery.queryKey }),
  });
  return (
    <Dialog open onClose={onClose} title={t.removeTitle} lead={t.removeLead(name)}>
      {order.error !== null && <ProblemNote error={order.error} />}
      <div className="flex flex-wrap justify-end gap-3">
        <Button onClick={onClose}>{w.cancel}</Button>
        <Button tone="danger" busy={order.isPending} onClick={() => order.mutate()}>
          {t.remove}
        </Button>
      </div>
    </Dialog>
  );
}
