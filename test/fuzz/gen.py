"""A generator for the lab's fuzzer: GEN=test/fuzz/gen.py ../shared/lab/fuzz/fuzz . --to 5000

Each repository is one of the lab's own generator (which stands first on Python's path when the fuzzer runs), into which one to three of
the shapes below are put: what once was fixed wrongly, and what is near to it. A shape is a function that changes `files` (path to
text) with a Dockerfile as its list of lines; it answers False where it has no place."""
import os, random, re, sys

try:
    import gen as lab
    LAB = lab.gen
except (ImportError, AttributeError):  # imported by its own name
    LAB = None

PACKAGES = ["flask", "requests", "rich", "click", "numpy"]


class Draft:
    """A repository and one Dockerfile of it, taken apart into instructions (comments and blank lines stand alone)."""

    def __init__(self, files, path, rng):
        self.files, self.path, self.random = files, path, rng
        text = files[path]
        self.eol = "\r\n" if "\r\n" in text else "\n"
        self.instructions = self.split(text.replace("\r\n", "\n"))

    @staticmethod
    def split(text):
        found, waiting, end = [], [], None
        escape = "`" if text.startswith("# escape=`") else "\\"
        for line in text.split("\n"):
            waiting.append(line)
            if end:
                if line.strip() == end:
                    end = None
                else:
                    continue
            here = re.search(r"<<-?'?([A-Z]+)'?", line)
            if here and not line.startswith("#") and len(waiting) == 1:
                end = here.group(1)
                continue
            if line.rstrip().endswith(escape) or (len(waiting) > 1 and line.lstrip().startswith("#")):
                continue
            found.append("\n".join(waiting))
            waiting = []
        return found + (["\n".join(waiting)] if waiting else [])

    def done(self):
        self.files[self.path] = "\n".join(self.instructions).replace("\n", self.eol)

    def pick(self, *choices):
        return self.random.choice(choices)

    def at(self, pattern):
        return [n for n, i in enumerate(self.instructions) if re.match(pattern, i, re.I)]

    def environment(self):
        text = self.files[self.path]
        found = re.findall(r"(?:venv|virtualenv)(?: --?[a-z-]+)* (/[A-Za-z0-9/._-]+)", text)
        return self.random.choice(found) if found else None

    def insert(self, line, places=None):
        """behind an instruction of a stage, before its start"""
        ends = self.at(r"(CMD|ENTRYPOINT)\b") or [len(self.instructions)]
        froms = self.at(r"FROM\b")
        if not froms:
            return False
        where = places or [n for n in range(froms[-1] + 1, ends[-1] + 1)]
        if not where:
            return False
        at = self.random.choice(where)
        self.instructions.insert(at, line)
        return True


# ---- what the system's Python holds is open
def opened(d):
    p = d.pick(*PACKAGES)
    d.files.setdefault("vendor/" + p, "")
    return d.insert(d.pick(
        f"RUN pip install --user {p}", f"RUN pip install --prefix /usr/local {p}", f"RUN pip install --prefix=/usr/local {p}",
        f"RUN pip install --target /usr/local/lib/fakepkgs {p}", f"RUN PIP_USER=1 pip install {p}", f"RUN pip install --root / {p}",
        "COPY vendor /usr/local/lib/fakepkgs/", "ADD vendor/ /usr/local/lib/fakepkgs/",
        f"COPY vendor/{p} /v/\nRUN cp /v/{p} /usr/local/lib/fakepkgs/", f"COPY vendor /v/\nRUN mv /v/* /usr/local/lib/fakepkgs/",
        f"COPY vendor /v/\nRUN ln -s /v/{p} /usr/local/lib/fakepkgs/{p}", "COPY vendor /v/\nRUN cd /v && tar c . | tar x -C /usr/local/lib/fakepkgs",
        f"RUN touch /usr/local/lib/fakepkgs/{p}", f"RUN echo > /usr/local/lib/fakepkgs/{p}", f"RUN install -D /dev/null /usr/local/lib/fakepkgs/{p}"))


