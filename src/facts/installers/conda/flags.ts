// Which flags conda knows and which of them take a value. Source: the documentation of conda and micromamba.

import { flagTable } from '../../flags.ts';

export const CONDA = flagTable(
  `-f --file -n --name -p --prefix --solver --experimental-solver --platform --subdir -c --channel --repodata-fn --revision -r --root-prefix
  --rc-file --channel-priority --channel-alias --cacert-path --ssl-verify --extra-safety-checks --category`,
  `--prune --force -q --quiet -v --verbose --json -y --yes -d --dry-run --no-default-packages --insecure -k --offline --override-channels
  --use-local --strict-channel-priority --no-channel-priority --no-deps --only-deps --no-pin --copy --no-rc --no-env --no-py-pin --freeze-installed
  --update-specs --update-deps --update-all --all --force-reinstall --download-only --show-channel-urls --clobber -S --satisfy-skip-solve
  --dev --always-copy --pyc --no-pyc --allow-softlinks --no-allow-softlinks -C --use-index-cache -h --help --solver-libmamba -m --mkdir`,
);
