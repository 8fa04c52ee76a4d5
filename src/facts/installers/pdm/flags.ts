// Which flags pdm knows and which of them take a value. Source: pdm 2.

import { flagTable } from '../../flags.ts';

export const PDM = flagTable(
  '-p --project --override -L --lockfile -k --skip -G --group --with --without -C --config-setting -c --config',
  `-h --help -V --version -v --verbose -q --quiet -g --global --dry-run --frozen-lockfile --no-lock --check --plugins --no-default -d
  --dev --prod --production --no-editable --no-self --fail-fast -x --no-isolation --clean --only-keep --clean-unselected -r --reinstall
  --no-cache -I --ignore-python -n --non-interactive`,
);
