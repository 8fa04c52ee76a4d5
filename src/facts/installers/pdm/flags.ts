// Which flags pdm knows and which of them take a value. Source: pdm 2.

import { flagTable } from '../../flags.ts';

export const PDM = flagTable(
  '-p --project --override -L --lockfile -k --skip -G --group --with --without -C --config-setting -c --config --venv',
  `-h --help -V --version -v --verbose -q --quiet -g --global --dry-run --frozen-lockfile --no-lock --check --plugins --no-default -d
  --dev --prod --production --no-editable --no-self --fail-fast -x --no-isolation --clean --only-keep --clean-unselected -r --reinstall
  --no-cache -I --ignore-python -n --non-interactive`,
);

/** `pdm config` */
export const PDM_CONFIG = flagTable(
  '-p --project -c --config',
  '-h --help -v -q -g --global -l --local -d --delete -e --edit',
);

/** `pdm use` */
export const PDM_USE = flagTable(
  '-p --project -c --config -k --skip --venv',
  '-h --help -v -q -g --global -f --first -i --ignore-remembered --auto-install-min --auto-install-max --no-version-file',
);

/** `pdm venv` */
export const PDM_VENV = flagTable(
  '-p --project -c --config -w --with -n --name --path --python',
  '-h --help -v -q -g --global -f --force --with-pip',
);
