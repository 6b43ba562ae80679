import fs from 'node:fs';
const l = JSON.parse(fs.readFileSync(process.argv[2] ?? 'package-lock.json', 'utf8')).packages;
const names = new Set(Object.keys(l).map((k) => k.split('node_modules/').at(-1)));
const out = {};
for (const [k, v] of Object.entries(l))
  for (const [d, r] of Object.entries(v.optionalDependencies ?? {}))
    if (!names.has(d))
      (out[`${k.split('node_modules/').at(-1)}@${v.version}`] ??= []).push(`${d}@${r}`);
for (const k in out) console.log(k, out[k].length, out[k].slice(0, 3).join(' '));
