import { z } from 'zod';

import { logLevels, modes } from './config.ts';
import {
  addressList,
  choice,
  databaseAddress,
  decimal,
  msisdn,
  notes,
  onOff,
  quietHours,
  secretText,
  text,
  webAddress,
  wholeNumber,
  wholeShillings,
} from './setting.ts';

export const engineSettings = {
  QMOI_MODE: choice(modes).prefault('sandbox').register(notes, {
    about: 'Whether money is real. Live must be asked for; the two never share a database.',
    example: 'live',
  }),
  QMOI_BUSINESS_NAME: text(60).prefault('My business').register(notes, {
    about: 'The name on payment pages, receipts and reports.',
    example: 'Mama Njeri Stores',
  }),
  DATABASE_URL: databaseAddress().optional().register(notes, {
    about: 'A PostgreSQL server of your own, version 15 or newer.',
    example: '`postgres://user:password@host:5432/database`',
    otherwise: 'the embedded server, under `data/`',
    isSecret: true,
  }),
  QMOI_DATABASE_OS_USER: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'is not the name of a user of this machine')
    .optional()
    .register(notes, {
      about: 'The unprivileged user the embedded server runs under when the engine runs as root.',
      example: 'postgres',
      otherwise: 'one is chosen',
    }),
  QMOI_HOST: text(255).prefault('127.0.0.1').register(notes, {
    about: 'The address the engine listens on. A reverse proxy brings encryption.',
    example: '127.0.0.1',
  }),
  QMOI_PORT: wholeNumber(1, 65_535).prefault('8750').register(notes, {
    about: 'The port the engine listens on.',
    example: '8750',
  }),
  QMOI_PUBLIC_URL: webAddress().optional().register(notes, {
    about: 'Where providers and browsers reach the engine. Needed in live mode, with https.',
    example: 'https://pay.example.co.ke',
    otherwise: 'the engine on loopback (sandbox only)',
  }),
  QMOI_TRUSTED_PROXIES: addressList().optional().register(notes, {
    about: 'Reverse proxies whose word on the sender’s address is believed.',
    example: '127.0.0.1, 10.0.0.0/8',
    otherwise: 'none',
  }),
  QMOI_LOG_LEVEL: choice(logLevels).prefault('info').register(notes, {
    about: 'The least important lines that `logs/revenue_engine.log` keeps.',
    example: 'debug',
  }),
};

export const masterSettings = {
  QMOI_MASTER_KEY_HASH: z
    .string()
    .regex(
      /^\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$[\w+/]+\$[\w+/]+$/,
      'is not an argon2id hash in PHC form',
    )
    .optional()
    .register(notes, {
      about: 'The argon2id hash of the master key, written by `qmoi:autoconfig`. Quote it singly.',
      example: 'the line that `npm run qmoi:autoconfig` writes',
      otherwise: '`QMOI_MASTER_API_KEY` is used',
      isSecret: true,
    }),
  QMOI_MASTER_API_KEY: secretText().optional().register(notes, {
    about: 'The master key in the clear, at least 16 characters. Prefer its hash.',
    example: 'at least 16 characters',
    otherwise: '`QMOI_MASTER_KEY_HASH` is used',
    isSecret: true,
  }),
  QMOI_MASTER_SECRET: secretText().optional().register(notes, {
    about: 'What every key that encrypts, seals or signs is derived from. Keep a copy offline.',
    example: 'at least 32 random characters',
    otherwise: 'the engine does not start',
    isSecret: true,
  }),
  QMOI_MASTER_PHONE: msisdn().optional().register(notes, {
    about: 'The owner’s phone for critical alerts.',
    example: '254712345678',
    otherwise: 'no messages to a phone',
  }),
  QMOI_MASTER_EMAIL: z.email('is not an e-mail address').optional().register(notes, {
    about: 'Where the daily report goes.',
    example: 'owner@example.co.ke',
    otherwise: 'no e-mail',
  }),
};

export const supportSettings = {
  QMOI_SUPPORT_WHATSAPP: msisdn().optional().register(notes, {
    about: 'The number the owner writes to on WhatsApp when help is needed; the screen shows it.',
    example: '254712345678',
    otherwise: 'the screen names no number',
  }),
  QMOI_SUPPORT_EMAIL: z.email('is not an e-mail address').optional().register(notes, {
    about: 'The address the owner writes to when help is needed; the screen shows it.',
    example: 'support@example.co.ke',
    otherwise: 'the screen names no address',
  }),
};