def opened_by_a_stage(d):
    froms = d.at(r"FROM\b")
    if not froms:
        return False
    p = d.pick(*PACKAGES)
    stage = d.pick(f"RUN pip install --prefix=/install {p}", f"RUN pip install --user {p}", f"RUN pip install {p}")
    take = "COPY --from=filled /root/.local /root/.local" if "--user" in stage else (
        "COPY --from=filled /install /usr/local" if "/install" in stage else "COPY --from=filled /usr/local /usr/local")
    if not d.insert(take):
        return False
    d.instructions[froms[0]:froms[0]] = ["FROM python:3.11-slim AS filled", stage, ""]
    return True


def packages_by_apt(d):
    name = d.pick("requests", "numpy", "rich")
    d.files["packages.txt"] = f"python3-{name}\n"
    return d.insert(d.pick(
        f"RUN apt-get update && apt-get install -y python3-{name}", "COPY packages.txt /tmp/\nRUN apt-get update && apt-get install -y $(cat /tmp/packages.txt)",
        "COPY packages.txt /tmp/\nRUN xargs apt-get install -y < /tmp/packages.txt", f"ARG MORE=python3-{name}\nRUN apt-get install -y $MORE",
        f"RUN apt-get update && \\\n    apt-get install -y --no-install-recommends \\\n      curl \\\n      python3-{name}"))


# ---- who reads as files what is installed
def readers(d):
    return d.insert(d.pick(
        "RUN tar cf /tmp/site.tar -C /usr/local/lib fakepkgs", "RUN cp -r /usr/local/lib/fakepkgs /opt/kept", "RUN ls /usr/local/lib/fakepkgs > /tmp/names",
        "RUN find /usr/local/lib/fakepkgs -type f > /tmp/names", "RUN rm -rf /usr/local/lib/fakepkgs/rich", "RUN du -s /usr/local"),
        [n + 1 for n in d.at("RUN")] or None)


def read_by_a_stage(d):
    froms = d.at(r"FROM\b")
    if not froms:
        return False
    last = froms[-1]
    if re.search(r"\bAS\b", d.instructions[last], re.I):
        return False
    ends = d.at(r"(CMD|ENTRYPOINT)\b")
    starts = [d.instructions.pop(n) for n in reversed(ends) if n > last][::-1]
    d.instructions[last] += " AS inner"
    take = d.pick("COPY --from=inner /usr/local/lib/fakepkgs /usr/local/lib/fakepkgs", "COPY --from=inner /usr/local /usr/local",
                  "RUN --mount=from=inner,target=/inner cp -r /inner/usr/local/lib/fakepkgs /usr/local/lib/")
    d.instructions += ["FROM python:3.11-slim", take] + starts + [""]
    return True


# ---- what else an activation does
def activations(d):
    env = d.environment()
    if not env:
        return False
    p = d.pick(*PACKAGES)
    a = f"{env}/bin/activate"
    made = [n + 1 for n in d.at("RUN") if f" {env}" in d.instructions[n]]
    return bool(made) and d.insert("RUN " + d.pick(
        f'eval ". {a}" && mkdir -p /data && echo hello > /data/x', f"eval '. {a}'; . {a}; pip install {p}", f"command -v nvidia-smi && . {a}; pip install {p}",
        f". {a} && pip install {p} && deactivate && pip install rich", f"set -eu; . {a}; pip install {p}; echo $VIRTUAL_ENV",
        f"trap 'deactivate' EXIT; . {a}; pip install {p}", f"V=1 . {a} && echo $V && pip install {p}", f"V=1; . {a} && echo $V > /v",
        f"test -f {a} && . {a} && pip install {p}", f"test -f /nowhere || . {a}; pip install {p}", f"! . {a} || pip install {p}",
        f". {a} && false || pip install {p}", f"false || . {a} && pip install {p}", f". {a} > /dev/null 2>&1; pip install {p}",
        f"act() {{ . {a}; }}; act && pip install {p}", f"( . {a} && pip install {p} ) && pip install rich", f"{{ . {a} && pip install {p}; }} > /tmp/out",
        f"true; . {a}; true && pip install {p}", f". {a}\\\n  && pip install {p}", f". {a}; false; pip install {p}", f"if . {a}; then pip install {p}; fi",
        f"[ -n \"$VIRTUAL_ENV\" ] || . {a}; pip install {p}", f"OLD=$PATH; . {a}; PATH=$OLD pip install {p}", f". {a} && exec pip install {p}",
        f"while . {a}; do pip install {p}; break; done", f". {a} & wait; pip install {p}", f"echo start && . {a} | cat && pip install {p}",
        f". {a} && pip install {p} || exit 1; echo done > /done", f"bash -c '. {a} && pip install {p}' && echo ok > /ok"), made)


