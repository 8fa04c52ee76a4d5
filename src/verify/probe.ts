// The Python module that makes every interpreter of a container tell what it is, and the environment that is planted as the host's.

import { unforeseen } from '../io/owner.ts';
import { BUILD_MARK } from './buildLog.ts';

/** Where the probe stands in a container; nothing of it stays in an image. A new name in each run: no repository can have it, or cover it. */
export const PROBE_FOLDER = `/.pyvenv-fix-${unforeseen()}`;
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

/**
 * `sitecustomize.py`: found through PYTHONPATH by every Python that is started without -I, -E or -S. In a build it writes one
 * line on standard error and goes on. In a started container it writes a file and ends the process before the program
 * begins, except for programs that only start another one.
 */
export const PROBE_MODULE = `# What interpreter is this, and what can it import?
import sys


def _pyvenv_fix():
    import json
    import os
    import time

    here = "${PROBE_FOLDER}"
    try:
        with open("/proc/self/cmdline", "rb") as file:
            argv = file.read().decode("utf-8", "replace").split("\\0")[:-1]
    except OSError:
        argv = list(getattr(sys, "orig_argv", []))
    base = getattr(sys, "base_prefix", sys.prefix)
    record = {"argv": argv, "prefix": sys.prefix, "environment": sys.prefix != base}
    records = os.environ.get("${RECORDS_VARIABLE}")
    if not records:
        at = argv.index("-c") if "-c" in argv[1:3] else len(argv)
        if len(argv) > at + 1:
            import binascii

            text = argv[at + 1].encode("utf-8", "replace")
            record["argv"] = argv[: at + 1] + ["#%08x" % (binascii.crc32(text) & 0xFFFFFFFF)]
        sys.stderr.write("${BUILD_MARK}" + json.dumps(record)[:4000] + "\\n")
        sys.stderr.flush()
        return
    if os.environ.get("${INNER_VARIABLE}"):
        return
    path = [p for p in os.environ.get("PATH", "").split(os.pathsep) if p]
    virtual = os.environ.get("VIRTUAL_ENV")
    names = []
    try:
        from importlib.metadata import distributions

        for one in distributions(path=[p for p in sys.path if p != here]):
            try:
                names.append(one.metadata["Name"] or "")
            except Exception:
                pass
    except ImportError:
        for folder in sys.path:
            try:
                entries = os.listdir(folder)
            except OSError:
                continue
            for entry in entries:
                if entry.endswith((".dist-info", ".egg-info", ".egg-link")):
                    names.append(entry.rsplit(".", 1)[0].split("-")[0])
    child = None
    try:
        import shutil
        import subprocess

        python = shutil.which("python") or shutil.which("python3")
        if python:
            inner = dict(os.environ, ${INNER_VARIABLE}="1")
            said = subprocess.run(
                [python, "-c", "import sys; print(sys.prefix)"], env=inner, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20
            )
            if said.returncode == 0:
                child = said.stdout.decode("utf-8", "replace").strip() or None
    except Exception:
        pass
    places = [os.path.dirname(p) for p in path] + [sys.prefix, virtual or ""]
    host = sorted({p for p in places if p and os.path.exists(os.path.join(p, "${PLANTED_MARK}"))})
    record.update(
        executable=sys.executable,
        virtualEnv=virtual,
        path=path,
        packages=sorted({n for n in names if n}),
        child=child,
        host=host,
        bytecode=not sys.dont_write_bytecode,
        buffered=not (os.environ.get("PYTHONUNBUFFERED") or "-u" in argv[1:4]),
        at=time.time(),
    )
    name = "%.6f-%d.json" % (time.time(), os.getpid())
    try:
        with open(os.path.join(records, name), "w") as file:
            json.dump(record, file)
    except OSError as error:
        sys.stderr.write("pyvenv-fix: %s\\n" % error)
    if os.environ.get("${INVENTORY_VARIABLE}"):
        found = []
        for folder, folders, files in os.walk("/"):
            if folder == "/":
                folders[:] = [one for one in folders if one not in ("proc", "sys", "dev", here[1:])]
            for one in folders + files:
                if one in ("pyvenv.cfg", "${PLANTED_MARK}", "${PLANTED_MODULE}") or one.endswith((".dist-info", ".egg-info", ".egg-link")):
                    found.append(os.path.join(folder, one))
        with open(os.path.join(records, "${INVENTORY_FILE}"), "w") as file:
            json.dump(found, file)
    words = {os.path.basename(word) for word in argv[:2]}
    if len(argv) > 2 and argv[1] == "-m":
        words.add(argv[2])
    goes_on = {"poetry", "pipenv", "pdm", "hatch", "honcho", "supervisord", "circusd", "pip", "pip3", "venv", "virtualenv", "ensurepip"}
    if not words & goes_on:
        sys.stdout.flush()
        os._exit(0)


try:
    _pyvenv_fix()
except Exception:
    pass
`;

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
