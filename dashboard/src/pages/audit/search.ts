import { parseBusinessDate } from '#kernel';

export const actorKinds = ['master', 'cli', 'engine', 'payer', 'provider'] as const;
export type ActorKind = (typeof actorKinds)[number];

/** What the list is narrowed to, as the address bar has it. */
export interface AuditSearch {
  readonly actor?: ActorKind;
  readonly action?: string;
  readonly subject?: string;
  readonly from?: string;
  readonly to?: string;
}

const textMax = 200;

/** Whatever somebody typed into the address bar and is no filter is left out. */
export function readAuditSearch(raw: Readonly<Record<string, unknown>>): AuditSearch {
  const actor = actorKinds.find((kind) => kind === raw['actor']);
  const action = textOf(raw['action']);
  const subject = textOf(raw['subject']);
  const from = dayOf(raw['from']);
  const to = dayOf(raw['to']);
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(subject !== undefined && { subject }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

const textOf = (raw: unknown): string | undefined => {
  const text = typeof raw === 'string' || typeof raw === 'number' ? String(raw).trim() : '';
  return text === '' || text.length > textMax ? undefined : text;
};

const dayOf = (raw: unknown): string | undefined =>
  typeof raw === 'string' && parseBusinessDate(raw).ok ? raw : undefined;
