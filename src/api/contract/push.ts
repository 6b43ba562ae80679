import { z } from 'zod';

import { idSchema, timeSchema } from './words.ts';

const pushTopics = [
  'payments',
  'targets',
  'minimum',
  'transfers',
  'exceptions',
  'engine',
  'weather',
  'password',
] as const;

export const pushTopicSchema = z.enum(pushTopics).describe('What a device can be told of.');
export type PushTopic = z.output<typeof pushTopicSchema>;

const languageSchema = z.enum(['en', 'sw']).describe('What the notes are written in.');

/** As a browser writes bytes. */
const bytesSchema = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax)
    .regex(/^[A-Za-z0-9_-]+=*$/, 'Not base64url.');

export const pushOrderSchema = z
  .object({
    endpoint: z.url('Not an address.').max(1_024),
    keys: z
      .object({ p256dh: bytesSchema(120), auth: bytesSchema(40) })
      .describe("The browser's keys, as `PushSubscription.toJSON()` has them."),
    topics: z.array(pushTopicSchema).min(1, 'At least one.').max(pushTopics.length),
    language: languageSchema,
  })
  .meta({
    id: 'PushOrder',
    description: 'A browser that is to be told. The same one again changes what it is told of.',
  });

export const pushDeviceSchema = z
  .object({
    id: idSchema('pd'),
    mark: z
      .string()
      .describe('By which a browser knows itself: SHA-256 of its endpoint, 32 digits of it.'),
    label: z.string().meta({ examples: ['Chrome on Android'] }),
    service: z.string().describe('Whose push service brings the notes.'),
    language: languageSchema,
    topics: z.array(pushTopicSchema),
    createdAt: timeSchema,
    deliveredAt: timeSchema.nullable().describe('When a note was last taken by the service.'),
    failure: z
      .object({
        count: z.int().describe('Since the last note that was taken.'),
        at: timeSchema,
        why: z.string(),
        retryAt: timeSchema.nullable().describe('Nothing is sent to it before.'),
      })
      .nullable(),
  })
  .meta({ id: 'PushDevice' });
export type PushDeviceView = z.output<typeof pushDeviceSchema>;

const inBothSchema = z.object({ en: z.string(), sw: z.string() });

export const pushSchema = z
  .object({
    publicKey: z.string().describe('VAPID key to subscribe with, base64url.'),
    devicesMax: z.int(),
    topics: z.array(
      z.object({
        topic: pushTopicSchema,
        name: inBothSchema,
        about: inBothSchema,
        usual: z.boolean().describe('Chosen unless the owner says otherwise.'),
      }),
    ),
    devices: z.array(pushDeviceSchema),
  })
  .meta({ id: 'Push' });
export type PushView = z.output<typeof pushSchema>;
