// Leaves the most memory that the process held, in KiB, in the file that PYVENV_FIX_BENCH_PEAK names.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { PYVENV_FIX_BENCH_PEAK: file } = process.env;
  if (file !== undefined) writeFileSync(file, String(process.resourceUsage().maxRSS));
});
