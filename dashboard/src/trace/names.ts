import { railIds, railNames } from '#kernel';

import { useStreamName } from '../api/streams.ts';
import { useFixWords } from '../pages/exceptions/fix-words.ts';
import { useText } from '../text/language.ts';
import { sharedTraceText, type TraceWords } from './text.ts';

const revenuePrefix = 'revenue:';
const fixPrefix = 'fix-';
const undoPrefix = 'undo-';

/** What an account holds, in words; undefined where nobody has put it in words. */
export function accountName(
  account: string,
  { t, streamName }: { readonly t: TraceWords; readonly streamName: (id: string) => string },
): string | undefined {
  if (account.startsWith(revenuePrefix)) {
    return t.revenue(streamName(account.slice(revenuePrefix.length)));
  }
  const parts = account.split(':');
  const rail = railIds.find((id) => parts.includes(id));
  if (rail === undefined) return undefined;
  return t.accounts[parts.filter((part) => part !== rail).join(':')]?.(railNames[rail]);
}

export function useAccountName(): (account: string) => string | undefined {
  const t = useText(sharedTraceText);
  const streamName = useStreamName();
  return (account) => accountName(account, { t, streamName });
}

/** What a transaction was booked for; its kind in the ledger where nobody has put it in words. */
export function useKindName(): (kind: string) => string {
  const t = useText(sharedTraceText);
  const { name } = useFixWords();
  return (kind) => {
    if (kind.startsWith(fixPrefix)) return name(kind.slice(fixPrefix.length));
    if (kind.startsWith(undoPrefix)) return t.undone(name(kind.slice(undoPrefix.length)));
    return t.kinds[kind] ?? kind;
  };
}
