import { describe, expect, it } from 'vitest';

import { createAnswerReader } from './answer.ts';

const answer = (status: number, body: string): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${status} Whatever\r\nServer: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );

describe('answers', () => {
  it('are known when they are whole', () => {
    const reader = createAnswerReader();
    expect(reader.take(answer(200, '{"ResultCode":0}'))).toBe(200);
    expect(reader.take(answer(503, ''))).toBe(503);
  });

  it('may come in any number of pieces', () => {
    const whole = answer(429, '{"title":"slow down"}');
    for (let cut = 1; cut < whole.length; cut += 1) {
      const reader = createAnswerReader();
      expect(reader.take(whole.subarray(0, cut))).toBeUndefined();
      expect(reader.take(whole.subarray(cut))).toBe(429);
    }
  });

  it('of a connection that broke are forgotten', () => {
    const reader = createAnswerReader();
    expect(reader.take(answer(200, 'half').subarray(0, 20))).toBeUndefined();
    reader.reset();
    expect(reader.take(answer(200, 'whole'))).toBe(200);
  });

  it('without a length are refused aloud', () => {
    const chunked = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect(() => createAnswerReader().take(chunked)).toThrow('without a length');
  });
});
