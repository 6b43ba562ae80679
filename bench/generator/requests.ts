import type { Template } from './job.ts';

/** Fills templates from records. The bytes are only good until the next call. */
export type RequestSource = (record: number) => Buffer;

export interface Records {
  readonly templates: readonly Template[];
  readonly bytes: Buffer;
  readonly recordBytes: number;
}

/** One connection's own copies: a request may still be on its way when another one is filled. */
export function createRequestSource({ templates, bytes, recordBytes }: Records): RequestSource {
  const forms = templates.map(({ request, slots }) => ({
    request: Buffer.from(request, 'latin1'),
    slots,
  }));
  return (record) => {
    const start = record * recordBytes;
    const form = forms[bytes[start] ?? 0];
    if (form === undefined) throw new Error(`record ${record} names no template`);
    for (const { at, width, from } of form.slots) {
      bytes.copy(form.request, at, start + from, start + from + width);
    }
    return form.request;
  };
}