def starts(d):
    env = d.environment()
    ends = d.at(r"(CMD|ENTRYPOINT)\b")
    if not env or not ends:
        return False
    d.files["bare.sh"] = d.pick("python app.py\n", "#!/bin/sh\npython app.py\n", "#!/bin/sh\r\npython app.py\r\n", "echo $VIRTUAL_ENV\npython app.py\n")
    a = f". {env}/bin/activate"
    d.instructions[ends[0]:] = ["COPY bare.sh /bare.sh", "RUN chmod +x /bare.sh", "CMD " + d.pick(
        f"{a} && /bare.sh", f"{a} && sh /bare.sh", f"{a} && exec /bare.sh", f"{a} && cd / && python -c 'pass'", f"{a} && X=1 python app.py",
        f"{a} && python app.py > /out", f"{a}; python app.py --port 80", f"{a} && ./app.py", f"{a} && python app.py && python app.py",
        f"{a} && command python app.py", f"{a} && export A=1 && python app.py", f"{a} && echo $VIRTUAL_ENV", f'["bash","-c","{a} && python app.py --x"]',
        f"{a} && (python app.py)", f"{a} && python 'app.py'", f"{a} && python \"a p.py\"; true"), ""]
    return True


def tool_environment(d):
    return d.insert("RUN " + d.pick(
        "python3 -m venv /opt/poetry && /opt/poetry/bin/pip install poetry && ln -s /opt/poetry/bin/poetry /usr/local/bin/poetry",
        "python3 -m venv /opt/poetry && . /opt/poetry/bin/activate && pip install poetry",
        "python3 -m venv /opt/tools && . /opt/tools/bin/activate && pip install black && deactivate",
        "python3 -m venv /opt/poetry && (. /opt/poetry/bin/activate && pip install poetry pipenv)"))


def no_op(d):
    env = d.environment()
    made = [n + 1 for n in d.at("RUN") if env and f" {env}" in d.instructions[n]]
    return bool(made) and d.insert(d.pick(f"RUN . {env}/bin/activate", f'RUN ["/bin/bash","-c","source {env}/bin/activate"]',
                                          f"RUN bash -c 'source {env}/bin/activate'", f"RUN <<EOF\n. {env}/bin/activate\nEOF"), made)


# ---- settings and packages in files
def settings(d):
    d.files["pip.conf"] = d.pick("[global]\nuser = true\n", "[install]\ntarget = /opt/packages\n", "[global]\nconstraint = /app/constraints.txt\n",
                                 "[global]\nfind-links = wheels\n", "[global]\nno-cache-dir = true\n", "[install]\nrequirement = base.txt\n")
    return d.insert(d.pick("COPY pip.conf /etc/pip.conf", "RUN pip config set global.user true", "ENV PIP_CONFIG_FILE=/app/pip.conf", "ENV PIP_USER=1",
                           "ENV PIP_TARGET=/opt/packages", "RUN printf '[global]\\nuser = true\\n' > /etc/pip.conf", "ENV PIP_CONSTRAINT=constraints.txt"))


def sources(d):
    names = [n for n in d.files if re.search(r"requirements.*\.txt$", n)]
    if not names:
        return False
    d.files.setdefault("wheels/six-1.0-py3-none-any.whl", "")
    d.files.setdefault("index/six/index.html", "")
    name = d.random.choice(names)
    d.files[name] = d.pick("--index-url file:///app/index\n", "--extra-index-url file:///app/index\n", "-f wheels\n", "--find-links ./wheels\n",
                           "--find-links=file:///app/wheels\n", "-f links.html\n", "six @ file:///app/wheels/six-1.0-py3-none-any.whl\n") + d.files[name]
    d.files.setdefault("links.html", "")
    return True


def dotenv(d):
    d.files[".env"] = d.pick("PIPENV_VENV_IN_PROJECT=1\n", "HOST=x\n", "VIRTUAL_ENV=/opt/venv\n", "PYTHONUNBUFFERED=1\n")
    return True


