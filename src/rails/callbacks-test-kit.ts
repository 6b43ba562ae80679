/**
 * What a rail must make of callbacks, genuine or not.
 * Part of the contract in `test-kit.ts`, under the same promise: no real money can move.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invariant, shillings } from '#kernel';
import { payByPrompt } from './prompts-test-kit.ts';
import { callbackChannels } from './rail.ts';
import type { Scene } from './test-world.ts';

export function describeCallbacks(open: () => Scene): void {
  describe('callbacks', () => {
    const anyChannel = fc.constantFrom(...callbackChannels);

    it('of any bytes are read without throwing', () => {
      const { rail } = open();
      const bytes = fc.oneof(fc.uint8Array(), fc.uint8Array({ minLength: 500, maxLength: 5_000 }));
      fc.assert(
        fc.property(anyChannel, bytes, (channel, body) => {
          const reading = rail.readCallback({ channel, body: Buffer.from(body) });
          expect(['event', 'unreadable']).toContain(reading.kind);
        }),
      );
    });

    it('of any JSON are read without throwing', () => {
      const { rail } = open();
      fc.assert(
        fc.property(anyChannel, fc.json(), (channel, json) => {
          const reading = rail.readCallback({ channel, body: Buffer.from(json) });
          expect(['event', 'unreadable']).toContain(reading.kind);
          expect(reading).not.toMatchObject({ event: { verdict: 'paid' } });
        }),
      );
    });

    it.each(['', ' ', '{', '<html></html>', 'ResultCode=0', '\uFEFF', '{"a":'])(
      'of %j are unreadable, with a reason',
      (text) => {
        const { rail } = open();
        for (const channel of rail.capabilities.channels) {
          const reading = rail.readCallback({ channel, body: Buffer.from(text) });
          expect(reading).toEqual({ kind: 'unreadable', why: expect.stringMatching(/\S/) });
        }
      },
    );

    it('that are genuine but cut short are unreadable', async () => {
      const scene = open();
      const { world, rail } = scene;
      await payByPrompt(scene, shillings(49));
      const genuine = world.callbacks().findLast((callback) => {
        const reading = rail.readCallback(callback);
        return reading.kind === 'event';
      });
      invariant(genuine !== undefined, 'a payment calls back');
      const body = Buffer.from(genuine.body.toString('utf8').trim());
      fc.assert(
        fc.property(fc.nat({ max: body.byteLength - 1 }), (length) => {
          const cut = { ...genuine, body: body.subarray(0, length) };
          expect(rail.readCallback(cut).kind).toBe('unreadable');
        }),
      );
    });

    it('are acknowledged on every channel of the rail, and unreadable on any other', () => {
      const { rail } = open();
      const { channels } = rail.capabilities;
      expect(channels.length).toBeGreaterThan(0);
      for (const channel of callbackChannels) {
        const isOurs = channels.includes(channel);
        const reading = rail.readCallback({ channel, body: Buffer.from('{}') });
        expect(isOurs || reading.kind === 'unreadable').toBe(true);
        expect(!isOurs || rail.acknowledge(channel).statusCode === 200).toBe(true);
      }
    });
  });
}
