// Which flags pipenv knows and which of them take a value. Source: pipenv 2018 to 2026.

import { flagTable } from '../../flags.ts';

export const PIPENV = flagTable(
  `--pypi-mirror --python --extra-pip-args --resolver --categories --extras --config-settings -i --index --extra-index-url --requirements
  --requirementstxt --code -r -c -e --editable`,
  `--system --deploy --site-packages --no-site-packages --verbose -v --quiet -q --clear --pre --dev -d --all --ignore-pipfile --skip-lock --bare --clean
  --sequential --keep-outdated --selective-upgrade --three --two --no-header -h --help --version --where --venv --py --envs`,
);
