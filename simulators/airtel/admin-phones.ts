import { decimalOf, isoOf, shillings } from '#kernel';

import {
  type AdminCall,
  type AdminReply,
  type AdminRoute,
  badFields,
  done,
  limitFrom,
  problemsOf,
  refuse,
  wholeShillings,
} from './admin-call.ts';
import { type Check, delayMs, fieldsOf, flag, oneOf, text } from './checks.ts';
import { type Truth, walletOf } from './journal.ts';
import type { Parts } from './parts.ts';
import {
  defaultScript,
  internationalOf,
  nationalFrom,
  type Phone,
  promptHabits,
  type Script,
} from './phones.ts';
import { promptActions, promptStates } from './prompts.ts';

const msisdn: Check = (value) =>
  typeof value === 'string' && nationalFrom(value) !== undefined
    ? undefined
    : 'must be a Kenyan mobile number';

const scriptChecks = { onPrompt: oneOf(promptHabits), afterMs: delayMs };

const script: Check = (value) => {
  const fields = fieldsOf(value);
  if (fields === undefined) return 'must be an object';
  const problems = problemsOf(fields, scriptChecks, ['afterMs']);
  return problems.length === 0 ? undefined : problems.join('; ');
};

const phoneChecks = { msisdn, name: text(60), balance: wholeShillings, script };

/** After its check has passed. */
const scriptFrom = (fields: object): Script => ({ ...defaultScript, ...fields });

export function addPhoneAdmin(parts: Parts): readonly AdminRoute[] {
  const { phones } = parts;
  return [
    { method: 'POST', path: '/phones', handle: (call) => upsert(parts, call) },
    { method: 'GET', path: '/phones', handle: (call) => list(parts, call) },
    {
      method: 'GET',
      path: '/phones/:id',
      handle: (call) => withPhone(parts, call, (phone) => done(view(parts, phone, call))),
    },
    {
      method: 'PUT',
      path: '/phones/:id/script',
      handle: (call) =>
        withPhone(parts, call, ({ national }) => {
          const problems = problemsOf(call.fields, scriptChecks, ['afterMs']);
          if (problems.length > 0) return badFields(problems);
          phones.setScript(national, scriptFrom(call.fields));
          return done({ script: phones.find(national)?.script });
        }),
    },
    {
      method: 'PUT',
      path: '/phones/:id/standing',
      handle: (call) =>
        withPhone(parts, call, ({ national }) => {
          const names = ['barred', 'pinSet', 'registered'];
          const checks = { barred: flag, pinSet: flag, registered: flag };
          const problems = problemsOf(call.fields, checks, names);
          if (problems.length > 0) return badFields(problems);
          phones.setStanding(national, call.fields);
          return done({ standing: standingOf(phones.find(national)) });
        }),
    },
    {
      method: 'GET',
      path: '/prompts',
      handle: (call) => listPrompts(parts, call),
    },
    { method: 'POST', path: '/prompts/:id', handle: (call) => act(parts, call) },
  ];
}

function upsert(parts: Parts, call: AdminCall): AdminReply {
  const { fields } = call;
  const problems = problemsOf(fields, phoneChecks, ['balance', 'script']);
  if (problems.length > 0) return badFields(problems);
  const national = nationalFrom(String(fields['msisdn'])) ?? '';
  const given = fieldsOf(fields['script']);
  parts.phones.upsert({
    national,
    name: String(fields['name']),
    balanceMinor: shillings(Number(fields['balance'] ?? 0)),
    script: given === undefined ? undefined : scriptFrom(given),
  });
  return withPhone(parts, { ...call, id: national }, (phone) => done(view(parts, phone, call)));
}

function withPhone(
  { phones }: Parts,
  { id }: AdminCall,
  handle: (phone: Phone) => AdminReply,
): AdminReply {
  const phone = phones.find(nationalFrom(id) ?? '');
  return phone === undefined
    ? refuse(404, 'no-such-phone', 'make it with POST /sim/phones')
    : handle(phone);
}

function list({ phones, journal }: Parts, call: AdminCall): AdminReply {
  const items = phones.list(limitFrom(call)).map((phone) => ({
    msisdn: internationalOf(phone.national),
    name: phone.name,
    balance: decimalOf(journal.balanceOf(walletOf(phone.national))),
  }));
  return done({ phones: items });
}

const standingOf = (phone: Phone | undefined): object => ({
  barred: phone?.barred,
  pinSet: phone?.pinSet,
  registered: phone?.registered,
});

function view({ journal }: Parts, phone: Phone, call: AdminCall): object {
  const { national, name, script: habit } = phone;
  return {
    msisdn: internationalOf(national),
    name,
    balance: decimalOf(journal.balanceOf(walletOf(national))),
    script: habit,
    standing: standingOf(phone),
    history: journal.truthOf(national, limitFrom(call)).map(historyItem),
  };
}

const historyItem = ({ airtelId, ownId, kind, amountMinor, at }: Truth): object => ({
  id: airtelId,
  ownId: ownId ?? null,
  kind,
  direction: kind === 'collection' ? 'out' : 'in',
  amount: decimalOf(amountMinor),
  at: isoOf(at),
});

/** Open ones unless another state is asked for. */
function listPrompts({ prompts }: Parts, call: AdminCall): AdminReply {
  const asked = call.query['state'] ?? 'open';
  const state = promptStates.find((known) => known === asked);
  if (state === undefined) return refuse(400, 'bad-state', promptStates.join(', '));
  return done({ prompts: prompts.list(state, limitFrom(call)) });
}

function act({ prompts }: Parts, { id, fields }: AdminCall): AdminReply {
  const problems = problemsOf(fields, { action: oneOf(promptActions) });
  if (problems.length > 0) return badFields(problems);
  const action = promptActions.find((known) => known === fields['action']) ?? 'ignore';
  const acted = prompts.act(id, action);
  if (acted.ok) return done({ id, action });
  return acted.error === 'unknown-prompt'
    ? refuse(404, 'no-such-prompt', id)
    : refuse(409, 'prompt-closed', id);
}
