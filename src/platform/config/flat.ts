import { z } from 'zod';

import { type ConfigProblem, problem } from './problem.ts';
import { notes, type SettingNotes } from './setting.ts';
import {
  engineSettings,
  masterSettings,
  simulatorSettings,
  supportSettings,
  targetSettings,
} from './settings.ts';
import { airtelSettings, mpesaSettings } from './settings-rails.ts';

export const sections = {
  Engine: engineSettings,
  Master: masterSettings,
  'Targets and transfers': targetSettings,
  'M-Pesa': mpesaSettings,
  'Airtel Money': airtelSettings,
  Support: supportSettings,
  Simulators: simulatorSettings,
};

const flatSchema = z.object({
  ...engineSettings,
  ...masterSettings,
  ...targetSettings,
  ...mpesaSettings,
  ...airtelSettings,
  ...supportSettings,
  ...simulatorSettings,
});

/** Every setting on its own, parsed, before they are held against each other. */
export type Flat = z.output<typeof flatSchema>;
export type SettingName = keyof typeof flatSchema.shape;
export type Environment = Readonly<Record<string, string | undefined>>;

const isSettingName = (name: string): name is SettingName => Object.hasOwn(flatSchema.shape, name);

export const settingNames: readonly SettingName[] = Object.keys(flatSchema.shape).filter(
  isSettingName,
);

export const notesOf = (name: SettingName): SettingNotes => {
  const found = notes.get(flatSchema.shape[name]);
  return found ?? { about: '', example: '' };
};

/** The text that stands in for an absent setting, if one does. */
export const defaultOf = (name: SettingName): string | undefined => {
  const schema: unknown = flatSchema.shape[name];
  return schema instanceof z.ZodPrefault ? String(schema.def.defaultValue) : undefined;
};

const fixOf = (name: SettingName): string => {
  const { about, example, isSecret } = notesOf(name);
  return isSecret === true
    ? `Set ${name}: ${example}. ${about}`
    : `Write it like ${name}=${example}. ${about}`;
};

// PM2, npm and the shell own neighbouring names; only ours are watched for spelling.
const ownName = /^(?:QMOI|MPESA|AIRTEL)_/;

/** Says where the configuration lies, so it cannot be part of it. */
const notOurs: readonly string[] = ['QMOI_HOME', 'QMOI_RELAUNCHED'];

const unknownNames = (given: Environment): readonly ConfigProblem[] =>
  Object.keys(given)
    .filter((name) => ownName.test(name) && !isSettingName(name) && !notOurs.includes(name))
    .map((name) =>
      problem('warning', {
        name,
        cause: `${name} is not a setting, so it changes nothing.`,
        fix: 'Compare its spelling with docs/configuration.md, or remove it.',
      }),
    );

export interface FlatReading {
  /** Settings that cannot be read are left out of it, as if absent. */
  readonly flat: Flat;
  readonly problems: readonly ConfigProblem[];
}

/** Which settings somebody has given a value, whatever it is. */
export const givenOf = (given: Environment): readonly SettingName[] =>
  settingNames.filter((name) => (given[name] ?? '').trim() !== '');

/** Empty texts count as absent. All problems come back at once, none of them with a value. */
export function readFlat(given: Environment): FlatReading {
  const present = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const warnings = unknownNames(present);
  const parsed = flatSchema.safeParse(present);
  if (parsed.success) return { flat: parsed.data, problems: warnings };
  const issues = parsed.error.issues.map(({ path, message }) => ({
    name: String(path[0]),
    message,
  }));
  const errors = issues.map(({ name, message }) => {
    const fix = isSettingName(name) ? fixOf(name) : 'See docs/configuration.md.';
    return problem('error', { name, cause: `${name} ${message}.`, fix });
  });
  const unread = new Set(issues.map(({ name }) => name));
  const rest = Object.entries(present).filter(([name]) => !unread.has(name));
  return {
    // Every setting may be absent, so what is left reads without an issue.
    flat: flatSchema.parse(Object.fromEntries(rest)),
    problems: [...errors, ...warnings],
  };
}
