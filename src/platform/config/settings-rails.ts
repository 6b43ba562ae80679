import { z } from 'zod';

import {
  hashRenderings,
  paybillPlans,
  payoutCommands,
  rsaPaddings,
  transactionTypes,
} from './config.ts';
import { feeContracts } from './fees.ts';
import {
  addressList,
  choice,
  date,
  hostAddress,
  msisdn,
  notes,
  onOff,
  secretText,
  text,
  wholeNumber,
  wholeShillings,
} from './setting.ts';

/**
 * The go-live list of Daraja's sender addresses, and the two that one SDK adds (sheet §6.1,
 * documented; its completeness is unknown).
 */
const publishedAddresses =
  '196.201.214.200, 196.201.214.206, 196.201.214.207, 196.201.214.208, 196.201.213.114, ' +
  '196.201.213.44, 196.201.212.127, 196.201.212.138, 196.201.212.129, 196.201.212.136, ' +
  '196.201.212.74, 196.201.212.69, 196.201.212.128, 196.201.212.132';

const shortCode = () => z.string().regex(/^\d{5,7}$/, 'is not five to seven digits');

const credential = (about: string) =>
  secretText().optional().register(notes, {
    about,
    example: 'as the provider’s portal shows it',
    otherwise: 'the rail is off',
    isSecret: true,
  });

const payoutNumber = (rail: string) =>
  msisdn()
    .optional()
    .register(notes, {
      about: `The owner’s own ${rail} phone, which transfers go to.`,
      example: rail === 'M-Pesa' ? '254712345678' : '254733123456',
      otherwise: 'no transfers on this rail',
    });

export const mpesaSettings = {
  MPESA_CONSUMER_KEY: credential('The Daraja application’s consumer key.'),
  MPESA_CONSUMER_SECRET: credential('The Daraja application’s consumer secret.'),
  MPESA_BUSINESS_SHORTCODE: shortCode().optional().register(notes, {
    about: 'The paybill number; for a till its head-office short code.',
    example: '600123',
    otherwise: 'the rail is off',
  }),
  MPESA_PASSKEY: credential('The passkey of M-Pesa Express for that short code.'),
  MPESA_PHONE_NUMBER: payoutNumber('M-Pesa'),
  MPESA_ENVIRONMENT: choice(['sandbox', 'production']).optional().register(notes, {
    about: 'Which of Safaricom’s environments the credentials belong to.',
    example: 'production',
    otherwise: '`production` in live, `sandbox` in sandbox mode',
  }),
  MPESA_BASE_URL: hostAddress().optional().register(notes, {
    about: 'Where Daraja is reached.',
    example: 'https://api.safaricom.co.ke',
    otherwise: 'Safaricom’s host in live, the simulator in sandbox mode',
  }),
  MPESA_TRANSACTION_TYPE: choice(transactionTypes)
    .prefault('CustomerPayBillOnline')
    .register(notes, {
      about: 'CustomerBuyGoodsOnline for a till, CustomerPayBillOnline for a paybill.',
      example: 'CustomerBuyGoodsOnline',
    }),
  MPESA_TILL_NUMBER: shortCode().optional().register(notes, {
    about: 'The till that customers pay to, with CustomerBuyGoodsOnline.',
    example: '5123456',
    otherwise: 'payments go to the short code',
  }),
  MPESA_INITIATOR_NAME: text(64).optional().register(notes, {
    about: 'The API operator’s user name, for payouts, status queries and reversals.',
    example: 'qmoi_api',
    otherwise: 'those are off',
  }),
  MPESA_INITIATOR_PASSWORD: secretText().optional().register(notes, {
    about: 'The API operator’s password. Avoid ( ) @ and the full stop in it.',
    example: 'as set in the M-Pesa organisation portal',
    otherwise: 'payouts are off',
    isSecret: true,
  }),
  MPESA_INITIATOR_PASSWORD_SET_ON: date().optional().register(notes, {
    about: 'The day that password was set: it expires after 90 days, and a warning comes before.',
    example: '2026-11-01',
    otherwise: 'no warning before it expires',
  }),
  MPESA_CERTIFICATE_FILE: text(1_024).optional().register(notes, {
    about: 'Safaricom’s certificate for this environment, PEM or DER, from the Daraja portal.',
    example: 'certificates/production.cer',
    otherwise: 'the simulator’s in sandbox mode; payouts are off in live',
  }),
  MPESA_PAYOUT_VERSION: choice(['v1', 'v3']).prefault('v3').register(notes, {
    about: 'The version of the B2C API. Only v3 guards against paying twice.',
    example: 'v3',
  }),
  MPESA_PAYOUT_COMMAND: choice(payoutCommands).prefault('BusinessPayment').register(notes, {
    about: 'What a payout is called at Safaricom; the product on the short code decides.',
    example: 'BusinessPayment',
  }),
  MPESA_NOTIFICATION_VERSION: choice(['v1', 'v2']).prefault('v2').register(notes, {
    about: 'The version of C2B notifications: v2 masks the payer’s number, v1 hashes it.',
    example: 'v2',
  }),
  MPESA_RESPONSE_TYPE: choice(['Completed', 'Cancelled']).prefault('Completed').register(notes, {
    about: 'What M-Pesa does with a payment whose validation gets no answer in time.',
    example: 'Cancelled',
  }),
  MPESA_SOURCE_ADDRESSES: addressList().prefault(publishedAddresses).register(notes, {
    about: 'Addresses that Daraja’s callbacks come from.',
    example: '196.201.214.200, 196.201.214.206',
  }),
  MPESA_SOURCE_ADDRESS_CHECK: onOff().optional().register(notes, {
    about: 'Whether a callback from elsewhere must be confirmed with the provider first.',
    example: 'on',
    otherwise: '`on` in live, `off` in sandbox mode',
  }),
  MPESA_PULL_NUMBER: msisdn().optional().register(notes, {
    about: 'The phone nominated for the pull API, which finds payments whose notice was lost.',
    example: '254712345678',
    otherwise: 'payments are not pulled',
  }),
  MPESA_PAYBILL_PLAN: choice(paybillPlans).optional().register(notes, {
    about:
      'Who bears the paybill’s fee: the payer (business-bouquet), you (customer-bouquet), or both.',
    example: 'mgao',
    otherwise: 'what a payment costs you is not known',
  }),
};

