// The rooms of src/, in order: a room imports only from rooms above it (itself included).
const rooms = [
  'platform',
  'staff',
  'book',
  'conduct',
  'outreach',
  'resolution',
  'enforcement',
  'strategy',
  'insight',
  'demo',
]
const rule = (name, from, to) => ({ name, severity: 'error', from, to })

module.exports = {
  forbidden: [
    ...rooms.map((room, i) =>
      rule(
        `${room}-imports-only-upwards`,
        { path: `^src/${room}/` },
        {
          path: `^src/(${rooms.slice(i + 1).join('|') || '-'})/`,
        },
      ),
    ),
    rule('web-sees-only-contracts', { path: '^web/' }, { path: '^src/', pathNot: '\\.api\\.ts$' }),
    rule(
      'contracts-import-only-contracts',
      { path: '\\.api\\.ts$' },
      { path: '^(src|web)/', pathNot: '\\.api\\.ts$' },
    ),
    rule(
      'consoles-do-not-import-each-other',
      { path: '^web/(desk|portal)/' },
      {
        path: '^web/(desk|portal)/',
        pathNot: '^web/$1/',
      },
    ),
    rule('shared-looks-know-no-console', { path: '^web/ui/' }, { path: '^web/(desk|portal)/' }),
    rule(
      'nothing-imports-the-roots',
      { path: '^(src/[^/]+/|web/)', pathNot: '\\.test\\.ts$' },
      { path: '^src/(main|api|nightly|deploy)\\.ts$' },
    ),
    rule(
      'decisions-are-pure',
      { path: '^src/(?!platform)[^/]+/.*/[a-z-]+\\.ts$', pathNot: '\\.(sql|routes|test|api)\\.ts$' },
      { path: 'node_modules/(hono|@hono)/' },
    ),
    rule('no-cycles', {}, { circular: true }),
    rule('no-orphans-from-nowhere', {}, { couldNotResolve: true }),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // Its parser does not read JSX: test/tidy.test.ts looks at what screens import.
    exclude: { path: '(^dist/|\\.css$|\\.tsx$)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types', 'default'],
    },
  },
}
