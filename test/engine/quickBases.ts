// Bases on which environments are made quickly: `ensurepip` copies what it made once, instead of unpacking and compiling it for seconds in
// every build. The files are the same, but for the hashes of the scripts in pip's own RECORD. Nor does pip compile what it installs.

import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, runEngine } from '../../src/io/engine/engine.ts';

const SEED = '/usr/share/pyvenv-fix-seed';

/** Appended to `ensurepip`: for what `python -m venv` asks of it only. */
const COPIES = `

_unpack = _bootstrap


def _bootstrap(*, root=None, upgrade=False, user=False, altinstall=False, default_pip=False, verbosity=0):
    import shutil
    import sysconfig

    site = sysconfig.get_path("purelib")
    usual = upgrade and default_pip and not (root or user or altinstall) and sys.prefix != sys.base_prefix
    if not usual or os.path.exists(os.path.join(site, "pip")):
        return _unpack(root=root, upgrade=upgrade, user=user, altinstall=altinstall, default_pip=default_pip, verbosity=verbosity)
    vars = {"base": "${SEED}", "platbase": "${SEED}"}
    shutil.copytree(sysconfig.get_path("purelib", vars=vars), site, dirs_exist_ok=True)
    scripts, seeds = sysconfig.get_path("scripts"), sysconfig.get_path("scripts", vars=vars)
    for name in os.listdir(seeds):
        if not name.startswith("pip"):
            continue
        with open(os.path.join(seeds, name)) as file:
            lines = file.read().split("\\n", 1)
        with open(os.path.join(scripts, name), "w") as file:
            file.write("#!" + sys.executable + "\\n" + lines[1])
        os.chmod(os.path.join(scripts, name), 0o755)
`;

/** Where the image has no `ensurepip` the build fails, and the base is taken as it is. The seed is no environment of the image. */
const dockerfile = (base: string): string => `FROM ${base}
USER 0
COPY copies.py /tmp/copies.py
RUN python3 -m venv ${SEED} && rm ${SEED}/pyvenv.cfg \\
 && cat /tmp/copies.py >> "$(python3 -c 'import ensurepip; print(ensurepip.__file__)')" && rm /tmp/copies.py \\
 && printf '\\n[install]\\nno-compile = true\\n' >> /etc/pip.conf
`;

export interface QuickBases {
  /** The image to build on instead of the one of this id, which `reference` names. */
  of(reference: string, id: string): Promise<string>;
  /** Removes the images; their layers stay in the engine's build cache. */
  close(): Promise<void>;
}

export function quickBases(engine: Engine): QuickBases {
  const made = new Map<string, Promise<string>>();
  const names: string[] = [];

  async function make(reference: string): Promise<string> {
    // Podman takes no image of its own for a build context.
    if (engine.kind === 'podman') return reference;
    const folder = mkdtempSync(join(tmpdir(), 'quick-base-'));
    try {
      mkdirSync(join(folder, 'context'));
      writeFileSync(join(folder, 'context', 'copies.py'), COPIES);
      writeFileSync(join(folder, 'Dockerfile'), dockerfile(reference));
      const name = `pyvenv-fix-test/quick:${randomBytes(6).toString('hex')}`;
      const args = [
        'build',
        '-q',
        '--network=none',
        '-f',
        join(folder, 'Dockerfile'),
        '-t',
        name,
        join(folder, 'context'),
      ];
      const { code } = await runEngine(engine, { args, seconds: 300 });
      if (code !== 0) return reference;
      names.push(name);
      return name;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  return {
    of: (reference, id) => {
      let known = made.get(id);
      if (!known) {
        known = make(reference);
        made.set(id, known);
      }
      return known;
    },
    close: async () => {
      if (names.length > 0) await runEngine(engine, { args: ['rmi', ...names], seconds: 120 });
    },
  };
}
