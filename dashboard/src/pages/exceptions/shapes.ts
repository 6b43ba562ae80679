import type { ChargeView, FixAsked } from '#api/contract';

import type {
  ExceptionPage,
  ExceptionTraceView,
  FixAnswerView,
  FixKindName,
} from '../../api/shapes.ts';

export type ExceptionView = ExceptionPage['items'][number];
export type SuggestionView = ExceptionView['suggestions'][number];
export type AppliedFixView = ExceptionTraceView['history'][number];
export type { ChargeView, ExceptionTraceView, FixAnswerView, FixAsked, FixKindName };

/** Which exceptions are shown. `all` has the open ones first. */
export type StateFilter = 'open' | 'resolved' | 'all';
export const stateFilters = ['open', 'resolved', 'all'] as const;
