/** What is looked for, and which guide is open. */
export interface SupportSearch {
  readonly q?: string;
  readonly guide?: string;
}

const textMax = 80;

export function readSupportSearch(raw: Readonly<Record<string, unknown>>): SupportSearch {
  const q = textOf(raw['q']);
  const guide = textOf(raw['guide']);
  return { ...(q !== undefined && { q }), ...(guide !== undefined && { guide }) };
}

const textOf = (raw: unknown): string | undefined => {
  const text = typeof raw === 'string' || typeof raw === 'number' ? String(raw) : '';
  return text.trim() === '' ? undefined : text.slice(0, textMax);
};
