import { expect, it } from 'vitest';

import { createIdSource, createVirtualClock, parseBusinessDate, shillings } from '#kernel';

import type { Facts, Note } from './note.ts';
import { tellOf } from './text.ts';
import { languages } from './topic.ts';

const at = Date.parse('2026-11-26T11:05:09Z');
const ids = createIdSource({ clock: createVirtualClock(at), shard: 1 });
const day = parseBusinessDate('2026-11-25');
if (!day.ok) throw new Error(day.error);
const date = day.value;
const rail = 'mpesa';
const payment = {
  kind: 'payment',
  paymentId: ids.next('payment'),
  rail,
  stream: null,
  receiptEnd: '4Q2Z',
} as const;
const transfer = { kind: 'transfer', transferId: ids.next('transfer'), rail } as const;
const exception = {
  kind: 'exception',
  exceptionId: ids.next('exception'),
  exception: 'low-float',
  rail,
} as const;

const note = (facts: Facts, change: Partial<Note> = {}): Note => ({
  topic: 'payments',
  about: '',
  count: 1,
  amountMinor: shillings(4_500),
  facts,
  firstAt: at,
  lastAt: at,
  ...change,
});

const cases: readonly (readonly [Note, string, string, string])[] = [
  [note(payment), 'KES 4,500 received', 'Umepokea KES 4,500', `/payments/${payment.paymentId}`],
  [
    note(payment, { count: 3, firstAt: at - 60_000 }),
    '3 payments, KES 4,500',
    'Malipo 3, KES 4,500',
    '/payments',
  ],
  [
    note({ kind: 'target', target: 'airtel' }),
    "Airtel Money: today's target is reached",
    'Airtel Money: lengo la leo limefikiwa',
    '/targets',
  ],
  [
    note({ kind: 'minimum', date, missed: ['mpesa', 'combined'] }),
    'Below the minimum: M-Pesa, together',
    'Chini ya kiwango cha chini: M-Pesa, kwa pamoja',
    '/targets',
  ],
  [
    note({ ...transfer, end: 'completed' }),
    'Transfer arrived: KES 4,500',
    'Uhamisho umefika: KES 4,500',
    `/transfers/${transfer.transferId}`,
  ],
  [
    note({ ...transfer, end: 'failed' }),
    'A transfer failed',
    'Uhamisho umeshindwa',
    `/transfers/${transfer.transferId}`,
  ],
  [
    note({ ...transfer, end: 'reversed' }),
    'A transfer was taken back',
    'Uhamisho umerudishwa',
    `/transfers/${transfer.transferId}`,
  ],
  [
    note(exception),
    'The wallet lacks the money for a transfer',
    'Pochi haina pesa ya uhamisho',
    `/exceptions/${exception.exceptionId}`,
  ],
  [note(exception, { count: 2 }), '2 things to look at', 'Mambo 2 ya kuangalia', '/exceptions'],
  [
    note({ kind: 'engine', state: 'started' }),
    'The engine runs again',
    'Injini inafanya kazi tena',
    '/',
  ],
  [
    note({ kind: 'breaker', rail, state: 'failing' }),
    'M-Pesa: calls are held back',
    'M-Pesa: maombi yamezuiwa',
    '/system',
  ],
  [
    note({ kind: 'breaker', rail, state: 'locked-out' }),
    'M-Pesa did not take our operator',
    'M-Pesa imekataa opereta wetu',
    '/system',
  ],
  [
    note({ kind: 'breaker', rail, state: 'closed' }),
    'M-Pesa answers again',
    'M-Pesa inajibu tena',
    '/system',
  ],
  [note({ kind: 'storm', rail }), 'M-Pesa hardly answers', 'M-Pesa haijibu vizuri', '/system'],
  ...(
    [
      [7, 'ends in 7 days', 'litaisha baada ya siku 7'],
      [1, 'ends tomorrow', 'litaisha kesho'],
      [0, 'ends today', 'linaisha leo'],
      [-3, 'has ended', 'limeisha muda'],
    ] as const
  ).map(
    ([daysLeft, english, swahili]) =>
      [
        note({ kind: 'password', rail, daysLeft }),
        `M-Pesa: the operator's password ${english}`,
        `M-Pesa: nenosiri la opereta ${swahili}`,
        '/system',
      ] as const,
  ),
];

it.each(cases.map(([told, english, swahili, path]) => [english, { told, swahili, path }] as const))(
  'tells "%s"',
  (english, { told, swahili, path }) => {
    expect(tellOf(told, 'en')).toMatchObject({ title: english, path });
    expect(tellOf(told, 'sw')).toMatchObject({ title: swahili, path });
  },
);

it('names an amount only where money is confirmed', () => {
  const [failed, stopped] = [
    note({ ...transfer, end: 'failed' }),
    note({ kind: 'breaker', rail, state: 'failing' }),
  ];
  for (const language of languages) {
    for (const one of [failed, stopped, note(exception)]) {
      expect(JSON.stringify(tellOf(one, language))).not.toContain('KES');
    }
  }
});

it('says from when to when in Nairobi', () => {
  const several = note(payment, { count: 2, firstAt: at - 60_000 });
  expect(tellOf(several, 'en').body).toBe('Confirmed between 14:04 and 14:05');
  expect(tellOf(several, 'sw').body).toBe('Yamethibitishwa kati ya 14:04 na 14:05');
});
