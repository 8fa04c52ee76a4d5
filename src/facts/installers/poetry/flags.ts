// Which flags poetry knows and which of them take a value. Source: poetry 1.0 to 2.5 with its export plugin.

import { flagTable } from '../../flags.ts';

export const POETRY = flagTable(
  '--without --with --only -E --extras -P --project -C --directory -f --format -o --output',
  `--sync --no-root --no-directory --dry-run --all-extras --all-groups --only-root --compile -h --help -q --quiet -V --version --ansi
  --no-ansi -n --no-interaction --no-plugins --no-cache -v --verbose --no-dev --dev --dev-only --remove-untracked --default
  --without-hashes --without-urls --with-credentials --lock`,
);
