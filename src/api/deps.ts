import type { Clock, EpochMs, RailId } from '#kernel';
import type { Audit } from '#audit';
import type { Billing } from '#billing';
import type { Collections } from '#collections';
import type { EngineSwitch, Worker } from '#engine';
import type { Evidence } from '#evidence';
import type { Intake } from '#intake';
import type { Ledger, ProofCheck } from '#ledger';
import type { Notify } from '#notify';
import type { Database } from '#platform/db';
import type { Log } from '#platform/log';
import type { Outbox, Relay } from '#platform/outbox';
import type { Rail } from '#rails';
import type { Reconciliation } from '#reconciliation';
import type { CallbackTokens, Idempotency, LocalAccess, Sessions } from '#security';
import type { DailyTargets } from '#targets';
import type { Transfers } from '#transfers';
import type { Weather } from '#weather';
import type { FastifyInstance } from 'fastify';

import type { Front } from './front.ts';
import type { Surroundings } from './surroundings.ts';

/** The doors behind the routes, each as narrow as the routes need it. */
export interface ApiDeps {
  readonly database: Pick<Database, 'executor' | 'transaction'>;
  /** Resolves when the database answers. */
  readonly ping: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly mode: 'sandbox' | 'live';
  readonly businessName: string;
  readonly version: string;
  readonly startedAt: EpochMs;
  /** What listens already; one of its own otherwise. */
  readonly front?: Front;
  /** Addresses and CIDR ranges whose `X-Forwarded-…` headers are believed. */
  readonly trustedProxies: readonly string[];
  /** The rails that are set up. */
  readonly rails: {
    has(rail: RailId): boolean;
    get(rail: RailId): Pick<Rail, 'paymentCodes'> | undefined;
  };
  readonly weather: Pick<Weather, 'look' | 'report' | 'hours' | 'closeBreakers'>;
  /** Where a payer can pay without a prompt; without it payers are sent to the seller. */
  readonly payTo?: ReadonlyMap<RailId, PayTo>;
  readonly billing: Pick<Billing, 'charge' | 'find' | 'page'>;
  readonly collections: Pick<
    Collections,
    | 'payments'
    | 'exportPayments'
    | 'standingOf'
    | 'exceptionsOf'
    | 'findPayment'
    | 'paymentsOf'
    | 'promptsOf'
    | 'allocationsOf'
    | 'openExceptionCount'
    | 'exceptionsAbout'
    | 'proposals'
    | 'propose'
    | 'fixesOf'
    | 'applyFix'
    | 'undoFix'
  >;
  readonly transfers: Pick<
    Transfers,
    | 'request'
    | 'requestTest'
    | 'requestTopUp'
    | 'settleByHand'
    | 'cancel'
    | 'preview'
    | 'payees'
    | 'notesOn'
    | 'find'
    | 'page'
    | 'outlook'
  >;
  readonly targets: Pick<DailyTargets, 'standing' | 'history' | 'streamDays' | 'set' | 'reset'>;
  readonly reconciliation: Omit<Reconciliation, 'sweep'>;
  readonly engine: EngineSwitch;
  readonly intake: Pick<Intake, 'receive' | 'health'>;
  readonly evidence: Pick<Evidence, 'of'>;
  readonly ledger: Pick<Ledger, 'entriesOf'>;
  readonly audit: Pick<Audit, 'list' | 'record'>;
  readonly notify: Pick<Notify, 'publicKey' | 'devices' | 'subscribe' | 'remove' | 'test'>;
  readonly sessions: Omit<Sessions, 'sweep'>;
  readonly localAccess: Pick<LocalAccess, 'matches'>;
  readonly idempotency: Omit<Idempotency, 'sweep'>;
  readonly callbackTokens: CallbackTokens;
  readonly relay: Pick<Relay, 'subscribe'>;
  readonly outbox: Pick<Outbox, 'after'>;
  readonly proof: () => Promise<readonly ProofCheck[]>;
  readonly nudge: Worker['nudge'];
  readonly surroundings: Surroundings;
  /** Where the built screen of the owner lies; without it only programs are served. */
  readonly screenFolder?: string;
  /** Where the provider simulators' screens are, in sandbox mode. */
  readonly simulators?: Readonly<Partial<Record<RailId, { readonly url: string }>>>;
}

export interface PayTo {
  readonly kind: 'paybill' | 'till';
  readonly number: string;
}

export interface Api {
  readonly listen: Front['listen'];
  /** Ends event streams, lets requests finish and stops listening. */
  close(): Promise<void>;
  /** A request without a network, for tests. */
  readonly inject: FastifyInstance['inject'];
}
