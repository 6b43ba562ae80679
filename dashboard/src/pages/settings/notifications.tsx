import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

import type { PushDeviceView, PushTopic, PushView } from '#api/contract';

import { useLanguage, useText } from '../../text/language.ts';
import { Answer } from '../../ui/answer.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { When } from '../../ui/time.tsx';
import { say } from '../../ui/toast.ts';
import { notificationsText } from './notifications-text.ts';
import { OtherDevices } from './other-devices.tsx';
import {
  hereQuery,
  NoPushService,
  NotAllowed,
  pushQuery,
  sendTest,
  switchOff,
  switchOn,
  type Here,
} from './push.ts';

/** Whether this device is told, of what, and which others are. */
export function Notifications() {
  const t = useText(notificationsText);
  const push = useQuery(pushQuery);
  const here = useQuery(hereQuery);
  const own = ownOf(push.data, here.data);
  return (
    <Card title={t.title} beside={<StateBadge here={here.data} own={own} />}>
      <div className="flex flex-col gap-4">
        <p className="text-soft text-sm">{t.lead}</p>
        <Answer query={here} lines={1}>
          {(known) => (
            <Answer query={push} lines={8}>
              {(data) => (
                <>
                  {known.ability === 'possible' ? (
                    // Chosen anew from what the engine has, whenever that is another device's.
                    <Choice key={own?.id ?? 'new'} push={data} own={own} />
                  ) : (
                    <p className="bg-sunk rounded-md p-4 text-sm">{t.why[known.ability]}</p>
                  )}
                  <OtherDevices push={data} own={own} />
                </>
              )}
            </Answer>
          )}
        </Answer>
      </div>
    </Card>
  );
}

const ownOf = (push: PushView | undefined, here: Here | undefined): PushDeviceView | undefined =>
  here?.mark === undefined ? undefined : push?.devices.find(({ mark }) => mark === here.mark);

function StateBadge({
  here,
  own,
}: {
  readonly here: Here | undefined;
  readonly own: PushDeviceView | undefined;
}) {
  const t = useText(notificationsText);
  if (here === undefined) return null;
  if (here.ability === 'blocked') return <Badge tone="warn">{t.blocked}</Badge>;
  if (here.ability !== 'possible') return <Badge tone="plain">{t.impossible}</Badge>;
  if (own === undefined) return <Badge tone="plain">{t.off}</Badge>;
  return <Badge tone={own.failure === null ? 'good' : 'warn'}>{t.on}</Badge>;
}

interface ChoiceProps {
  readonly push: PushView;
  readonly own: PushDeviceView | undefined;
}

/** What this device is told of, and the switch. */
function Choice({ push, own }: ChoiceProps) {
  const t = useText(notificationsText);
  const language = useLanguage();
  const refresh = useRefresh();
  const [chosen, setChosen] = useState<readonly PushTopic[]>(
    own?.topics ?? push.topics.filter(({ usual }) => usual).map(({ topic }) => topic),
  );
  const order = useMutation({
    mutationFn: () =>
      switchOn(push.publicKey, { topics: chosen, language, isKnown: own !== undefined }),
    onSuccess: () => say(own === undefined ? t.switchedOn : t.saved),
    onSettled: refresh,
  });
  const isFull = own === undefined && push.devices.length >= push.devicesMax;
  const speaksOther = own !== undefined && own.language !== language;
  const isChanged = own !== undefined && (speaksOther || !isSame(own.topics, chosen));
  const because = chosen.length === 0 ? t.atLeastOne : isFull ? t.full(push.devicesMax) : undefined;
  return (
    <div className="flex flex-col gap-4">
      {own !== undefined && <Failure device={own} />}
      <Topics push={push} chosen={chosen} onChoose={setChosen} />
      {speaksOther && <p className="text-warn text-sm">{t.otherLanguage}</p>}
      {order.error !== null && <SwitchProblem error={order.error} />}
      <div className="flex flex-wrap items-start gap-3">
        {own === undefined ? (
          <Button
            tone="primary"
            busy={order.isPending}
            because={because}
            onClick={() => order.mutate()}
          >
            {t.switchOn}
          </Button>
        ) : (
          <>
            {isChanged && (
              <Button
                tone="primary"
                busy={order.isPending}
                because={because}
                onClick={() => order.mutate()}
              >
                {t.save}
              </Button>
            )}
            <TestAndOff own={own} />
          </>
        )}
      </div>
    </div>
  );
}

