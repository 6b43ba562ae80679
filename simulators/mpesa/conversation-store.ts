import type { EpochMs } from '#kernel';
import { type ConversationResultCode, isConversationResultCode } from './codes.ts';
import { type Body, parseJsonObject } from './fields.ts';
import {
  numberIn,
  optionalNumberIn,
  optionalTextIn,
  type Row,
  type Store,
  textIn,
} from './store.ts';

export const conversationKinds = ['b2c', 'b2b', 'status', 'balance', 'reversal'] as const;
export type ConversationKind = (typeof conversationKinds)[number];

/** `abandoned`: Daraja's queue gave up and M-Pesa never saw it. */
export const conversationStates = ['accepted', 'finished', 'abandoned'] as const;
export type ConversationState = (typeof conversationStates)[number];

export interface Conversation {
  readonly conversationId: string;
  readonly originatorConversationId: string;
  readonly kind: ConversationKind;
  /** What was asked, without the credential. */
  readonly request: Body;
  /** Decided at acceptance, told with the result. */
  readonly refusal: ConversationResultCode | undefined;
  /** Carried out without a result callback. */
  readonly isSilent: boolean;
  readonly state: ConversationState;
  readonly resultCode: ConversationResultCode | undefined;
  readonly acceptedAt: EpochMs;
  readonly finishedAt: EpochMs | undefined;
}
export type NewConversation = Omit<Conversation, 'state' | 'resultCode' | 'finishedAt'>;

export interface Conversations {
  add(conversation: NewConversation): void;
  find(conversationId: string): Conversation | undefined;
  /** By either id. */
  findEither(id: string): Conversation | undefined;
  isOriginatorTaken(originatorConversationId: string): boolean;
  /** False when it had ended already. */
  end(options: {
    conversationId: string;
    state: 'finished' | 'abandoned';
    resultCode: ConversationResultCode | undefined;
    at: EpochMs;
  }): boolean;
}

const codeOf = (text: string | undefined): ConversationResultCode | undefined =>
  text !== undefined && isConversationResultCode(text) ? text : undefined;

function conversationFrom(row: Row): Conversation {
  const request = parseJsonObject(textIn(row, 'request'));
  return {
    conversationId: textIn(row, 'conversation_id'),
    originatorConversationId: textIn(row, 'originator_conversation_id'),
    kind: conversationKinds.find((kind) => kind === textIn(row, 'kind')) ?? 'status',
    request: request.ok ? request.value : {},
    refusal: codeOf(optionalTextIn(row, 'refusal')),
    isSilent: numberIn(row, 'is_silent') === 1,
    state: conversationStates.find((state) => state === textIn(row, 'state')) ?? 'finished',
    resultCode: codeOf(optionalTextIn(row, 'result_code')),
    acceptedAt: numberIn(row, 'accepted_at'),
    finishedAt: optionalNumberIn(row, 'finished_at'),
  };
}

export function createConversations(store: Store): Conversations {
  const optional = (row: Row | undefined): Conversation | undefined =>
    row === undefined ? undefined : conversationFrom(row);
  return {
    add: (it) =>
      void store.run(
        `insert into conversations (conversation_id, originator_conversation_id, kind, request,
           refusal, is_silent, state, accepted_at)
         values (?, ?, ?, ?, ?, ?, 'accepted', ?)`,
        it.conversationId,
        it.originatorConversationId,
        it.kind,
        JSON.stringify(it.request),
        it.refusal ?? null,
        it.isSilent ? 1 : 0,
        it.acceptedAt,
      ),
    find: (id) =>
      optional(store.first('select * from conversations where conversation_id = ?', id)),
    findEither: (id) =>
      optional(
        store.first(
          `select * from conversations
           where conversation_id = ?1 or originator_conversation_id = ?1 limit 1`,
          id,
        ),
      ),
    isOriginatorTaken: (id) =>
      store.first(
        'select 1 as taken from conversations where originator_conversation_id = ?',
        id,
      ) !== undefined,
    end: ({ conversationId, state, resultCode, at }) =>
      store.run(
        `update conversations set state = ?, result_code = ?, finished_at = ?
         where conversation_id = ? and state = 'accepted'`,
        state,
        resultCode ?? null,
        at,
        conversationId,
      ) === 1,
  };
}
