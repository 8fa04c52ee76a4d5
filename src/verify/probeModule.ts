// The Python module that makes every interpreter of a container tell what it is, and one of them what stands there.

import { BUILD_MARK } from './buildLog.ts';
import {
  INNER_VARIABLE,
  INVENTORY_FILE,
  INVENTORY_VARIABLE,
  PLANTED_MARK,
  PROBE_FOLDER,
  RECORDS_VARIABLE,
} from './probe.ts';

/**
 * `sitecustomize.py`: found through PYTHONPATH by every Python that is started without -I, -E or -S. In a build it writes one
 * line on standard error and goes on. In a started container it writes a file and ends the process before the program
 * begins, except for programs that only start another one.
 */
export const PROBE_MODULE = `# What interpreter is this, and what can it import?
import sys

here = "${PROBE_FOLDER}"


def _words(pid):
    with open("/proc/%s/cmdline" % pid, "rb") as file:
        return file.read().decode("utf-8", "replace").split("\\0")[:-1]


def _distributions():
    found = []
    try:
        from importlib.metadata import distributions
    except ImportError:
        import os

        for folder in sys.path:
            try:
                entries = os.listdir(folder)
            except OSError:
                continue
            for entry in entries:
                if entry.endswith((".dist-info", ".egg-info", ".egg-link")):
                    parts = entry.rsplit(".", 1)[0].split("-")
                    found.append([parts[0], parts[1] if len(parts) > 1 else "", [], False])
        return found
    for one in distributions(path=[p for p in sys.path if p != here]):
        try:
            needs = [r for r in one.requires or [] if "extra" not in r.partition(";")[2]]
            asked = one.read_text("REQUESTED") is not None
            found.append([one.metadata["Name"] or "", one.version or "", needs, asked])
        except Exception:
            pass
    return found


def _pyvenv_fix():
    import json
    import os
    import time

    try:
        argv = _words("self")
    except (IOError, OSError):
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
        distributions=_distributions(),
        child=child,
        host=host,
        bytecode=not sys.dont_write_bytecode,
        buffered=not (os.environ.get("PYTHONUNBUFFERED") or "-u" in argv[1:4]),
        at=time.time(),
        pid=os.getpid(),
        base=base,
        modules=[p for p in sys.path if p != here],
        version="%d.%d.%d" % tuple(sys.version_info[:3]),
        environ=dict(os.environ),
        user="%d:%d" % (os.getuid(), os.getgid()),
        groups=sorted(os.getgroups()),
    )
    try:
        record["cwd"] = os.getcwd()
    except OSError:
        pass
    try:
        record["first"] = _words("1")
    except (IOError, OSError):
        pass
    name = "%.6f-%d.json" % (time.time(), os.getpid())
    try:
        with open(os.path.join(records, name), "w") as file:
            json.dump(record, file)
    except (IOError, OSError) as error:
        sys.stderr.write("pyvenv-fix: %s\\n" % error)
    if os.environ.get("${INVENTORY_VARIABLE}"):
        with open(os.path.join(records, "${INVENTORY_FILE}"), "w") as file:
            json.dump(_inventory(), file)
    words = {os.path.basename(word) for word in argv[:2]}
    if len(argv) > 2 and argv[1] == "-m":
        words.add(argv[2])
    goes_on = {"poetry", "pipenv", "pdm", "hatch", "honcho", "supervisord", "circusd", "pip", "pip3", "venv", "virtualenv", "ensurepip", "pip_compileall.py"}
    if not words & goes_on:
        sys.stdout.flush()
        os._exit(0)


# Places of the system whose files have too many bytes to be read; what is there is told by name.
_UNREAD = ("/usr/lib", "/usr/share", "/usr/include", "/usr/bin", "/usr/sbin", "/lib", "/bin", "/sbin", "/tmp", "/run")
_UNREAD += ("/var/lib", "/var/cache", "/var/log")


def _inventory():
    import binascii
    import os
    import stat

    tree = {}
    modules = []
    dead = {}
    moved = {}
    left = {True: 48 * 1024 * 1024, False: 64 * 1024 * 1024}
    for folder, folders, files in os.walk("/"):
        if folder == "/":
            folders[:] = [one for one in folders if one not in ("proc", "sys", "dev", here[1:])]
        elif folder == "/usr/share":
            folders[:] = [one for one in folders if one not in ("doc", "man", "info", "lintian", "bug")]
        elif folder == "/var/lib/dpkg":
            folders[:] = []
        installed = "/site-packages" in folder or "/dist-packages" in folder
        read = installed or (not folder.startswith(_UNREAD) and "/lib/python" not in folder and "/node_modules" not in folder)
        entries = []
        root = os.path.dirname(folder)
        own = _made_at(root) if folder.endswith("/bin") else None
        if own is not None and own != root.encode("utf-8"):
            moved[root] = own.decode("utf-8", "replace")
        for one in folders + files:
            path = os.path.join(folder, one)
            try:
                seen = os.lstat(path)
                content = None
                if stat.S_ISLNK(seen.st_mode):
                    content = os.readlink(path)
                elif stat.S_ISREG(seen.st_mode):
                    library = installed and (one.endswith(".so") or ".so." in one)
                    if library:
                        modules.append(path)
                    elif read and seen.st_size <= 1024 * 1024 and left[installed] > 0 and not one.endswith(".pyc"):
                        left[installed] -= seen.st_size
                        with open(path, "rb") as file:
                            data = file.read()
                        if own is not None:
                            data = data.replace(own, root.encode("utf-8"))
                        content = "%08x" % (binascii.crc32(data) & 0xFFFFFFFF)
                        gone = _leads_nowhere(data) if installed and one.endswith(".pth") else None
                        if gone is not None:
                            dead[path] = gone
            except (IOError, OSError):
                if not os.path.lexists(path):
                    continue
            entries.append([one, seen.st_mode, seen.st_uid, seen.st_gid, seen.st_size, content])
        tree[folder] = entries
    told = {}
    for path in ("/var/lib/dpkg/status", "/lib/apk/db/installed"):
        try:
            with open(path, "rb") as file:
                told[path] = file.read(16 * 1024 * 1024).decode("latin-1")
        except (IOError, OSError):
            pass
    try:
        missing = _missing(sorted(modules))
    except Exception:
        missing = None
    return {"tree": tree, "told": told, "missing": missing, "dead": dead, "moved": moved}


def _made_at(root):
    """The path that an environment's own scripts have for it, as bytes; None where it is none, or they have none."""
    import os
    import re

    if not os.path.isfile(os.path.join(root, "pyvenv.cfg")):
        return None
    try:
        with open(os.path.join(root, "bin", "activate"), "rb") as file:
            text = file.read(64 * 1024)
    except (IOError, OSError):
        return None
    said = re.search(b"^[ \\t]*(?:export )?VIRTUAL_ENV=[\\x27\\x22]?(/[^\\x27\\x22\\r\\n]+)[\\x27\\x22]?[ \\t]*$", text, re.M)
    return said.group(1) if said else None


def _leads_nowhere(data):
    """The folder that a .pth file names and that is not there."""
    import os

    for line in data.decode("utf-8", "replace").splitlines():
        place = line.strip()
        if place.startswith("/") and not os.path.exists(place):
            return place
    return None


def _missing(modules):
    """By library that is not found: an extension module that needs it. None where that is not known."""
    import re
    import shutil
    import subprocess
    import time

    ldd = shutil.which("ldd")
    if not ldd:
        return None
    missing = {}
    end = time.time() + 30
    for at in range(0, len(modules), 40):
        some = modules[at : at + 40]
        if time.time() > end:
            return None
        ran = subprocess.run([ldd] + some, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
        module = some[0]
        for line in ran.stdout.decode("utf-8", "replace").split("\\n"):
            if re.match(r"/.*:$", line):
                module = line[:-1]
            lost = re.match(r"\\s*(\\S+) => not found", line) or re.match(r"Error loading shared library ([^:]+):", line)
            if lost:
                missing.setdefault(lost.group(1), module)
    return missing


try:
    _pyvenv_fix()
except Exception:
    pass
`;
