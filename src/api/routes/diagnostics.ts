import { businessDateOf, isoOf } from '#kernel';
import { diagnosticsSchema, weatherSchema, type DiagnosticsView } from '#api/contract';

import type { AddRoute, Parts } from '../app.ts';
import { createRedaction } from '../redaction.ts';
import { readSystem } from '../system-view.ts';
import { weatherOf } from '../weather-view.ts';

const weatherHours = 24;

export const addDiagnostics: AddRoute = (app, parts) =>
  void app.get(
    '/api/qmoi/diagnostics',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'makeDiagnostics',
        tags: ['oversight'],
        summary: 'Everything that helps to find a fault, without secrets, numbers or names',
        description:
          'Versions, health, the weather of a day, the last proof, sizes, names of settings and ' +
          'the newest lines of the log, redacted a second time. That it was made is recorded.',
        response: { 200: diagnosticsSchema },
      },
    },
    async (request, reply) => {
      const made = await makeDiagnostics(parts);
      const { actor } = parts.access.principalOf(request);
      // Recorded before it leaves: without the record there is no bundle.
      await parts.database.transaction((tx) =>
        parts.audit.record(tx, {
          actor,
          action: 'diagnostics.made',
          subject: 'engine:diagnostics',
          detail: { lines: made.log.length },
        }),
      );
      const day = businessDateOf(parts.clock.now());
      reply.header('content-disposition', `attachment; filename="qmoi-diagnostics-${day}.json"`);
      return made;
    },
  );

async function makeDiagnostics(parts: Parts): Promise<DiagnosticsView> {
  const { clock, surroundings, weather } = parts;
  const redaction = createRedaction(surroundings.hide);
  const [system, report, hours, lines] = await Promise.all([
    readSystem(parts),
    weather.report(),
    weather.hours(weatherHours),
    surroundings.logLines(),
  ]);
  return {
    format: 'qmoi-diagnostics/1',
    madeAt: isoOf(clock.now()),
    system,
    weather: weatherSchema.parse(redaction.plain(weatherOf(report, hours))),
    settings: surroundings.settings.map(({ name, isSet }) => ({ name, isSet })),
    log: lines.map(redaction.line),
  };
}
