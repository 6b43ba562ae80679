import type { Body } from './fields.ts';

/** What an admin route answers; a refusal names itself in `error`. */
export interface AdminAnswer {
  readonly status?: number;
  readonly body: unknown;
  /** JSON unless said otherwise. */
  readonly contentType?: string;
}
export type AdminHandler = (request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>;
export interface AdminRequest {
  readonly body: Body;
  readonly param: (name: string) => string;
  /** A whole number from the query, or the fallback. */
  readonly count: (name: string, limits: { fallback: number; max: number }) => number;
  readonly query: (name: string) => string;
}
export type AdminMount = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  handler: AdminHandler,
) => void;

export const refused = (status: number, error: string, message: string): AdminAnswer => ({
  status,
  body: { error, message },
});
