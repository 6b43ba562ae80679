export type { Breaker, Passage } from './breaker/breaker.ts';
export { skies, type Arrival, type Sky } from './forecast.ts';
export { lanes, operations, type Lane, type Operation } from './operation.ts';
export { breakerOpen, isUnheard, pauseAfterUnheard } from './outcome.ts';
export type { WeatherHour } from './records/store.ts';
export { latencyMs, type Tally } from './records/tally.ts';
export { createWeather, type RailReport, type Weather } from './service.ts';
export { keepWeather } from './worker.ts';
