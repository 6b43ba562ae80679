import { z } from 'zod';

/** A list comes in pages, newest first; `nextCursor` asks for the page after this one. */
export const pageLimitMax = 200;
const pageLimitUsual = 50;

export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(pageLimitMax, `A page has at most ${pageLimitMax} items.`)
    .default(pageLimitUsual)
    .describe('How many items at most.'),
  cursor: z.string().max(40).optional().describe('`nextCursor` of the page before.'),
};

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .describe('Null when there is no more; the page it leads to may be empty.'),
  });
