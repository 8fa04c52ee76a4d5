// Which flags pip knows and which of them take a value. Source: the option parsers of pip 18 to 26, all their flags together.

import { flagTable } from '../../flags.ts';

export const PIP = flagTable(
  `--abi --all-releases --build --build-constraint --build-dir --build-directory --cache-dir --cert --client-cert --config-settings
  --constraint --default-timeout --editable --exists-action --extra-index-url --find-links --global-option --group --implementation
  --index-url --install-option --keyring-provider --local-log --log --log-file --no-binary --only-binary --only-final --platform
  --prefix --progress-bar --proxy --pypi-url --python --python-version --refresh-package --report --requirement
  --requirements-from-script --resume-retries --retries --root --root-user-action --skip-requirements-regex --source --source-dir
  --source-directory --src --target --timeout --trusted-host --upgrade-strategy --uploaded-prior-to --use-deprecated --use-feature
  --allow-external --allow-unverified --download --download-dir --download-cache --mirrors
  -C -b -c -e -f -i -r -t -d`,
  `--break-system-packages --check-build-dependencies --compile --debug --disable-pip-version-check --dry-run --force-reinstall
  --help --ignore-installed --ignore-requires-python --isolated --no-build-isolation --no-cache-dir --no-clean --no-color --no-compile
  --no-dependencies --no-deps --no-index --no-input --no-proxy-env --no-python-version-warning --no-require-hashes --no-use-pep517
  --no-user --no-warn-conflicts --no-warn-script-location --only-dependencies --only-deps --pre --prefer-binary
  --process-dependency-links --quiet --require-hashes --require-venv --require-virtualenv --upgrade --use-pep517 --user --verbose
  --version --use-wheel --no-use-wheel --egg --no-download --no-install --use-mirrors --allow-all-external --allow-insecure
  -I -U -V -h -q -v`,
  'taken',
);
