// The names under which the probe stands in a container, and the environment that is planted as the host's.

import { unforeseenName } from '../io/unforeseenName.ts';

/** Where the probe stands in a container; nothing of it stays in an image. A new name in each run: no repository can have it, or cover it. */
export const PROBE_FOLDER = `/.pyvenv-fix-${unforeseenName()}`;
/** Name of the extra build context that holds the probe. */
export const PROBE_CONTEXT = `pyvenv_fix_probe_${unforeseenName()}`;
/** Below it, a file for each process. */
export const RECORDS_FOLDER = `${PROBE_FOLDER}/records`;
/** The variable that tells a started container from a build. */
export const RECORDS_VARIABLE = 'PYVENV_FIX_RECORDS';
/** The variable that asks one process for the list of the file system too. */
export const INVENTORY_VARIABLE = 'PYVENV_FIX_INVENTORY';
export const INVENTORY_FILE = 'inventory';
/** The variable by which the probe keeps its own children quiet. */
export const INNER_VARIABLE = 'PYVENV_FIX_INNER';
/** A file that only a planted environment has. */
export const PLANTED_MARK = 'pyvenv-fix-planted';

/** A module of its site-packages, for what takes in only source files. */
export const PLANTED_MODULE = 'pyvenv_fix_planted.py';

/** Files and links of the environment that stands for one of the host: its interpreter is not in any container. */
export const PLANTED: {
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
} = {
  files: {
    [PLANTED_MARK]: 'planted by pyvenv-fix verify\n',
    [`lib/python3.12/site-packages/${PLANTED_MODULE}`]: '',
    'pyvenv.cfg': 'home = /pyvenv-fix-host/bin\ninclude-system-site-packages = false\nversion = 3.12.0\n',
    'bin/activate':
      'VIRTUAL_ENV=/pyvenv-fix-host/project/.venv\nexport VIRTUAL_ENV\nPATH="$VIRTUAL_ENV/bin:$PATH"\nexport PATH\n',
    'lib/python3.12/site-packages/pyvenv_fix_planted-1.0.dist-info/METADATA':
      'Metadata-Version: 2.1\nName: pyvenv-fix-planted\nVersion: 1.0\n',
  },
  links: { 'bin/python': '/pyvenv-fix-host/bin/python3', 'bin/python3': 'python' },
};
