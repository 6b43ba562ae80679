import { esb } from './codes.ts';

/** What goes back over the wire: JSON, or the HTML and nothing that gateways put in its place. */
export interface Answer {
  readonly httpStatus: number;
  readonly body: unknown;
}

export interface StatusA {
  readonly code?: string;
  readonly message: string;
  readonly result: string;
  readonly response?: string;
  readonly success: boolean;
}

/** Envelope A (sheet §11.1): business answers, errors among them, often on HTTP 200. */
export function envelopeA(
  status: StatusA,
  { httpStatus = 200, data }: { readonly httpStatus?: number; readonly data?: unknown } = {},
): Answer {
  const body = {
    ...(data === undefined ? {} : { data }),
    status: {
      code: status.code ?? '200',
      message: status.message,
      result_code: status.result,
      ...(status.response === undefined ? {} : { response_code: status.response }),
      success: status.success,
    },
  };
  return { httpStatus, body };
}

/** A refusal in envelope A. `code` is "400" whatever the HTTP status (observed, §10.6). */
export const refusalA = (
  status: Pick<StatusA, 'message' | 'result' | 'response'>,
  httpStatus = 200,
): Answer => envelopeA({ ...status, code: '400', success: false }, { httpStatus });

/** Documented without an example (sheet §11.4): the enquiry itself failed. */
export const statusNotFetched = refusalA({
  message: 'Error while fetching the transaction status',
  result: esb.fetchingStatus,
});

/** Envelope B: the OAuth layer. */
export const envelopeB = (httpStatus: number, error: string, description: string): Answer => ({
  httpStatus,
  body: { error_description: description, error },
});

/** Envelope C: the router layer. Its HTTP status is 400 where none is documented (assumed). */
export const envelopeC = (code: string, message: string, httpStatus = 400): Answer => ({
  httpStatus,
  body: { status_message: message, status_code: code },
});
