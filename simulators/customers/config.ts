import { err, ok, type RailId, railIds, type Result } from '#kernel';

import { type Fields, fieldsOf, isWholeNumber } from './fields.ts';

/** A stream as its customers know it. */
export interface StreamDemand {
  readonly id: string;
  readonly rail: RailId;
  /** What the business tells people to type as account number. */
  readonly accountReference: string;
  /** Usual takings of one cycle. */
  readonly lowMinor: bigint;
  readonly highMinor: bigint;
}

export interface TownConfig {
  readonly engineUrl: string;
  readonly mpesa: { readonly simUrl: string; readonly shortCode: string } | undefined;
  readonly airtel: { readonly simUrl: string } | undefined;
  readonly streams: readonly StreamDemand[];
  readonly seed: number;
  /** 1 is a usual day, 0 a day without customers; all takings are multiplied by it. */
  readonly demandFactor: number;
  readonly cycleHours: number;
}

const known = [
  'engineUrl',
  'mpesa',
  'airtel',
  'streams',
  'seed',
  'demandFactor',
  'cycleHours',
  'shortCode',
];
const streamsMax = 100;
const demandFactorMax = 100;
const seedMax = 2 ** 32 - 1;

type Problems = string[];

function urlOf(value: unknown, name: string, problems: Problems): string {
  const url = typeof value === 'string' ? value.replace(/\/+$/, '') : '';
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) problems.push(`${name} is an http address`);
  return url;
}

function mpesaOf(given: Fields, problems: Problems): TownConfig['mpesa'] {
  const mpesa = given['mpesa'];
  if (mpesa === undefined || mpesa === null) return undefined;
  const fields = fieldsOf(mpesa);
  const shortCode = fields['shortCode'] ?? given['shortCode'];
  const simUrl = urlOf(fields['simUrl'], 'mpesa.simUrl', problems);
  if (typeof shortCode === 'string' && /^\d{5,7}$/.test(shortCode)) return { simUrl, shortCode };
  problems.push('shortCode has five to seven digits');
  return undefined;
}

function airtelOf(given: Fields, problems: Problems): TownConfig['airtel'] {
  const airtel = given['airtel'];
  if (airtel === undefined || airtel === null) return undefined;
  return { simUrl: urlOf(fieldsOf(airtel)['simUrl'], 'airtel.simUrl', problems) };
}

const wholeText = (value: unknown): bigint | undefined =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? BigInt(value) : undefined;

function streamOf(value: unknown, place: string, problems: Problems): readonly StreamDemand[] {
  const { id, rail: railText, accountReference, ...band } = fieldsOf(value);
  const rail = railIds.find((candidate) => candidate === railText);
  const lowMinor = wholeText(band['lowMinor']);
  const highMinor = wholeText(band['highMinor']);
  const isNamed = typeof id === 'string' && id !== '' && typeof accountReference === 'string';
  const isBand = lowMinor !== undefined && highMinor !== undefined && lowMinor <= highMinor;
  if (isNamed && rail !== undefined && isBand) {
    return [{ id, rail, accountReference, lowMinor, highMinor }];
  }
  problems.push(`${place} has an id, a rail, an accountReference, lowMinor and highMinor`);
  return [];
}

function streamsOf(value: unknown, problems: Problems): readonly StreamDemand[] {
  if (Array.isArray(value) && value.length > 0 && value.length <= streamsMax) {
    return value.flatMap((item, n) => streamOf(item, `streams[${n}]`, problems));
  }
  problems.push(`streams is a list of 1 to ${streamsMax}`);
  return [];
}

function seedOf(value: unknown, problems: Problems): number {
  if (isWholeNumber(value, { min: 0, max: seedMax })) return value;
  problems.push(`seed is a whole number from 0 to ${seedMax}`);
  return 0;
}

function demandFactorOf(value: unknown, problems: Problems): number {
  const factor = value ?? 1;
  if (typeof factor === 'number' && factor >= 0 && factor <= demandFactorMax) return factor;
  problems.push(`demandFactor is a number from 0 to ${demandFactorMax}`);
  return 1;
}

function cycleHoursOf(value: unknown, problems: Problems): number {
  const hours = value ?? 3;
  if (isWholeNumber(hours, { min: 1, max: 24 }) && 24 % hours === 0) return hours;
  problems.push('cycleHours divides a day');
  return 3;
}

/** All problems at once, so that a configuration is mended in one go. */
export function parseConfig(value: unknown): Result<TownConfig, string> {
  if (typeof value !== 'object' || value === null) return err('the configuration is an object');
  const given = fieldsOf(value);
  const problems: Problems = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => `${name} is not a setting`);
  const config: TownConfig = {
    engineUrl: urlOf(given['engineUrl'], 'engineUrl', problems),
    mpesa: mpesaOf(given, problems),
    airtel: airtelOf(given, problems),
    streams: streamsOf(given['streams'], problems),
    seed: seedOf(given['seed'], problems),
    demandFactor: demandFactorOf(given['demandFactor'], problems),
    cycleHours: cycleHoursOf(given['cycleHours'], problems),
  };
  if (problems.length === 0 && config.mpesa === undefined && config.airtel === undefined) {
    problems.push('one of mpesa and airtel is needed to pay with');
  }
  return problems.length === 0 ? ok(config) : err(problems.join('; '));
}
