import {
  allDoors,
  doorsFor,
  doorsOf,
  effectNames,
  furtherEffectNames,
  innerFolders,
  modules,
  platformParts,
  providerDoors,
  providers,
  pureDoors,
  simulators,
  worldlyModules,
  worldlyPackages,
} from './boundaries.ts';

/** One forbidden kind of import; `pattern` is a Rust regular expression, so without look-around. */
export interface Ban {
  readonly rule: string;
  readonly pattern: string;
  readonly say: string;
  readonly typesAllowed?: boolean;
}

/**
 * Files with one list of bans. The linter does not merge the lists of several zones: of those that
 * match a file, the last one counts.
 */
export interface Zone {
  readonly files: readonly string[];
  readonly bans: readonly Ban[];
}

/** A folder that is entered by a door and left by other doors. */
interface Room {
  /** Below `src/`: `ledger`, `platform/db`, `rails/mpesa`. */
  readonly path: string;
  readonly module: string;
  readonly ownDoors: readonly string[];
  /** How far up the module still goes: 1 in `rails/mpesa`, which may use the port's files. */
  readonly levelsAbove: number;
  /** Folders below that belong to it. */
  readonly folders: readonly string[];
  readonly bans: readonly Ban[];
}

const anyOf = (names: readonly string[]): string => `(${names.join('|')})`;
const climbing = (levels: number): string => `^(\\./)?${'\\.\\./'.repeat(levels)}`;
const doorPattern = (doors: readonly string[]): string => `^#${anyOf(doors)}$`;

const straightPaths: readonly Ban[] = [
  {
    rule: 'enter-by-the-door',
    pattern: `^#${anyOf(modules)}/.*\\.ts$|^#(platform|rails)/[^/]+/|^#platform$`,
    say: 'a module is entered by its name in package.json imports',
  },
  {
    rule: 'enter-by-the-door',
    pattern: '[^./]/(\\./)*\\.\\./',
    say: 'a path that goes down and up again hides where it leads',
  },
];

const noTestCode: readonly Ban[] = [
  {
    rule: 'product-never-uses-test-code',
    pattern: '(^|/)(simulators|test|tools|bench)/|(^|[/-])test-kit\\.ts$|\\.test\\.ts$',
    say: 'the product never uses simulators, tests or tools',
  },
  {
    rule: 'product-never-uses-test-code',
    pattern: '^(vitest|fast-check)(/|$)',
    say: 'test libraries are not installed in production',
  },
];

const noTimers: Ban = {
  rule: 'time-is-given',
  pattern: '^node:(timers|perf_hooks)',
  say: 'take a Clock as a dependency',
};

function doorBans({ module, ownDoors }: Room): readonly Ban[] {
  const allowed = [...doorsFor(module), ...ownDoors];
  if (module === 'platform' || module === 'api') allowed.push(...doorsOf(module));
  const refused = allDoors.filter(
    (door) => !allowed.includes(door) && !providerDoors.includes(door),
  );
  const above = `${module} may use the lines above it only; see tools/boundaries.ts`;
  return [
    { rule: `line-${module}`, pattern: doorPattern(refused), say: above },
    { rule: `line-${module}`, pattern: '(^|/)src/main\\.ts$|^(\\.\\./)+main\\.ts$', say: above },
    {
      rule: module === 'rails' ? 'providers-are-strangers' : 'only-main-names-a-provider',
      pattern: doorPattern(providerDoors),
      say: 'only main.ts names a provider',
    },
    ...straightPaths,
  ];
}

/** What no product file of a room may do, `depth` folders down in it. */
function productBans(room: Room, depth: number): readonly Ban[] {
  const leavesAt = room.levelsAbove + depth + 1;
  return [
    ...doorBans(room),
    {
      rule: 'enter-by-the-door',
      pattern: climbing(leavesAt),
      say: 'another module is entered by its name in package.json imports',
    },
    {
      rule: 'not-your-own-door',
      pattern: `${doorPattern(room.ownDoors)}|${ownIndex(room, depth)}`,
      say: 'inside a module, import the file itself',
    },
    ...noTestCode,
    noTimers,
    ...room.bans,
  ];
}