export const airtelSettings = {
  AIRTEL_CLIENT_ID: credential('The Airtel application’s client id.'),
  AIRTEL_CLIENT_SECRET: credential('The Airtel application’s client secret.'),
  AIRTEL_PHONE_NUMBER: payoutNumber('Airtel Money'),
  AIRTEL_BASE_URL: hostAddress().optional().register(notes, {
    about: 'Where Airtel’s API is reached.',
    example: 'https://openapi.airtelkenya.com',
    otherwise: 'Airtel Kenya’s host in live, the simulator in sandbox mode',
  }),
  AIRTEL_COUNTRY: choice(['KE']).prefault('KE').register(notes, {
    about: 'The operating company’s country. Phone numbers are read as Kenyan.',
    example: 'KE',
  }),
  AIRTEL_CURRENCY: choice(['KES']).prefault('KES').register(notes, {
    about: 'The currency of that operating company.',
    example: 'KES',
  }),
  AIRTEL_COLLECTION_VERSION: choice(['v1', 'v2']).prefault('v1').register(notes, {
    about: 'The version of the collection API your application has.',
    example: 'v2',
  }),
  AIRTEL_PAYOUT_VERSION: choice(['v1', 'v2', 'v3']).prefault('v2').register(notes, {
    about: 'The version of the disbursement API your application has.',
    example: 'v2',
  }),
  AIRTEL_SIGNING: choice(['off', 'on']).prefault('off').register(notes, {
    about: 'Message signing, as switched in the application’s settings.',
    example: 'on',
  }),
  AIRTEL_KEY_PADDING: choice(rsaPaddings).prefault('pkcs1').register(notes, {
    about: 'How the key of a signed message is encrypted; a 1024-bit key allows only pkcs1.',
    example: 'oaep-sha256',
  }),
  AIRTEL_PIN_PADDING: choice(rsaPaddings).prefault('pkcs1').register(notes, {
    about: 'How the payout PIN is encrypted.',
    example: 'oaep-sha256',
  }),
  AIRTEL_PIN: z
    .string()
    .regex(/^\d{4}$/, 'is not four digits')
    .transform((value) => secretText().parse(value))
    .optional()
    .register(notes, {
      about: 'The payout PIN of the business wallet.',
      example: 'four digits',
      otherwise: 'payouts are off',
      isSecret: true,
    }),
  AIRTEL_PIN_ENCRYPTED: z
    .base64('is not base64')
    .min(64, 'is too short for an encrypted PIN')
    .transform((value) => secretText().parse(value))
    .optional()
    .register(notes, {
      about: 'The payout PIN already encrypted with Airtel’s key, in place of the PIN.',
      example: 'base64',
      otherwise: '`AIRTEL_PIN` is encrypted for every payout',
      isSecret: true,
    }),
  AIRTEL_PIN_PUBLIC_KEY: z.base64('is not base64').optional().register(notes, {
    about: 'The public key for the PIN, base64 of DER, where the portal shows one; here cut short.',
    example: 'MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKB',
    otherwise: 'the key that Airtel’s keys endpoint gives',
  }),
  AIRTEL_CALLBACK_HASH_KEY: secretText().optional().register(notes, {
    about: 'The private key of callback authentication, from the application’s settings.',
    example: 'as the application’s settings show it',
    otherwise: 'callbacks only trigger an enquiry',
    isSecret: true,
  }),
  AIRTEL_CALLBACK_HASH_RENDERING: choice(hashRenderings).optional().register(notes, {
    about: 'Over which bytes the callback hash is made, once it is known.',
    example: 'pretty-whole',
    otherwise: 'any of the five is accepted',
  }),
  AIRTEL_FIRST_ENQUIRY_SECONDS: wholeNumber(1, 3_600).optional().register(notes, {
    about: 'How long after a prompt the provider is first asked about it; Airtel wants 180.',
    example: '180',
    otherwise: '`180` in live, `5` in sandbox mode',
  }),
  AIRTEL_AMOUNT_MIN: wholeShillings().prefault('1').register(notes, {
    about: 'The least one transaction may carry, in whole KES.',
    example: '10',
  }),
  AIRTEL_AMOUNT_MAX: wholeShillings().prefault('250000').register(notes, {
    about: 'The most one transaction may carry, in whole KES.',
    example: '250000',
  }),
  AIRTEL_FEES: feeContracts()
    .optional()
    .register(notes, {
      about:
        'What the contract with Airtel says a payment and a payout cost, from a day on; ' +
        'later terms follow after a semicolon.',
      example: '2026-01-01 payment 1.5% + 0.50 min 5 max 200 payout 10',
      otherwise: 'fees are learned from the provider’s statement alone',
    }),
};