const isSame = (one: readonly PushTopic[], other: readonly PushTopic[]): boolean =>
  one.length === other.length && one.every((topic) => other.includes(topic));

interface TopicsProps {
  readonly push: PushView;
  readonly chosen: readonly PushTopic[];
  readonly onChoose: (chosen: readonly PushTopic[]) => void;
}

function Topics({ push, chosen, onChoose }: TopicsProps) {
  const t = useText(notificationsText);
  const language = useLanguage();
  return (
    <fieldset>
      <legend className="pb-1 text-sm font-medium">{t.topics}</legend>
      <div className="grid gap-x-6 sm:grid-cols-2 lg:grid-cols-1 xl:grid-cols-2">
        {push.topics.map(({ topic, name, about }) => (
          <label key={topic} className="flex min-h-11 cursor-pointer items-start gap-3 py-2">
            <input
              type="checkbox"
              className="accent-accent mt-0.5 size-5 shrink-0"
              checked={chosen.includes(topic)}
              onChange={({ target }) =>
                onChoose(
                  target.checked ? [...chosen, topic] : chosen.filter((one) => one !== topic),
                )
              }
            />
            <span className="min-w-0 text-sm">
              {name[language]}
              <span className="text-soft block text-xs">{about[language]}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function TestAndOff({ own }: { readonly own: PushDeviceView }) {
  const t = useText(notificationsText);
  const refresh = useRefresh();
  const test = useMutation({
    mutationFn: () => sendTest(own.id),
    onSuccess: () => say(t.tested),
    onSettled: refresh,
  });
  const off = useMutation({
    mutationFn: () => switchOff(own.id),
    onSuccess: () => say(t.switchedOff),
    onSettled: refresh,
  });
  return (
    <>
      <Button busy={test.isPending} onClick={() => test.mutate()}>
        {t.test}
      </Button>
      <Button busy={off.isPending} onClick={() => off.mutate()}>
        {t.switchOff}
      </Button>
      {[test.error, off.error].map(
        (error, n) =>
          error !== null && (
            <div key={n === 0 ? 'test' : 'off'} className="w-full">
              <ProblemNote error={error} />
            </div>
          ),
      )}
    </>
  );
}

/** Its push service does not take what it is sent. */
function Failure({ device }: { readonly device: PushDeviceView }) {
  const t = useText(notificationsText);
  const { failure } = device;
  if (failure === null) return null;
  return (
    <div role="status" className="bg-warn-wash rounded-md p-4 text-sm">
      <p className="text-warn font-semibold">{t.failing(failure.count, failure.why)}</p>
      <p>
        <When at={failure.at} />
        {failure.retryAt !== null && (
          <>
            {' · '}
            {t.next} <When at={failure.retryAt} />
          </>
        )}
      </p>
      <p>{t.failingFix}</p>
    </div>
  );
}

/** What a browser refuses has other words than what the engine does. */
function SwitchProblem({ error }: { readonly error: Error }) {
  const t = useText(notificationsText);
  if (error instanceof NotAllowed) return <Refusal>{t.notAllowed}</Refusal>;
  if (!(error instanceof NoPushService)) return <ProblemNote error={error} />;
  return (
    <Refusal>
      {t.noService} <span className="text-soft block text-xs">{t.said(error.message)}</span>
    </Refusal>
  );
}

const Refusal = ({ children }: { readonly children: ReactNode }) => (
  <div role="alert" className="bg-bad-wash rounded-md p-4 text-sm">
    {children}
  </div>
);

/** Both lists: what the engine has, and what this browser is. */
function useRefresh(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: hereQuery.queryKey }),
      client.invalidateQueries({ queryKey: pushQuery.queryKey }),
    ]);
}
