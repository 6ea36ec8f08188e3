import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const TESTS = [
  '**/*.spec.{ts,tsx}',
  'test/**/*.{ts,tsx}',
  '{packages/*,console,docs/lab}/test/**/*.{ts,tsx}',
];

const INJECT_CONFIG = 'The environment is parsed once, at the start: inject Config.';
const INJECT_CLOCK = 'Time is injected: inject Clock, or take `now` as an argument.';

/** What belongs to the whole process has one owner; everybody else is given it. */
const OWNED = {
  environment: { object: 'process', property: 'env', message: INJECT_CONFIG },
  time: { object: 'Date', property: 'now', message: INJECT_CLOCK },
};

export default defineConfig(
  // The types of test/generators are there only once it has run. The examples have the package as it
  // is packed, so its types are known only where they are installed; their compiler is strict. What
  // documents are given is compiled with their blocks.
  globalIgnores([
    '**/dist/',
    '**/coverage/',
    '**/.data/',
    'test/documents/given/',
    'test/generators/{clients,generated}/',
    'examples/*/',
  ]),
  {
    files: ['**/*.{js,cjs,mjs,ts,tsx}'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-constant-binary-expression': 'error',
      'no-console': 'error',
      'no-param-reassign': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-unmodified-loop-condition': 'error',
      'no-unreachable-loop': 'error',
      'no-useless-assignment': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-exports': 'error',
      // Leaves files with decorators alone: what Nest injects is found by the imported class, which
      // must be there when it runs.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',

      // A module of Nest is a class with nothing in it.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // A DTO is a class for its decorators' sake; what is of its shape will do.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `[...text]` counts characters rather than halves of them; the classes are shapes, and have
      // no methods to lose.
      '@typescript-eslint/no-misused-spread': [
        'error',
        { allow: ['string', { from: 'file', name: ['Config', 'SessionDetails', 'UserResponse'] }] },
      ],
      // A parameter may be there for its decorator, or for those that follow it.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An empty text counts as none.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
      // What comes from outside may be other than its type says, and what is missing means no.
      '@typescript-eslint/no-unnecessary-condition': 'off',

      // Matters of taste.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/prefer-regexp-exec': 'off',
    },
  },
  {
    files: ['src/**'],
    rules: {
      'no-restricted-properties': ['error', OWNED.environment, OWNED.time],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:process', message: INJECT_CONFIG },
            { name: 'process', message: INJECT_CONFIG },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(NewExpression, CallExpression)[callee.name=Date][arguments.length=0]',
          message: INJECT_CLOCK,
        },
      ],
    },
  },
  {
    // The starts, of the server and of the operators' command: they read the environment for
    // everybody, and speak while there is no log.
    files: ['src/main.ts', 'src/admin.command.ts'],
    rules: { 'no-restricted-properties': ['error', OWNED.time], 'no-console': 'off' },
  },
  {
    // Command lines: they speak to an operator.
    files: ['src/**/*.command.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // The clock itself.
    files: ['src/platform/clock/**'],
    rules: {
      'no-restricted-properties': ['error', OWNED.environment],
      'no-restricted-syntax': 'off',
    },
  },
  {
    // The client is made of functions that share what they were made with, so its methods know no
    // `this` and may be handed on.
    files: ['packages/client/src/**'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: TESTS,
    rules: {
      'no-console': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
      // A test says what it expects of an answer by its assertions, and mocks by half.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    rules: { 'no-console': 'off' },
  },
);
