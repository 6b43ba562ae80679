/** Reads answers off one connection, on which one request is under way at a time. */
export interface AnswerReader {
  /** The status, once the answer is whole. */
  take(chunk: Buffer): number | undefined;
  reset(): void;
}

const headEnd = '\r\n\r\n';
const statusAt = 'HTTP/1.1 '.length;
const lengthName = 'content-length:';

interface Head {
  readonly status: number;
  readonly wholeBytes: number;
}

function headOf(text: string, endAt: number): Head {
  const head = text.slice(0, endAt).toLowerCase();
  const at = head.indexOf(lengthName);
  if (at < 0) throw new Error(`an answer without a length: ${head.slice(0, 200)}`);
  return {
    status: Number(head.slice(statusAt, statusAt + 3)),
    wholeBytes: endAt + headEnd.length + Number.parseInt(head.slice(at + lengthName.length), 10),
  };
}

export function createAnswerReader(): AnswerReader {
  let kept: Buffer | undefined;
  return {
    take: (chunk) => {
      const bytes: Buffer = kept === undefined ? chunk : Buffer.concat([kept, chunk]);
      kept = undefined;
      const endAt = bytes.indexOf(headEnd);
      const head = endAt < 0 ? undefined : headOf(bytes.toString('latin1', 0, endAt), endAt);
      if (head !== undefined && bytes.length >= head.wholeBytes) return head.status;
      kept = bytes;
      return undefined;
    },
    reset: () => {
      kept = undefined;
    },
  };
}
