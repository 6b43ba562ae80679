import { isoOf } from '#kernel';
import { latencyMs, type RailReport, type Tally, type WeatherHour } from '#weather';
import type { RailSky, WeatherView } from '#api/contract';

const countsOf = (tally: Tally) => ({
  calls: tally.calls,
  ok: tally.ok,
  ourFault: tally.ourFault,
  refused: tally.refused,
  unknown: tally.unknown,
  unheard: tally.unheard,
  p50Ms: latencyMs(tally, 0.5) ?? null,
  p95Ms: latencyMs(tally, 0.95) ?? null,
});

export function skyOf(report: RailReport): RailSky {
  const { arrival, worst, lastHour } = report;
  const share =
    arrival === undefined || arrival.settled === 0 ? null : arrival.byCallback / arrival.settled;
  return {
    sky: report.sky,
    calls: lastHour.calls,
    unheard: lastHour.unheard,
    worstCode: worst?.code ?? null,
    meaning: worst?.explanation?.meaning ?? null,
    heldBack: report.breakers.map(({ lane, state, cause, code, openedAt, untilAt }) => ({
      lane,
      state,
      cause,
      code,
      openedAt: isoOf(openedAt),
      until: untilAt === undefined ? null : isoOf(untilAt),
    })),
    callbackShare: share,
    callbackMedianMs: arrival?.medianMs ?? null,
    passwordDaysLeft: report.passwordDaysLeft ?? null,
  };
}

export const weatherOf = (
  reports: readonly RailReport[],
  hours: readonly WeatherHour[],
): WeatherView => ({
  rails: reports.map((report) => ({
    rail: report.rail,
    ...skyOf(report),
    advice: report.worst?.explanation?.advice ?? null,
    lastHour: countsOf(report.lastHour),
    lastDay: countsOf(report.lastDay),
  })),
  hours: hours.map((one) => ({
    hour: isoOf(one.hour),
    rail: one.rail,
    operation: one.operation,
    ...countsOf(one),
    codes: { ...one.codes },
  })),
});