/** The door seen from inside: `./index.ts`, `../index.ts`, as far up as the module goes. */
function ownIndex({ levelsAbove }: Room, depth: number): string {
  const levels = Array.from({ length: levelsAbove + 1 }, (_, n) => depth + n);
  const ways = levels.map((level) => (level === 0 ? '\\./' : '\\.\\./'.repeat(level)));
  return `^${anyOf(ways)}index\\.ts$`;
}

const pureBans = (effects: readonly string[]): readonly Ban[] =>
  [
    { pattern: '^node:', say: 'a pure file knows nothing of the operating system' },
    {
      pattern: doorPattern(allDoors.filter((door) => !pureDoors.includes(door))),
      say: 'a pure file knows other modules by their types',
    },
    {
      pattern: `^\\.\\.?/(.*/)?${anyOf(effects)}\\.ts$`,
      say: 'a pure file knows effect files by their types',
    },
    { pattern: `^${anyOf(worldlyPackages)}(/|$)`, say: 'a pure file knows them by their types' },
  ].map((ban) => ({ rule: 'pure-by-default', ...ban, typesAllowed: true }));

/** Tests obey the lines too, but may use their own door, test support and simulators. */
function testBans(room: Room, depth: number): readonly Ban[] {
  const leavesAt = room.path.split('/').length + depth;
  return [
    ...doorBans(room),
    {
      rule: 'enter-by-the-door',
      pattern: `${climbing(leavesAt)}[^.]|^(\\.\\./)+src/`,
      say: 'another module is entered by its name in package.json imports',
    },
    ...room.bans.filter((ban) => ban.rule === 'providers-are-strangers'),
  ];
}

function zonesOfFolder(room: Room, folder: string, depth: number): readonly Zone[] {
  const effects = [...effectNames, ...(furtherEffectNames[room.module] ?? [])];
  const isPure = !worldlyModules.includes(room.module);
  const worldly = productBans(room, depth);
  const effectFiles = effects.map((name) => `${folder}/${name}.ts`);
  return [
    { files: [`${folder}/*.ts`], bans: isPure ? [...worldly, ...pureBans(effects)] : worldly },
    ...(isPure ? [{ files: effectFiles, bans: worldly }] : []),
    {
      files: [`${folder}/*.test.ts`, `${folder}/test-kit.ts`, `${folder}/*-test-kit.ts`],
      bans: testBans(room, depth),
    },
  ];
}

const zonesOfRoom = (room: Room): readonly Zone[] => [
  ...zonesOfFolder(room, `src/${room.path}`, 0),
  ...room.folders.flatMap((name) => zonesOfFolder(room, `src/${room.path}/${name}`, 1)),
];

const strangers = (pattern: string): readonly Ban[] => [
  { rule: 'providers-are-strangers', pattern, say: 'rails know the port, never each other' },
];

const kernelBans: readonly Ban[] = [
  { rule: 'browser-safe', pattern: '^node:', say: 'the kernel also runs in a browser' },
  { rule: 'line-kernel', pattern: '^[^.#]', say: 'the kernel has no dependencies' },
];

// Everything but `zod`, spelled without look-ahead.
const notZod = '^([a-yA-Z@]|z([^o]|$)|zo([^d]|$)|zod[^/])';
const contractBans: readonly Ban[] = [
  { rule: 'browser-safe', pattern: '^node:', say: 'the contract also runs in a browser' },
  { rule: 'browser-safe', pattern: notZod, say: 'the contract knows the kernel and zod' },
  {
    rule: 'browser-safe',
    pattern: doorPattern(allDoors.filter((door) => door !== 'kernel')),
    say: 'the contract knows the kernel and zod',
  },
];

const room = (module: string, further: Partial<Room> = {}): Room => ({
  path: module,
  module,
  ownDoors: [module],
  levelsAbove: 0,
  folders: innerFolders[module] ?? [],
  bans: [],
  ...further,
});

