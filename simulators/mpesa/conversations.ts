import { type Clock, err, invariant, ok, type Result } from '#kernel';
import type { Callbacks } from './callbacks.ts';
import type { SimulatorConfig, Timings } from './config.ts';
import type { Conversation, ConversationKind, Conversations } from './conversation-store.ts';
import {
  acceptedAck,
  type InitiatorCall,
  type Outcome,
  queueTimeoutBody,
  resultBody,
} from './conversation-wire.ts';
import type { Dice } from './dice.ts';
import { type Body, type Field, looseText } from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import type { Initiator } from './initiator.ts';
import type { KnobBoard } from './knobs.ts';
import { type GatewayRefusal, invalidField, refusals } from './refusals.ts';
import type { Store } from './store.ts';
import type { Tasks } from './tasks.ts';
import { placeholderReceipt, type WireIds } from './wire-ids.ts';

export interface ConversationDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly config: SimulatorConfig;
  readonly timings: Timings;
  readonly knobs: KnobBoard;
  readonly dice: Dice;
  readonly ids: WireIds;
  readonly tasks: Tasks;
  readonly callbacks: Callbacks;
  readonly initiator: Initiator;
  readonly conversations: Conversations;
}

export interface Opening {
  readonly call: InitiatorCall;
  /** Chosen by the caller (B2C v3); Daraja invents one otherwise. */
  readonly originatorConversationId?: string;
  /** What the operation needs later. */
  readonly request: Body;
}

/** Does the work, inside the transaction that ends the conversation. */
export type Carry = (conversation: Conversation) => Outcome;

export interface Desk {
  /** Acknowledges what was read of a request; a field that is wrong refuses it. */
  open(kind: ConversationKind, opening: Field<Opening>): Result<WireAnswer, GatewayRefusal>;
  on(kind: ConversationKind, carry: Carry): void;
}

/**
 * The two phases of every initiator API: an acknowledgement that means nothing but acceptance, and
 * a result by callback. The operator is checked by the core, so a wrong password too is only told
 * with the result (documented).
 */
export function createDesk(deps: ConversationDeps): Desk {
  const { clock, store, timings, knobs, dice, ids, tasks, conversations } = deps;
  const carries = new Map<ConversationKind, Carry>();
  const ends = createEnds(deps, carries);
  tasks.on('conversation-finish', (id, done) => done(() => ends.finish(id)));
  tasks.on('conversation-queue-timeout', (id, done) => done(() => ends.giveUp(id)));

  const scheduleEnd = (conversationId: string, fate: { timesOut: boolean; settles: boolean }) => {
    const { settleDelayMs } = knobs.current();
    if (fate.timesOut) {
      const delayMs = dice.span(timings.queueTimeoutMs);
      tasks.add({ kind: 'conversation-queue-timeout', subject: conversationId, delayMs });
    }
    if (!fate.settles) return;
    const delayMs = dice.span(settleDelayMs ?? timings.resultDelayMs);
    tasks.add({ kind: 'conversation-finish', subject: conversationId, delayMs });
  };
  return {
    on: (kind, carry) => void carries.set(kind, carry),
    open: (kind, opening) => {
      if (!opening.ok) return err(invalidField(kind, opening.error));
      const { call, originatorConversationId, request } = opening.value;
      return store.transaction(() => {
        const originator = originatorConversationId ?? ids.requestId();
        // Long-lived and per app, as far as anyone knows (assumed).
        if (conversations.isOriginatorTaken(originator)) {
          return err(refusals.duplicateOriginator);
        }
        const { queueTimeout } = knobs.current();
        const timesOut = dice.chance(queueTimeout.rate);
        const settles = !timesOut || dice.chance(queueTimeout.settledShare);
        const conversation = {
          conversationId: ids.conversationId(clock.now()),
          originatorConversationId: originator,
          kind,
          request: { ...request, resultUrl: call.resultUrl, queueUrl: call.queueUrl },
          refusal: deps.initiator.refusalOf({ ...call, operation: kind }),
          isSilent: timesOut && settles,
          acceptedAt: clock.now(),
        };
        conversations.add(conversation);
        scheduleEnd(conversation.conversationId, { timesOut, settles });
        return ok({ body: acceptedAck(conversation), accepted: conversation.conversationId });
      });
    },
  };
}

/** How a conversation ends: with a result, or with nothing but the queue's timeout. */
function createEnds(deps: ConversationDeps, carries: ReadonlyMap<ConversationKind, Carry>) {
  const { clock, timings, knobs, dice, callbacks, conversations } = deps;
  const finish = (id: string): void => {
    const conversation = conversations.find(id);
    if (conversation === undefined || conversation.state !== 'accepted') return;
    const carry = carries.get(conversation.kind);
    invariant(carry !== undefined, `somebody carries out ${conversation.kind}`);
    const outcome = carry(conversation);
    const at = clock.now();
    const ending = { conversationId: id, state: 'finished', resultCode: outcome.code, at } as const;
    if (conversations.end(ending) && !conversation.isSilent) announce(conversation, outcome);
  };
  const announce = (conversation: Conversation, outcome: Outcome): void => {
    const { stringCodes, singleObjectParameters, missingValue } = knobs.current();
    const style = {
      hasStringCodes: stringCodes,
      hasSingleObject: singleObjectParameters,
      hasEmptyReference: dice.chance(missingValue),
    };
    callbacks.enqueue({
      kind: conversation.kind,
      correlation: conversation.conversationId,
      url: looseText(conversation.request, 'resultUrl'),
      body: resultBody(conversation, outcome, { style, at: clock.now() }),
      lagMs: dice.span(timings.callbackLagMs),
    });
  };
  const giveUp = (id: string): void => {
    const conversation = conversations.find(id);
    if (conversation === undefined) return;
    if (!conversation.isSilent) {
      const at = clock.now();
      conversations.end({ conversationId: id, state: 'abandoned', resultCode: undefined, at });
    }
    callbacks.enqueue({
      kind: 'queue-timeout',
      correlation: id,
      url: looseText(conversation.request, 'queueUrl'),
      body: queueTimeoutBody(conversation, placeholderReceipt(clock.now())),
      lagMs: 0,
    });
  };
  return { finish, giveUp };
}
