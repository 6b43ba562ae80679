import { createHash } from 'node:crypto';

import { type EpochMs, type Prng, type RailId, type VirtualClock } from '#kernel';
import type { CallbackTokens } from '#security';

import { channelIn, type Machine } from './machine.ts';
import { shortCode, type Carry } from './providers.ts';
import { providerAddress } from './process.ts';
import type { Turnstile } from './turnstile.ts';

/** A real callback that the engine answered with 200. */
export interface Answered {
  readonly at: EpochMs;
  readonly channel: string;
  /** As the engine keeps it: over channel, token and body. */
  readonly digest: string;
  readonly url: string;
  readonly body: string;
}

/** Carries callbacks to the engine, and lets a forger read along. */
export interface PostOffice {
  readonly carry: Carry;
  readonly answered: readonly Answered[];
  readonly counts: Readonly<Record<string, number>>;
}

interface Letter {
  readonly rail: RailId;
  readonly path: string;
  readonly body: string;
}

const forgedShare = 0.1;
const forgerAddress = '41.90.1.1';
const forgeryDelayMsMax = 90_000;
const retoldMax = 500;
const forgeryTriesMax = 8;

export function createPostOffice(deps: {
  readonly clock: VirtualClock;
  readonly prng: Prng;
  readonly machine: () => Machine;
  readonly turnstile: Turnstile;
  /** The addresses that leaked: some forgeries come to the right one. */
  readonly tokens: CallbackTokens;
}): PostOffice {
  const { clock, prng } = deps;
  const answered: Answered[] = [];
  const counts: Record<string, number> = {};
  const seen: Letter[] = [];
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const forge = createForger(deps);

  const deliver = (letter: Letter, source: string) =>
    deps.machine().knock({
      method: 'POST',
      path: letter.path,
      headers: { 'content-type': 'application/json' },
      body: letter.body,
      source,
    });

  const sendForgery = (letter: Letter): void => {
    // Not everything can be made of every callback.
    let forged: Letter | undefined;
    for (let tries = 0; tries < forgeryTriesMax && forged === undefined; tries += 1) {
      forged = forge(prng.next() < 0.6 ? letter : prng.pick(seen));
    }
    if (forged === undefined) return;
    const { path } = forged;
    const made = forged;
    clock.after(prng.between(0, forgeryDelayMsMax), () => {
      count(`forged ${channelIn(path)}`);
      count('forged');
      const sent = deliver(made, forgerAddress).catch(() => undefined);
      void deps.turnstile.track(sent);
    });
  };

  return {
    answered,
    counts,
    carry: async ({ rail, url, body }) => {
      const path = new URL(url).pathname;
      const letter = { rail, path, body };
      count('real');
      seen.push(letter);
      if (seen.length > retoldMax) seen.shift();
      if (prng.next() < forgedShare) sendForgery(letter);
      const reply = await deliver(letter, providerAddress).catch((error: unknown) => {
        count('not taken');
        throw error;
      });
      if (reply.status === 200) {
        const [, , channel = '', token = ''] = path.split('/');
        const digest = createHash('sha256').update(`${channel}|${token}|`).update(body);
        answered.push({ at: clock.now(), channel, digest: digest.digest('hex'), url, body });
      } else count(`answered ${reply.status}`);
      return reply;
    },
  };
}

/** Everything that somebody could make of a real callback without the provider's help. */
function createForger({ prng, tokens }: { readonly prng: Prng; readonly tokens: CallbackTokens }) {
  let forgeries = 0;
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => prng.between(0, 15).toString(16)).join('');
  const receipt = (): string => {
    forgeries += 1;
    return `FORG${String(forgeries).padStart(6, '0')}`;
  };
  const elsewhere = (path: string): string => {
    const [, hooks, channel, token = ''] = path.split('/');
    // Sometimes the right subject under a made-up proof, sometimes nothing right at all.
    const made = prng.next() < 0.7 ? `${token.slice(0, 16)}${hex(32)}` : hex(48);
    return ['', hooks, channel, made].join('/');
  };

  /** A payment to the paybill that never was. */
  const madeUpPayment = (code: string): string =>
    JSON.stringify({
      TransactionType: 'Pay Bill',
      TransID: receipt(),
      TransTime: '20261126120000',
      TransAmount: `${prng.between(1, 50) * 100}.00`,
      BusinessShortCode: code,
      BillRefNumber: 'AI',
      InvoiceNumber: '',
      OrgAccountBalance: '100000.00',
      ThirdPartyTransID: '',
      MSISDN: '2547 ***** 126',
      FirstName: 'JOHN',
    });
  const paybillAddress = (): string => {
    const channel = 'paybill-confirmation';
    return `/hooks/${channel}/${tokens.tokenFor({ channel, subject: 0n })}`;
  };

  const ways: readonly ((letter: Letter) => Letter | undefined)[] = [
    // The same words with more money, to an address that is not ours.
    (letter) => ({ ...letter, path: elsewhere(letter.path), body: dearer(letter.body) }),
    // A success for what failed, with the right ids, to an address that is not ours.
    (letter) => ({ ...letter, path: elsewhere(letter.path), body: turned(letter.body, receipt()) }),
    // The right address, a success with another amount.
    (letter) => ({ ...letter, body: dearer(turned(letter.body, receipt())) }),
    // The right address, a request that is not the one it was made for.
    (letter) => ({
      ...letter,
      body: turned(letter.body, receipt()).replaceAll('ws_CO_', 'ws_CO_9'),
    }),
    (letter) => ({ ...letter, path: elsewhere(paybillAddress()), body: madeUpPayment(shortCode) }),
    (letter) => ({ ...letter, path: paybillAddress(), body: madeUpPayment('600999') }),
    // The leaked paybill address, from where no provider sends.
    (letter) => ({ ...letter, path: paybillAddress(), body: madeUpPayment(shortCode) }),
  ];
  const airtelWays: typeof ways = [
    (letter) => ({ ...letter, path: elsewhere(letter.path), body: airtelWord(letter.body) }),
    (letter) => ({ ...letter, body: airtelWord(letter.body) }),
  ];

  return (letter: Letter): Letter | undefined => {
    const forged = prng.pick(letter.rail === 'mpesa' ? ways : airtelWays)(letter);
    if (forged === undefined || forged.body === letter.body) return undefined;
    return forged;
  };
}

const dearer = (body: string): string =>
  body
    .replaceAll(/("Name":"Amount","Value":)(\d+(?:\.\d+)?)/g, '$1999$2')
    .replaceAll(/("TransAmount":")(\d)/g, '$19$2');

/** A failed prompt told as paid: the amount is whatever comes to mind. */
function turned(body: string, receipt: string): string {
  const [head, tail] = body.split('"ResultCode":');
  if (!body.includes('"stkCallback"') || head === undefined || tail === undefined) {
    return body.replaceAll(/("TransID":")[^"]*/g, `$1${receipt}`);
  }
  const items = [
    { Name: 'Amount', Value: 1000 },
    { Name: 'MpesaReceiptNumber', Value: receipt },
    { Name: 'TransactionDate', Value: 20261126120000 },
  ];
  const end = `"ResultCode":0,"ResultDesc":"The service request is processed successfully."`;
  return `${head}${end},"CallbackMetadata":{"Item":${JSON.stringify(items)}}}}}`;
}

/** A success of a failed payment; the hash that stands beside it no longer fits. */
const airtelWord = (body: string): string =>
  body.replaceAll('"TF"', '"TS"').replaceAll(/("airtel_money_id":")[^"]*/g, '$1MP999.FORGED');
