type Setting = 'off' | 'error' | readonly ['error', ...unknown[]];
type Rules = Readonly<Record<string, Setting>>;

/** What style asks for beyond the linter's own idea of correct and suspicious. */
const wanted: Rules = {
  'import/no-cycle': 'error',
  'import/no-default-export': 'error',
  'unicorn/prefer-node-protocol': 'error',
  'typescript/ban-ts-comment': 'error',
  'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  'typescript/no-explicit-any': 'error',
  'typescript/no-floating-promises': 'error',
  'typescript/no-misused-promises': 'error',
  'typescript/no-non-null-assertion': 'error',
  'typescript/only-throw-error': 'error',
  'typescript/strict-boolean-expressions': ['error', { allowString: false, allowNumber: false }],
  'typescript/switch-exhaustiveness-check': 'error',
  'no-console': 'error',
  'max-lines': ['error', { max: 400 }],
  'max-lines-per-function': ['error', { max: 70 }],
  'max-params': ['error', { max: 3 }],
};

/** Rules of the chosen categories that are switched off, each with its reason. */
const unwanted: readonly { rule: string; because: string }[] = [
  {
    rule: 'typescript/no-unsafe-type-assertion',
    because: 'tools/tidy.ts is stricter: no assertion at all outside parse functions',
  },
  {
    rule: 'typescript/no-misused-spread',
    because: 'spreading a string into its characters is how ids and digits are read here',
  },
  {
    rule: 'import/no-named-as-default-member',
    because: '`fc.property` and `pg.Pool` are how those libraries are meant to be read',
  },
  {
    rule: 'typescript/unbound-method',
    because: 'services are objects of closures: nothing here has a `this` to lose',
  },
  {
    rule: 'unicorn/consistent-function-scoping',
    because: 'a service keeps the functions it hands out together, captured variables or not',
  },
];

const clockAdvice = 'take a Clock as a dependency';

/** Time and chance are given, never taken, outside the kernel. */
const givenNotTaken: Rules = {
  'no-restricted-globals': [
    'error',
    {
      checkGlobalObject: true,
      globals: ['Date', 'setTimeout', 'setInterval', 'performance'].map((name) => ({
        name,
        message: clockAdvice,
      })),
    },
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Math', property: 'random', message: 'take a Prng as a dependency' },
    { object: 'Temporal', property: 'Now', message: clockAdvice },
    { object: 'process', property: 'hrtime', message: clockAdvice },
  ],
};

/** A test that waits for the wall clock is slow on a good day and red on a bad one. */
const noSleeping: Rules = {
  'no-restricted-globals': [
    'error',
    {
      checkGlobalObject: true,
      globals: ['setTimeout', 'setInterval'].map((name) => ({
        name,
        message: 'wait for the event, or use createVirtualClock',
      })),
    },
  ],
  'no-restricted-properties': 'off',
};

export const baseRules: Rules = {
  ...wanted,
  ...Object.fromEntries(unwanted.map(({ rule }) => [rule, 'off' as const])),
};

/** In order: a later entry wins over an earlier one. */
export const rulesByFolder: readonly { files: readonly string[]; rules: Rules }[] = [
  { files: ['src/**', 'simulators/**', 'dashboard/src/**'], rules: givenNotTaken },
  {
    files: ['src/kernel/**', 'simulators/*/main.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: [
      'src/cli/**',
      'src/main.ts',
      'simulators/*/main.ts',
      'test/simulation/main.ts',
      'tools/**',
      'bench/**',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // A factory returns an object of functions; each function inside is counted by itself.
    files: [
      'src/**/{store,service,worker,client,webhook}.ts',
      'src/{wiring,commands,engine-client}.ts',
      'src/platform/**/*.ts',
      'simulators/**/*.ts',
      'test/support/**/*.ts',
      'test/simulation/**/*.ts',
      'bench/**/*.ts',
    ],
    rules: { 'max-lines-per-function': ['error', { max: 250 }] },
  },
  {
    files: ['**/*.test.ts', 'src/**/test-kit.ts', 'src/**/*-test-kit.ts'],
    rules: {
      ...noSleeping,
      'max-lines': ['error', { max: 600 }],
      // A `describe` is a chapter, not a function.
      'max-lines-per-function': 'off',
    },
  },
  {
    // A factory returns an object of functions; each function inside is still counted by itself.
    files: ['src/**/store.ts', 'src/**/service.ts', 'src/**/worker.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 250 }] },
  },
  {
    // It has to be read by a Node of 2019.
    files: ['tools/launcher.cjs'],
    rules: {
      'unicorn/prefer-node-protocol': 'off',
      'typescript/strict-boolean-expressions': 'off',
    },
  },
  { files: ['dashboard/**/*.tsx'], rules: { 'max-lines-per-function': ['error', { max: 120 }] } },
  {
    files: ['dashboard/src/main.tsx', 'dashboard/src/**/*-chart.tsx'],
    // What is loaded for its effect: styles, and nothing else.
    rules: { 'import/no-unassigned-import': ['error', { allow: ['**/*.css'] }] },
  },
  { files: ['**/*.config.ts'], rules: { 'import/no-default-export': 'off' } },
];