const dailyTarget = (rail: string) =>
  wholeShillings()
    .optional()
    .register(notes, {
      about: `Confirmed revenue wanted from ${rail} on a business day, in whole KES.`,
      example: '10000',
      otherwise: 'the targets file, or 10000',
    });

const autoTransfer = (rail: string) =>
  wholeShillings()
    .optional()
    .register(notes, {
      about: `The most that goes from ${rail} to the owner’s phone in a business day, whole KES.`,
      example: '2000',
      otherwise: 'the targets file, or 2000',
    });

const transferTrigger = (rail: string) =>
  wholeShillings()
    .optional()
    .register(notes, {
      about: `Confirmed revenue of the day on ${rail} from which transfers start, in whole KES.`,
      example: '8000',
      otherwise: 'that rail’s daily minimum',
    });

const transferReserve = (rail: string) =>
  wholeShillings()
    .prefault('0')
    .register(notes, {
      about: `What transfers always leave in the ${rail} wallet, in whole KES.`,
      example: '5000',
    });

const checkMinutes = (rail: string) =>
  wholeNumber(5, 1_440)
    .prefault('60')
    .register(notes, {
      about: `Minutes between two checks whether ${rail} money should go to the owner.`,
      example: '60',
    });

export const targetSettings = {
  QMOI_TARGETS_FILE: text(1_024).optional().register(notes, {
    about: 'The daily targets, as JSON; the environment overrules it.',
    example: '/etc/qmoi/targets.json',
    otherwise: '`targets.json` beside `.env`',
  }),
  QMOI_DAILY_TARGET_MPESA: dailyTarget('M-Pesa'),
  QMOI_DAILY_TARGET_AIRTEL: dailyTarget('Airtel Money'),
  QMOI_AUTO_TRANSFER_MPESA: autoTransfer('M-Pesa'),
  QMOI_AUTO_TRANSFER_AIRTEL: autoTransfer('Airtel Money'),
  QMOI_TRANSFER_TRIGGER_MPESA: transferTrigger('M-Pesa'),
  QMOI_TRANSFER_TRIGGER_AIRTEL: transferTrigger('Airtel Money'),
  QMOI_TRANSFER_RESERVE_MPESA: transferReserve('M-Pesa'),
  QMOI_TRANSFER_RESERVE_AIRTEL: transferReserve('Airtel Money'),
  QMOI_TRANSFER_CHECK_MINUTES_MPESA: checkMinutes('M-Pesa'),
  QMOI_TRANSFER_CHECK_MINUTES_AIRTEL: checkMinutes('Airtel Money'),
  QMOI_TRANSFER_QUIET_HOURS: quietHours().optional().register(notes, {
    about: 'When nothing is sent automatically, in Nairobi; it may reach over midnight.',
    example: '22:00-06:00',
    otherwise: 'transfers go out at any hour',
  }),
  QMOI_AUTO_TOP_UP_MPESA: onOff()
    .prefault('off')
    .register(notes, {
      about:
        'Whether the M-Pesa payout wallet is filled from the working wallet, once a day at most, ' +
        'when a transfer is due and lacks money.',
      example: 'on',
    }),
};

const simulatorPort = (rail: string) =>
  wholeNumber(0, 65_535)
    .prefault('0')
    .register(notes, {
      about: `The port of the ${rail} simulator; 0 lets the system choose.`,
      example: '8751',
    });

export const simulatorSettings = {
  QMOI_SIMULATORS: onOff().optional().register(notes, {
    about: 'Whether the engine brings simulators of the providers. Sandbox only.',
    example: 'off',
    otherwise: '`on` in sandbox',
  }),
  QMOI_SIMULATOR_PORT_MPESA: simulatorPort('M-Pesa'),
  QMOI_SIMULATOR_PORT_AIRTEL: simulatorPort('Airtel Money'),
  QMOI_SIMULATOR_SEED: wholeNumber(0, 4_294_967_295).prefault('1').register(notes, {
    about: 'The same seed gives the same simulated customers and faults.',
    example: '42',
  }),
  QMOI_SIMULATOR_DEMAND: decimal(100).prefault('1').register(notes, {
    about: 'How much the simulated town buys: 1 is usual, 0 is nothing.',
    example: '1.5',
  }),
};
