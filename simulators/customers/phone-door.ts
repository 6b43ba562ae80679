import {
  type Clock,
  type EpochMs,
  isoOf,
  type Msisdn,
  parseAmountMinor,
  type RailId,
  shillings,
} from '#kernel';

import { createBackOff } from './back-off.ts';
import type { PromptAct } from './behaviour.ts';
import type { Complain } from './complaints.ts';
import { type Fields, kesIn, listIn, textIn } from './fields.ts';
import type { Answered, Http, Reply } from './http.ts';
import type { Person } from './people.ts';

export interface Wallet {
  readonly balanceKes: number;
  readonly payments: readonly { readonly amountKes: number; readonly at: string }[];
}

export interface OpenPrompt {
  readonly id: string;
  readonly msisdn: string;
  readonly amountMinor: bigint;
}

export interface TypedPayment {
  readonly msisdn: Msisdn;
  readonly accountReference: string;
  readonly amountKes: number;
}

/** The phones of one provider, as their owners hold them. */
export interface PhoneDoor {
  /** Gives a person a phone; one that is known keeps its wallet. `undefined` when it failed. */
  moveIn(person: Person): Promise<Wallet | undefined>;
  openPrompts(): Promise<readonly OpenPrompt[] | undefined>;
  /** False when the prompt was gone. */
  act(promptId: string, act: Exclude<PromptAct, 'ignore'>): Promise<boolean>;
  /** Paybill, account and amount typed by hand; true when the provider says that it is paid. */
  pay(payment: TypedPayment): Promise<boolean>;
  /** The provider's shop forgives wrong PINs. */
  forgivePins(msisdn: Msisdn): Promise<void>;
  isOpen(): boolean;
}

export interface PhoneDoorDeps {
  readonly clock: Clock;
  readonly http: Http;
  readonly rail: RailId;
  readonly simUrl: string;
  /** The paybill of the business; Airtel has none that its API would tell the business of. */
  readonly shortCode: string | undefined;
  readonly complain: Complain;
}

export function createPhoneDoor(deps: PhoneDoorDeps): PhoneDoor {
  const { clock, http, rail, simUrl, shortCode, complain } = deps;
  const backOff = createBackOff();

  const ask = async (method: 'GET' | 'POST', path: string, body?: Fields): Promise<Reply> => {
    const url = `${simUrl}/sim${path}`;
    const reply = await http.ask({ method, url, ...(body !== undefined && { body }) });
    if (reply.kind === 'answered' && reply.status < 500) backOff.worked();
    else {
      complain(rail, reply.kind === 'silent' ? reply.why : `HTTP ${reply.status}`);
      backOff.failed(clock.now());
    }
    return reply;
  };
  const forgivePins = async (msisdn: Msisdn): Promise<void> => {
    // Airtel's simulator keeps no count of its customers' mistakes.
    if (rail === 'mpesa') await ask('POST', `/phones/${msisdn}/unlock`);
  };
  return {
    isOpen: () => backOff.isOpen(clock.now()),
    forgivePins,
    moveIn: async ({ msisdn, name, walletKes }) => {
      const script = { onPrompt: 'ask', afterMs: 0 };
      const reply = await ask('POST', '/phones', { msisdn, name, balance: walletKes, script });
      if (isDone(reply)) {
        if (Number(reply.body['wrongPins'] ?? 0) > 0) await forgivePins(msisdn);
        return walletIn(reply.body);
      }
      if (reply.kind === 'answered') complain(rail, `no phone: HTTP ${reply.status}`);
      return undefined;
    },
    openPrompts: async () => {
      const reply = await ask('GET', '/prompts?state=open');
      return isDone(reply) ? listIn(reply.body, 'prompts').flatMap(promptIn) : undefined;
    },
    act: async (promptId, act) =>
      isDone(await ask('POST', `/prompts/${encodeURIComponent(promptId)}`, { action: act })),
    pay: async ({ msisdn, accountReference, amountKes }) => {
      const payment = { shortCode, accountReference, amount: amountKes };
      return isDone(await ask('POST', `/phones/${msisdn}/pay`, payment));
    },
  };
}

const isDone = (reply: Reply): reply is Answered & { readonly status: 200 } =>
  reply.kind === 'answered' && reply.status === 200;

const walletIn = (phone: Fields): Wallet => ({
  balanceKes: kesIn(phone, 'balance'),
  payments: listIn(phone, 'history')
    .filter((move) => textIn(move, 'direction') === 'out')
    .map((move) => ({ amountKes: kesIn(move, 'amount'), at: textIn(move, 'at') })),
});

function promptIn(prompt: Fields): readonly OpenPrompt[] {
  const amount = parseAmountMinor(textIn(prompt, 'amount'));
  const id = textIn(prompt, 'id');
  if (!amount.ok || id === '') return [];
  return [{ id, msisdn: textIn(prompt, 'msisdn'), amountMinor: amount.value }];
}

/** Whether the prompt asks for what its payer has agreed to. */
export const isFor = (prompt: OpenPrompt, msisdn: Msisdn, amountKes: number): boolean =>
  prompt.msisdn === msisdn && prompt.amountMinor === shillings(amountKes);

/** ISO 8601 texts in UTC sort like the instants they stand for. */
export function spentSinceKes({ payments }: Wallet, sinceAt: EpochMs): number {
  const since = isoOf(sinceAt);
  return payments.reduce((sum, { at, amountKes }) => (at >= since ? sum + amountKes : sum), 0);
}
