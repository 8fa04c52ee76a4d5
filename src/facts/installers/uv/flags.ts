// Which flags uv knows and which of them take a value. Source: uv 0.13, the hidden ones probed.

import { flagTable } from '../../flags.ts';

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

export const UV_VENV = flagTable(
  `${UV_VALUES} --prompt`,
  `${UV_SWITCHES} --seed -c --clear --force --allow-existing --system-site-packages --relocatable --no-project --system --no-system`,
);

const PROJECT_VALUES = `${UV_VALUES} --no-extra --no-group --only-group --no-install-package --package --no-build-package
  --no-binary-package`;
const PROJECT_SWITCHES = `${UV_SWITCHES} --no-dev --only-dev --no-default-groups --all-groups --active --no-active --no-sync
  --no-install-project --no-install-workspace --no-install-local --locked --no-locked --frozen --no-frozen --all-packages --no-binary
  --binary`;

/** `uv add` and `uv remove` */
export const UV_ADD = flagTable(
  `${PROJECT_VALUES} -r --requirements --requirement -c --constraints --constraint -m --marker --optional --bounds --rev --tag --branch --script`,
  `${PROJECT_SWITCHES} --dev --editable --raw --raw-sources --lfs --workspace --no-workspace`,
);

/** In front of the command that `uv run` starts. */
export const UV_RUN = flagTable(
  `${PROJECT_VALUES} --env-file -w --with --with-editable --with-requirements`,
  `${PROJECT_SWITCHES} --dev -m --module --no-env-file -s --script --gui-script --no-project --inexact`,
);
