import { describe, expect, it } from 'vitest';

import { shillings } from '#kernel';

import { bandPositionOf, findStream, streamOfReference, streams } from './stream.ts';

const eightCyclesOf = (rail: 'mpesa' | 'airtel'): bigint =>
  8n *
  streams
    .filter((stream) => stream.rail === rail)
    .reduce((sum, stream) => sum + stream.band.lowMinor, 0n);

describe('streams', () => {
  it('reach the daily target and minimum with eight cycles of their lower bounds', () => {
    expect(eightCyclesOf('mpesa')).toBe(shillings(10_000));
    expect(eightCyclesOf('airtel')).toBe(shillings(8_240));
  });

  it('are ten, five a rail, with references of their own', () => {
    expect(streams.map((s) => s.rail).filter((rail) => rail === 'mpesa')).toHaveLength(5);
    expect(new Set(streams.map((s) => s.accountReference)).size).toBe(10);
  });

  it.each([
    ['TRADING', 'trading'],
    [' tra-ding ', 'trading'],
    ['ai', 'ai-services'],
    ['Data', 'data-packages'],
    ['', undefined],
    ['ELSEWHERE', undefined],
  ])('%j typed as account number means %s', (typed, id) => {
    expect(streamOfReference(typed)?.id).toBe(id);
  });

  it.each([
    [499_99n, 'below'],
    [500_00n, 'within'],
    [2_500_00n, 'within'],
    [2_500_01n, 'above'],
  ] as const)('%d cents of trading lie %s the band', (taken, position) => {
    const band = findStream('trading')?.band ?? { lowMinor: 0n, highMinor: 0n };
    expect(bandPositionOf(band, taken)).toBe(position);
  });
});