def manifests(d):
    d.files.setdefault("gunicorn.conf.py", "bind = 'x'\n")
    copies = d.at(r"(COPY|ADD)\b")
    if not copies:
        return False
    at = d.random.choice(copies)
    names = [n for n in ("pyproject.toml", "poetry.lock", "uv.lock", "Pipfile", "requirements.txt") if n in d.files]
    if not names:
        return False
    d.instructions.insert(at, d.pick(f"COPY {' '.join(names)} gunicorn.conf.py ./", f"COPY . {names[0]} /app/", f"COPY {names[0]} ./",
                                     "# Application code (needed for the install)\nCOPY . .", f"COPY [\"{names[0]}\", \"./\"]"))
    return True


def bytecode(d):
    d.files["build.sh"] = "#!/bin/sh\npython -m compileall -b .\nfind . -name '*.py' -delete\n"
    return d.insert(d.pick("COPY build.sh /b/\nRUN sh /b/build.sh", "RUN python -m compileall -b . && find /nowhere -name '*.py' -delete || true"))


# ---- an environment that has the packages, and is not on PATH
DJANGO_MAIN = "import sys\ndef main():\n    from django.core.management import execute_from_command_line\nmain()\n"


class Outside:
    """A Dockerfile made anew: packages go into one environment, which the start finds or does not. OUTSIDE=1: every repository has one."""

    TOOLS = {"uv": ["RUN pip install uv", "COPY --from=ghcr.io/astral-sh/uv:latest /uv /uvx /bin/"],
             "poetry": ["RUN pip install poetry", "RUN python3 -m venv /opt/poetry && /opt/poetry/bin/pip install poetry && ln -s /opt/poetry/bin/poetry /usr/local/bin/poetry",
                        "RUN python3 -m venv /opt/poetry && /opt/poetry/bin/pip install poetry\nENV PATH=/opt/poetry/bin:$PATH"],
             "pipenv": ["RUN pip install pipenv", "RUN python -m pip install --no-cache-dir pipenv"], "pip": [""]}

    def __init__(self, draft):
        self.draft, self.files, self.pick, self.random = draft, draft.files, draft.pick, draft.random
        self.tool = self.pick("uv", "uv", "poetry", "pip", "pip", "pipenv")
        self.folder = self.pick("/app", "/app", "/srv/code")
        self.base = self.pick("python:3.11-slim", "python:3.12-slim", "python:3.12-slim", "debian:12-slim") if self.tool == "pip" else self.pick("python:3.12-slim", "python:3.11")

    def chance(self, probability):
        return self.random.random() < probability

    def text(self):
        files, staged = self.files, self.chance(.35)
        self.packages = self.random.sample(["flask", "gunicorn", "celery", "uvicorn", "django", "rich"], 3)
        listed = ", ".join(f'"{p}"' for p in self.packages)
        files["pyproject.toml"] = f'[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = [{listed}]\n' + self.pick(
            "", "", '[project.scripts]\nshop = "app:main"\n', "[tool.uv]\npackage = false\n")
        files["app.py"] = self.pick("", "#!/usr/bin/env python3\n") + f"import {self.pick(*self.packages, 'sys')}\n"
        files["requirements.txt"] = "".join(p + "\n" for p in self.packages)
        files["Pipfile"] = "[packages]\n" + "".join(f'{p} = "*"\n' for p in self.packages)
        files.update({"Pipfile.lock": "{}\n", "uv.lock": "version = 1\n", "poetry.lock": "\n", "manage.py": self.pick("import django\n", "import sys\n", DJANGO_MAIN)})
        if self.chance(.8):
            files[".dockerignore"] = ".venv\n.git\n"
        if self.tool != "poetry" or self.chance(.5):
            files.pop("poetry.toml", None)
        lines = [f"FROM {self.base}" + (" AS builder" if staged else "")] + self.prepared()
        lines += [f"WORKDIR {self.folder}", self.pick("COPY . .", f"COPY {self.manifests()} ./", f"COPY {self.manifests()} ./")]
        lines += self.beside(.15) + self.installed()
        if staged:
            lines += [self.pick(f"FROM {self.base}", f"FROM {self.base} AS final", "FROM builder")]
            if "builder" not in lines[-1]:
                lines += [self.apt()] + self.beside(.3) + [f"WORKDIR {self.folder}", self.pick(
                    f"COPY --from=builder {self.path} {self.path}", f"COPY --from=builder --chown=1000:1000 {self.path} {self.path}",
                    f"COPY --from=builder {self.folder} {self.folder}")]
        lines += self.beside(.25) + ["COPY . ."] + self.behind() + self.beside(.2) + self.started()
        self.services()
        return "\n".join(line for line in lines if line) + "\n"

    def manifests(self):
        return {"uv": "pyproject.toml uv.lock", "poetry": "pyproject.toml poetry.lock", "pip": "requirements.txt", "pipenv": "Pipfile Pipfile.lock"}[self.tool]

    def apt(self):
        return "RUN apt-get update && apt-get install -y python3 python3-venv" if self.base.startswith("debian") else ""

    def prepared(self):
        """the tool, and where it is told to install"""
        self.path = self.folder + "/.venv"
        lines = [self.apt(), self.pick(*self.TOOLS[self.tool])]
        if self.tool == "poetry":
            lines += [self.pick("ENV POETRY_VIRTUALENVS_IN_PROJECT=1", "RUN poetry config virtualenvs.in-project true", "ENV POETRY_VIRTUALENVS_IN_PROJECT=true POETRY_NO_INTERACTION=1")]
        elif self.tool == "pipenv":
            lines += ["ENV PIPENV_VENV_IN_PROJECT=1"]
        elif self.tool == "uv" and self.chance(.35):
            self.path = "/opt/venv"
            lines += ["ENV UV_PROJECT_ENVIRONMENT=/opt/venv"]
        elif self.tool == "pip":
            self.path = self.pick("/opt/venv", "/venv", self.folder + "/venv", self.folder + "/.venv")
        return lines + ([self.pick("ENV UV_SYSTEM_PYTHON=1", "ENV UV_LINK_MODE=copy", "ENV PYTHONUNBUFFERED=1", "ENV PIP_NO_CACHE_DIR=1")] if self.chance(.2) else [])

    def installed(self):
        p = self.path
        if self.tool == "uv":
            plain = [f"RUN uv sync{o}" for o in (" --frozen", "", " --no-dev", " --frozen --no-install-project", " --inexact")]
            return self.pick(*[[line] for line in plain], [f"RUN uv venv {p}", f"RUN VIRTUAL_ENV={p} uv pip install -r pyproject.toml"],
                             [f"RUN uv venv {p} && uv pip install --python {p} flask gunicorn"], [f"RUN uv venv {p}", f"RUN uv pip install --python {p}/bin/python flask"])
        if self.tool == "poetry":
            return [self.pick("RUN poetry install --no-root", "RUN poetry install --only main --no-root", "RUN poetry install", "RUN poetry sync --no-root")]
        if self.tool == "pipenv":
            return [self.pick("RUN pipenv install --deploy", "RUN pipenv sync", "RUN pipenv install")]
        make = self.pick(f"python3 -m venv {p}", f"python3 -m venv --system-site-packages {p}", f"python3 -m venv {p}")
        fill = self.pick(f"{p}/bin/pip install -r requirements.txt", f"{p}/bin/python -m pip install -r requirements.txt", f". {p}/bin/activate && pip install -r requirements.txt",
                         f"{p}/bin/pip install --no-cache-dir -q -r requirements.txt")
        return self.pick([f"RUN {make}", f"RUN {fill}"], [f"RUN {make} && {fill}"], [f"RUN {make} && \\\n    {fill}"])

    def beside(self, probability):
        """what the system's Python has or may have, and who uses it"""
        if not self.chance(probability):
            return []
        p = self.pick("requests", "numpy", "click", "gunicorn", "flask")
        self.files["tool.sh"] = f"#!/bin/sh\npython3 -c 'import {p}'\n"
        return [self.pick(
            f"RUN pip install {p}", f"RUN apt-get update && apt-get install -y python3-{p}", f"RUN pip install --user {p}", "RUN pip install --upgrade pip setuptools",
            f"RUN pip install black {p}", f"RUN python3 -m pip install --target /opt/packages {p}\nENV PYTHONPATH=/opt/packages", "RUN python3 -m venv /opt/tools && /opt/tools/bin/pip install black",
            f"RUN pip install {p}\nRUN printf '#!/usr/bin/env python3\\nimport {p}\\n' > /usr/local/bin/tool && chmod +x /usr/local/bin/tool",
            f"RUN apt-get update && apt-get install -y python3 python3-{p}\nCOPY tool.sh /usr/local/bin/tool\nRUN sh /usr/local/bin/tool || true",
            f"RUN uv pip install --system {p} || pip install {p}", "RUN useradd -m app", "ENV PATH=/root/.local/bin:$PATH", f"ENV PATH=$PATH:{self.path}/bin", f"ENV VIRTUAL_ENV={self.path}",
            f"ENV PATH={self.path}/bin:$PATH", "ENV PATH=/usr/local/bin:/usr/bin:/bin", "ENV PYTHONPATH=/app", f"ENV PYTHONPATH={self.path}")]

    def behind(self):
        """build steps behind the install"""
        p, some = self.path, self.pick(*self.packages)
        listed = ["python manage.py collectstatic", "python3 -c 'import sys'", f"{p}/bin/python -m compileall .", "command -v python", "python -m pip list", f"pip install {some}",
                  "pip --version", f"uv pip install {some} || true", f"uv pip install --system {some} || true", "poetry run python app.py || true", "uv run python app.py || true",
                  "python -m venv /opt/other", f"ln -s {p}/bin/gunicorn /usr/local/bin/gunicorn", f"echo 'export PATH={p}/bin:$PATH' >> /etc/profile", f"echo '. {p}/bin/activate' >> /root/.bashrc",
                  f"echo 'source {p}/bin/activate' >> ~/.bashrc", "chmod +x app.py", "python app.py || true", "pip install -e . || true", "[ -z \"$VIRTUAL_ENV\" ] || exit 3", "python3 -m compileall -q .",
                  f"rm -rf {p}/lib/fakepkgs/pip", "pipenv run python app.py || true", f"pip install -r requirements.txt -t {p}/more || true", "python -m ensurepip", f"test -n \"$PATH\" && {p}/bin/pip install rich",
                  f"chown -R 1000 {p}", "virtualenv --version || true", "poetry install --no-root || true", "uv sync || true", "pip freeze && env", "pipenv install --system || true",
                  "pipenv install || true", "gunicorn --version || true", "command -v flask || true", "python - < /dev/null", "sh -c 'python3 app.py' || true"]
        lines = [f"RUN {self.pick(*listed)}" for _ in range(self.pick(0, 0, 1, 1, 2))]
        return lines + (["USER 1000"] if self.chance(.1) else [])

    def start(self):
        p, some = self.path, self.pick(*self.packages)
        return self.pick(
            '["python", "app.py"]', '["python3", "app.py"]', "python app.py", "exec python -u app.py", '["gunicorn", "app:app"]', "flask run", '["python", "-m", "flask", "run"]', '["python", "-m", "http.server"]',
            f'["{p}/bin/python", "app.py"]', f"{p}/bin/gunicorn app:app", f"{p}/bin/python app.py && python app.py", "uv run app.py", '["uv", "run", "python", "app.py"]', "poetry run python app.py", "pipenv run python app.py",
            f'["python", "-c", "import {some}"]', "python -c pass", "./app.py", '["sh", "-c", "python app.py"]', f'["bash", "-c", "source {p}/bin/activate && python app.py"]', "PATH=/usr/local/bin:/usr/bin:/bin python3 app.py",
            f"PATH={p}/bin:$PATH python app.py", f"env PATH={p}/bin:/usr/bin:/bin python3 app.py", "/usr/local/bin/python app.py", "/usr/bin/python3 -c pass", "tool", '["bash"]', "celery -A app worker", "python manage.py runserver",
            f"cd / && python {self.folder}/app.py", "python missing.py", "shop", "bash -lc 'python app.py'", "python app.py --port $PORT", '["python", "-m", "app"]', "pip list", "python -m pip list", "pip install -r requirements.txt && python app.py", "uv pip install --system rich && python app.py",
            f"pip install requests && python -c 'import requests'")

    def started(self):
        p, lines = self.path, []
        if self.chance(.3):
            lines += [f"HEALTHCHECK CMD {self.start()}"]
        if self.chance(.3):
            self.files["start.sh"] = self.pick("#!/bin/sh\n", "#!/bin/bash\nset -e\n") + self.pick(
                f". {p}/bin/activate\n", f"export PATH={p}/bin:$PATH\n", "", "python manage.py migrate\n", "python3 -c 'import sys'\n", "pip install -r requirements.txt\n", "pip install requests && python -c 'import requests'\n", f"if [ -f {p}/bin/activate ]; then . {p}/bin/activate; fi\n",
                "[ -n \"$VIRTUAL_ENV\" ] && echo active\n", f"{p}/bin/python manage.py migrate\n", f". {p}/bin/activate\npython manage.py migrate\ndeactivate\n") + self.pick('exec "$@"\n', '"$@"\n', "exec python app.py\n")
            lines += ["COPY start.sh /start.sh", "RUN chmod +x /start.sh", 'ENTRYPOINT ["/start.sh"]']
        return lines + ([f"CMD {self.start()}"] if self.chance(.9) else [])

    def services(self):
        if self.chance(.3):
            for path in [f for f in self.files if re.search(r"compose.*\.ya?ml$", f)]:
                del self.files[path]
            build = "." if self.draft.path == "Dockerfile" else f"{{context: ., dockerfile: {self.draft.path}}}"
            worker = self.start()
            worker = worker if worker.startswith("[") else f"'{worker}'" if "'" not in worker else f'"{worker}"'
            self.files["compose.yaml"] = f"services:\n  worker:\n    build: {build}\n    command: {worker}\n" + self.pick(
                "", "", f"    working_dir: {self.folder}\n", "    environment:\n      PATH: /usr/local/bin:/usr/bin:/bin\n", f"    environment:\n      - VIRTUAL_ENV={self.path}\n",
                "    healthcheck:\n      test: [CMD, python, app.py]\n", "    entrypoint: []\n", '    user: "1000"\n')


