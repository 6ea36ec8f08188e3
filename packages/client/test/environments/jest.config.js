/** As an application has it: its own code is compiled, packages are taken as they are. */
const swc = { swcrc: false, jsc: { target: 'es2023' }, module: { type: 'commonjs' } };

export default { transform: { '\\.js$': ['@swc/jest', swc] } };
