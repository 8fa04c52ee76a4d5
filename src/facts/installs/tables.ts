// Which flags the installers know and which of them take a value.
//
// Sources: the option parsers of pip 18 to 26 (all their flags together), uv 0.13 (hidden ones probed), poetry 1.0 to 2.5 with
// its export plugin, pipenv (2018 to 2026), pdm 2; conda's and micromamba's documentation.

import { flagTable } from './flags.ts';

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

const UV_VALUES = `--index --default-index -i --index-url --extra-index-url -f --find-links --index-strategy --keyring-provider -P
  --upgrade-package --upgrade-group --resolution --prerelease --prerelease-package --fork-strategy --exclude-newer
  --exclude-newer-package --no-sources-package --reinstall-package --link-mode -C --config-setting --config-settings
  --config-settings-package --no-build-isolation-package --cache-dir --refresh-package -p --python --color --allow-insecure-host
  --trusted-host --directory --project --config-file --python-platform --output-format --extra --group --no-editable-package
  --preview-feature --preview-features --python-fetch --python-preference`;
const UV_SWITCHES = `--no-index -U --upgrade --no-upgrade --no-sources --reinstall --no-reinstall --force-reinstall --compile-bytecode
  --compile --no-compile --no-compile-bytecode --no-build-isolation --build-isolation --no-build --build -n --no-cache
  --no-cache-dir --refresh --no-refresh --managed-python --no-managed-python --no-python-downloads --allow-python-downloads -q
  --quiet -v --verbose --system-certs --no-system-certs --native-tls --no-native-tls --offline --no-offline --no-progress --no-config
  -h --help -V --version --preview --no-preview --show-settings --no-color --isolated --all-extras --no-all-extras --no-editable --dry-run --check
  --exact --pre --require-build-hashes --no-require-build-hashes`;

/** Before the sub-command; every sub-command takes them too. */
export const UV_GLOBAL = flagTable(
  '--cache-dir --color --allow-insecure-host --trusted-host --directory --project --config-file --preview-features --python-preference',
  `-n --no-cache --managed-python --no-managed-python --no-python-downloads -q --quiet -v --verbose --system-certs
  --no-system-certs --native-tls --no-native-tls --offline --no-offline --no-progress --no-config -h --help -V --version --preview
  --no-preview --no-color`,
);

export const UV_PIP = flagTable(
  `${UV_VALUES} -r --requirement --requirements -e --editable -c --constraint --constraints --override --overrides --exclude --excludes
  -b --build-constraint --build-constraints --cert -t --target --prefix --no-binary --only-binary --python-version --torch-backend`,
  `${UV_SWITCHES} --no-deps --deps --require-hashes --no-require-hashes --no-verify-hashes --verify-hashes --system --no-system
  --break-system-packages --no-break-system-packages --strict --user --allow-empty-requirements --no-allow-empty-requirements`,
);

export const UV_SYNC = flagTable(
  `${UV_VALUES} --no-extra --no-group --only-group --no-install-package --only-install-package --package --script --no-build-package
  --no-binary-package`,
  `${UV_SWITCHES} --dev --no-dev --only-dev --no-default-groups --all-groups --inexact --active --no-active --no-install-project
  --no-install-workspace --no-install-local --only-install-project --only-install-workspace --only-install-local --locked --no-locked --frozen
  --no-frozen --all-packages --no-binary --binary --editable`,
);

export const POETRY = flagTable(
  '--without --with --only -E --extras -P --project -C --directory -f --format -o --output',
  `--sync --no-root --no-directory --dry-run --all-extras --all-groups --only-root --compile -h --help -q --quiet -V --version --ansi
  --no-ansi -n --no-interaction --no-plugins --no-cache -v --verbose --no-dev --dev --dev-only --remove-untracked --default
  --without-hashes --without-urls --with-credentials --lock`,
);

export const PIPENV = flagTable(
  `--pypi-mirror --python --extra-pip-args --resolver --categories --extras --config-settings -i --index --extra-index-url --requirements
  --requirementstxt --code -r -c -e --editable`,
  `--system --deploy --site-packages --no-site-packages --verbose -v --quiet -q --clear --pre --dev -d --all --ignore-pipfile --skip-lock --bare --clean
  --sequential --keep-outdated --selective-upgrade --three --two --no-header -h --help --version --where --venv --py --envs`,
);

export const PDM = flagTable(
  '-p --project --override -L --lockfile -k --skip -G --group --with --without -C --config-setting -c --config',
  `-h --help -V --version -v --verbose -q --quiet -g --global --dry-run --frozen-lockfile --no-lock --check --plugins --no-default -d
  --dev --prod --production --no-editable --no-self --fail-fast -x --no-isolation --clean --only-keep --clean-unselected -r --reinstall
  --no-cache -I --ignore-python -n --non-interactive`,
);

export const CONDA = flagTable(
  `-f --file -n --name -p --prefix --solver --experimental-solver --platform --subdir -c --channel --repodata-fn --revision -r --root-prefix
  --rc-file --channel-priority --channel-alias --cacert-path --ssl-verify --extra-safety-checks --category`,
  `--prune --force -q --quiet -v --verbose --json -y --yes -d --dry-run --no-default-packages --insecure -k --offline --override-channels
  --use-local --strict-channel-priority --no-channel-priority --no-deps --only-deps --no-pin --copy --no-rc --no-env --no-py-pin --freeze-installed
  --update-specs --update-deps --update-all --all --force-reinstall --download-only --show-channel-urls --clobber -S --satisfy-skip-solve
  --dev --always-copy --pyc --no-pyc --allow-softlinks --no-allow-softlinks -C --use-index-cache -h --help --solver-libmamba -m --mkdir`,
);
