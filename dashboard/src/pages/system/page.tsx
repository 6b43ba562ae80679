import { useQuery } from '@tanstack/react-query';

import type { SystemView, Verdict } from '#api/contract';

import { systemQuery } from '../../api/system.ts';
import { applyUpdate, useUpdate } from '../../shell/service-worker.ts';
import { timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { useBytes, useSpan } from '../../text/measures.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts, Page } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Ago } from '../../ui/time.tsx';
import { washOf, type Tone } from '../../ui/tone.ts';
import { Typed } from '../../ui/typed.tsx';
import { linesOf, type Line } from './lines.ts';
import { systemText } from './text.ts';
import { RailWeather } from './weather.tsx';

const toneOf: Readonly<Record<Verdict, Tone>> = { ok: 'good', look: 'warn', broken: 'bad' };

/** Whether what the engine stands on will hold, and what to do where it will not. */
export function System() {
  const t = useText(systemText);
  const w = useText(words);
  const system = useQuery(systemQuery);
  return (
    <Page title={w.system} lead={t.lead}>
      <Answer query={system} lines={12}>
        {(data) => (
          <>
            <Overall system={data} />
            <div className="grid grid-cols-1 items-start gap-4 md:gap-6 lg:grid-cols-5">
              <div className="min-w-0 lg:col-span-3">
                <Health system={data} />
              </div>
              <div className="flex min-w-0 flex-col gap-4 md:gap-6 lg:col-span-2">
                <RailWeather />
                <Backups />
                <Versions system={data} />
              </div>
            </div>
          </>
        )}
      </Answer>
    </Page>
  );
}

function Overall({ system }: { readonly system: SystemView }) {
  const t = useText(systemText);
  const { verdict } = system;
  return (
    <div
      role="status"
      className={classes('flex flex-col gap-1 rounded-lg p-4', washOf[toneOf[verdict]])}
    >
      <p className="text-lg font-semibold">{t.overall[verdict]}</p>
      <p className="text-ink text-sm">{t.overallWhy[verdict]}</p>
      <p className="text-soft text-xs">
        {t.lookedAt} <Ago at={system.lookedAt} />
      </p>
    </div>
  );
}

function Health({ system }: { readonly system: SystemView }) {
  const t = useText(systemText);
  const wording = { t, f: useFormats(), bytes: useBytes(), span: useSpan() };
  return (
    <Card title={t.health} flush>
      <ul className="divide-line divide-y">
        {linesOf(system, wording).map((line) => (
          <OneLine key={line.key} line={line} />
        ))}
      </ul>
    </Card>
  );
}

function OneLine({ line }: { readonly line: Line }) {
  const t = useText(systemText);
  return (
    <li className="flex items-start justify-between gap-3 px-4 py-3">
      <div className="min-w-0">
        <p className="text-sm font-medium">{line.name}</p>
        {line.facts !== '' && <p className="text-soft figure text-sm break-words">{line.facts}</p>}
        {line.advice !== undefined && <p className="mt-1 text-sm">{line.advice}</p>}
      </div>
      <Badge tone={toneOf[line.verdict]}>{t.verdicts[line.verdict]}</Badge>
    </li>
  );
}

/** There are none in this version, which its owner must know. */
function Backups() {
  const t = useText(systemText);
  return (
    <Card title={t.backups} beside={<Badge tone="warn">{t.backupsState}</Badge>}>
      <div className="flex flex-col gap-2 text-sm">
        <p>{t.backupsWhy}</p>
        <ol className="list-decimal pl-5">
          {t.backupsSteps.map((step) => (
            <li key={step}>
              <Typed text={step} />
            </li>
          ))}
        </ol>
        <p className="text-soft">
          <Typed text={t.backupsMore} />
        </p>
      </div>
    </Card>
  );
}

function Versions({ system }: { readonly system: SystemView }) {
  const t = useText(systemText);
  const w = useText(words);
  const { engine, database } = system;
  return (
    <Card title={t.versions}>
      <Facts
        facts={[
          { name: t.engine, value: engine.version },
          { name: t.mode, value: t.modes[engine.mode] },
          { name: t.node, value: engine.node },
          { name: 'PostgreSQL', value: database.version ?? w.none },
          { name: t.database, value: t.kinds[database.kind] },
          { name: t.machine, value: engine.platform },
          { name: t.screen, value: <Screen system={system} /> },
        ]}
      />
    </Card>
  );
}

/** The file this browser runs, and when the engine's own was built. */
function Screen({ system }: { readonly system: SystemView }) {
  const t = useText(systemText);
  const f = useFormats();
  const hasUpdate = useUpdate();
  const { builtAt } = system.screen;
  return (
    <span className="flex flex-col items-start gap-1">
      <span>{ownBuild ?? t.screenNone}</span>
      {builtAt !== null && (
        <span className="text-soft text-xs">
          {t.screenBuilt} {f.moment(timeOf(builtAt))}
        </span>
      )}
      {hasUpdate && (
        <span className="flex flex-wrap items-center gap-2">
          {t.newVersion}
          <Button size="small" onClick={applyUpdate}>
            {t.load}
          </Button>
        </span>
      )}
    </span>
  );
}

/** `/assets/index-DKT-P7_3.js` is named after its content. */
const ownBuild = /index-(?<build>[\w-]+)\.js$/.exec(
  document.querySelector<HTMLScriptElement>('script[type=module]')?.src ?? '',
)?.groups?.['build'];