const rooms: readonly Room[] = [
  ...modules.filter((name) => name !== 'platform' && name !== 'kernel').map((name) => room(name)),
  room('kernel', { bans: kernelBans }),
  ...platformParts.map((part) =>
    room('platform', { path: `platform/${part}`, ownDoors: [`platform/${part}`] }),
  ),
  room('rails', { bans: strangers(`^\\./${anyOf(providers)}/`) }),
  ...providers.map((name) =>
    room('rails', {
      path: `rails/${name}`,
      ownDoors: ['rails', `rails/${name}`],
      levelsAbove: 1,
      bans: strangers(`^(\\.\\./)+${anyOf(providers.filter((other) => other !== name))}/`),
    }),
  ),
  room('api', {
    bans: [
      {
        rule: 'enter-by-the-door',
        pattern: '^(\\.\\.?/)+contract/',
        say: 'the contract is entered by #api/contract',
      },
    ],
  }),
  room('api', {
    path: 'api/contract',
    ownDoors: ['api/contract'],
    folders: [],
    bans: contractBans,
  }),
];

const wiringZone: Zone = {
  files: ['src/*.ts'],
  bans: [
    {
      rule: 'enter-by-the-door',
      pattern: '^\\./[^/]+/|^\\.\\./',
      say: 'the wiring enters modules by their names in package.json imports',
    },
    ...straightPaths,
    ...noTestCode,
    noTimers,
  ],
};

const simulatorDoors: Ban = {
  rule: 'simulators-are-independent',
  pattern: doorPattern(allDoors.filter((door) => door !== 'kernel')),
  say: 'a simulator is our own reading of the documents: it knows the kernel only',
};

function simulatorZones(): readonly Zone[] {
  const leaving = (levels: number): Ban => ({ ...simulatorDoors, pattern: climbing(levels) });
  const product: Ban = { ...simulatorDoors, pattern: '^(\\.\\./)+(src|dashboard|tools|bench)/' };
  const others = (name: string): Ban => ({
    ...simulatorDoors,
    pattern: `^(\\.\\./)+${anyOf(simulators.filter((other) => other !== name))}/`,
  });
  const common = [simulatorDoors, noTimers, ...straightPaths];
  const one = (name: string): readonly Zone[] =>
    ['', '*/'].flatMap((below, depth) => [
      {
        files: [`simulators/${name}/${below}*.ts`],
        bans: [...common, ...noTestCode.slice(1), leaving(depth + 2), others(name)],
      },
      { files: [`simulators/${name}/${below}*.test.ts`], bans: [...common, product, others(name)] },
    ]);
  return [
    { files: ['simulators/*.ts'], bans: [...common, ...noTestCode.slice(1), leaving(1)] },
    ...simulators.flatMap(one),
  ];
}

const throughDoors: readonly Ban[] = [
  {
    rule: 'enter-by-the-door',
    pattern: '^(\\.\\./)+src/[^/]+/',
    say: 'a module is entered by its name in package.json imports',
  },
  ...straightPaths,
];

const outerZones: readonly Zone[] = [
  { files: ['test/**/*.ts', 'bench/**/*.ts', 'dashboard/e2e/**/*.ts'], bans: throughDoors },
  {
    files: ['tools/**/*.ts'],
    bans: [
      ...throughDoors,
      {
        rule: 'only-main-names-a-provider',
        pattern: doorPattern(providerDoors),
        say: 'only main.ts names a provider',
      },
    ],
  },
  {
    files: ['dashboard/src/**/*.{ts,tsx}'],
    bans: [
      {
        rule: 'dashboard-sees-the-contract-only',
        pattern: doorPattern(allDoors.filter((door) => !/^(kernel|api\/contract)$/.test(door))),
        say: 'the dashboard knows the kernel and the contract',
      },
      {
        rule: 'dashboard-sees-the-contract-only',
        pattern: '^(\\.\\./)+src/|^node:',
        say: 'the dashboard knows the kernel and the contract',
      },
      ...noTestCode,
      ...straightPaths,
    ],
  },
  // A test of a pure file of the screen lies beside it.
  { files: ['dashboard/src/**/*.test.ts'], bans: straightPaths },
];

/** Every folder of `src/` that has its place; a file in any other folder is read by no rule. */
export const roomFolders: readonly string[] = rooms.flatMap(({ path, folders }) => [
  path,
  ...folders.map((name) => `${path}/${name}`),
]);

export const zones: readonly Zone[] = [
  wiringZone,
  ...rooms.flatMap(zonesOfRoom),
  ...simulatorZones(),
  ...outerZones,
];
