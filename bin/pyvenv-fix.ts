// The program: passes the arguments on and sets the exit code.

import { main } from '../src/cli/main.ts';

main(process.argv.slice(2), { pages: `${__dirname}/pages` }).then((code) => {
  process.exitCode = code;
});