def outside(d):
    d.instructions = Draft.split(Outside(d).text())
    d.eol = "\n"


# ---- comments, ignore files, several Dockerfiles
def comments(d):
    froms = d.at(r"FROM\b")
    if not froms:
        return False
    at = d.random.choice(froms)
    d.instructions[at] = d.pick("#####\n# {}\n#####\n", "# {}\n") .format(d.pick("Base", "Stage")) + d.instructions[at] + d.pick("\n# FROM python:3.9", "\n#####", "\n# note")
    return True


def ignores(d):
    d.files[".dockerignore"] = d.pick("**\n!src/**\n!requirements.txt\n!app.py\n", "*\n!app.py\n!requirements*.txt\n!src\n", "# caches\n**/venv\n\n# docs\n*.md\n",
                                      "*\n!.venv\n!app.py\n!requirements.txt\n", "**/__pycache__\n.git", "!.venv\n", "\\#x\n!v\n")
    return True


def twins(d):
    other = d.pick("Dockerfile.dev", "Dockerfile.test", "tests/data/Dockerfile", "fixtures/Dockerfile")
    d.done()
    d.files.setdefault(other, d.files[d.path])
    return True


SHAPES = [(opened, 3), (opened_by_a_stage, 2), (packages_by_apt, 1), (readers, 1.5), (read_by_a_stage, 1.5), (activations, 5), (starts, 3), (tool_environment, 2),
          (no_op, 2), (settings, 1.5), (sources, 1.5), (dotenv, .7), (manifests, 2), (bytecode, .5), (comments, 1), (ignores, 1.5), (twins, 1)]


def gen(seed):
    files = {path: content.decode("latin1") for path, content in LAB(seed).items()}
    rng = random.Random(f"shapes {seed}")
    paths = [p for p in files if re.search(r"(^|[./])([Dd]ocker|[Cc]ontainer)file", p) and not p.endswith("ignore")]
    if paths:
        draft = Draft(files, rng.choice(paths), rng)
        own = random.Random(f"outside {seed}")
        if own.random() < float(os.environ.get("OUTSIDE", .3)):
            draft.random = own
            outside(draft)
            draft.done()
            draft.random = rng
        for _ in range(rng.choice([1, 1, 2, 3])):
            for _ in range(8):
                shape = rng.choices([s for s, _ in SHAPES], [w for _, w in SHAPES])[0]
                if shape(draft):
                    break
        draft.done()
    return {path: content.encode("latin1") for path, content in files.items()}


if __name__ == "__main__":
    for name, content in gen(int(sys.argv[1])).items():
        print(f"=== {name}\n{content.decode('latin1')}")
