import { type AdminRoute, badFields, done, limitFrom, problemsOf, refuse } from './admin-call.ts';
import { delayMs, text } from './checks.ts';
import type { KnobBox } from './knobs.ts';
import type { Parts } from './parts.ts';

export function addFaultAdmin(parts: Parts, knobBox: KnobBox): readonly AdminRoute[] {
  const { callbacks, keys, requestLog, tokens } = parts;
  return [
    { method: 'GET', path: '/health', handle: () => done({ ok: true, rail: 'airtel' }) },
    { method: 'GET', path: '/knobs', handle: () => done(knobBox.current()) },
    {
      method: 'PUT',
      path: '/knobs',
      handle: ({ fields }) => {
        const turned = knobBox.turn(fields);
        return turned.ok ? done(turned.value) : badFields(turned.error);
      },
    },
    { method: 'GET', path: '/callback-url', handle: () => done({ url: callbacks.url() }) },
    {
      method: 'PUT',
      path: '/callback-url',
      handle: ({ fields }) => {
        const problems = problemsOf(fields, { url: text(2000), afterMs: delayMs }, ['afterMs']);
        if (problems.length > 0) return badFields(problems);
        const afterMs = Number(fields['afterMs'] ?? 0);
        const problem = callbacks.register(String(fields['url']), afterMs);
        return problem === undefined
          ? done({ url: callbacks.url() })
          : refuse(400, 'bad-url', problem);
      },
    },
    {
      method: 'GET',
      path: '/callbacks',
      handle: (call) => done({ callbacks: callbacks.recent(limitFrom(call)) }),
    },
    {
      method: 'GET',
      path: '/requests',
      handle: (call) => done({ requests: requestLog.recent(limitFrom(call)) }),
    },
    {
      method: 'POST',
      path: '/reset-tokens',
      handle: () => {
        tokens.reset();
        return done({ ok: true });
      },
    },
    {
      method: 'GET',
      path: '/keys',
      handle: () => done({ keyId: keys.current().keyId, publicKey: keys.publicText() }),
    },
    {
      method: 'POST',
      path: '/keys/rotate',
      handle: () => done({ keyId: keys.rotate().keyId, publicKey: keys.publicText() }),
    },
  ];
}
