import { z } from 'zod';

import { defaultOf, notesOf, sections, type SettingName, settingNames } from './flat.ts';
import { targetsFileSchema } from './targets.ts';

const opening = `# Configuration

Settings are read from \`.env\` in the engine's folder, overruled by the process environment. An
empty value counts as absent. \`npm run qmoi:autoconfig\` writes what a sandbox needs and never
changes a value that is there; \`npm run qmoi:validate\` names everything that is wrong, and its
remedy. Amounts are whole KES. Secrets are marked 🔒: they are never printed, and \`.env\` must
have mode 0600.

\`QMOI_HOME\` in the process environment names that folder, where
\`.env\`, \`data/\` and \`logs/\` lie. Without it, it is the folder the program lies in.

This page is written from the program by \`node tools/write-schemas.ts\`.
`;

const targetsPart = `## Targets file

\`targets.json\`, described by [targets.schema.json](targets.schema.json). The environment overrules
it; what it leaves out has the defaults below. A combined figure left out is the sum of the two, a
minimum left out is four fifths of its target.

\`\`\`json
{
  "daily": {
    "mpesa": { "target": 10000, "minimum": 8000, "autoTransfer": 2000, "growthTarget": 0.2 },
    "airtel": { "target": 10000, "minimum": 8000, "autoTransfer": 2000, "growthTarget": 0.2 },
    "combined": { "target": 20000, "minimum": 16000, "autoTransfer": 4000, "growthTarget": 0.25 }
  }
}
\`\`\`

These growth figures contradict each other, and the engine says so: two rails growing by 20 % make
24,000 out of 20,000, while 25 % would be 25,000. Growth is a plan line; no target rises by itself.
`;

const defaultText = (name: SettingName): string => {
  const value = defaultOf(name);
  if (value !== undefined) return value.includes(', ') ? value : `\`${value}\``;
  return notesOf(name).otherwise ?? 'none';
};

function entry(name: SettingName): string {
  const { about, example, isSecret } = notesOf(name);
  const shown = isSecret === true ? `Form: ${example}.` : `Example: \`${name}=${example}\`.`;
  const mark = isSecret === true ? ' 🔒' : '';
  return `- \`${name}\`${mark}: ${about}\n  Without it: ${defaultText(name)}. ${shown}`;
}

function section([title, settings]: [string, object]): string {
  const entries = settingNames.filter((name) => name in settings).map(entry);
  return `## ${title}\n\n${entries.join('\n')}\n`;
}

/** `docs/configuration.md`. */
export const configurationDocument = (): string =>
  [opening, ...Object.entries(sections).map(section), targetsPart].join('\n');

/** `docs/targets.schema.json`. */
export function targetsSchemaDocument(): string {
  const schema = z.toJSONSchema(targetsFileSchema, { io: 'input', target: 'draft-2020-12' });
  const described = {
    ...schema,
    title: 'QMOI Revenue: daily targets',
    description: 'Counted on confirmed revenue of the business day in Africa/Nairobi.',
  };
  // The formatter keeps a list of one on one line.
  const json = JSON.stringify(described, null, 2).replaceAll(/\[\s+("[^"]*")\s+\]/g, '[$1]');
  return `${json}\n`;
}
