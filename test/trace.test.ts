// The environment trace against what a real engine printed: test/kept/trace.json holds Dockerfiles whose last step prints the prefix
// of the Python (or of the pip) it runs, and those prints (Debian's Python 3.11, dash and bash).

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { imageFacts } from '../src/facts/image.ts';
import { isKnownScript } from '../src/facts/knownScripts.ts';
import { envPathOf, interpreterKey } from '../src/facts/pythonInterpreter.ts';
import { pythonWords } from '../src/facts/pythonWords.ts';
import { leftAlone } from '../src/facts/skippedFiles.ts';
import type { RunEvent } from '../src/facts/trace/events.ts';
import { traceOf } from '../src/facts/trace/trace.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';

interface Kept {
  readonly dockerfile: string;
  readonly prints: readonly string[];
  readonly builds: boolean;
}

const kept = JSON.parse(readFileSync(new URL('kept/trace.json', import.meta.url), 'utf8')) as Kept[];

function probes(text: string): RunEvent[] {
  const syntax = parseDockerfile(text);
  const image = imageFacts(syntax);
  const trace = traceOf({
    path: 'Dockerfile',
    syntax,
    image,
    readContext: () => undefined,
    ignored: () => false,
    holds: () => false,
    services: [],
    text,
  });
  const last = syntax.instructions.at(-1)!.index;
  return trace.events.filter(
    (e): e is RunEvent =>
      e.kind === 'run' && e.when === 'build' && e.instruction === last && /sys\.prefix|--version/.test(e.key),
  );
}

describe('the trace names the Python that a real engine ran', () => {
  expect(kept.filter((k) => k.prints.length > 0).length).toBeGreaterThan(80);
  for (const { dockerfile, prints } of kept) {
    test(dockerfile.split('\n').slice(2).join(' ').trim(), () => {
      const ours = probes(dockerfile).map((e) =>
        e.interpreter.kind === 'system' ? '/usr' : (envPathOf(e.interpreter) ?? interpreterKey(e.interpreter)),
      );
      // a probe before may print nothing (its output is thrown away); one after a failed command is not reached
      const seen =
        ours.length > prints.length && dockerfile.includes('>/dev/null')
          ? ours.slice(-prints.length)
          : ours.slice(0, prints.length);
      for (const [n, print] of prints.entries()) {
        // a loop or case may or may not have run: not knowing is right there, naming another one is not
        if (seen[n]?.startsWith('unknown:') && /\b(for|case)\b/.test(dockerfile)) continue;
        expect(seen[n]).toBe(print);
      }
    });
  }
});

describe('functions without end are not followed', () => {
  const events = (script: string) => {
    const text = `FROM python:3.12\nRUN <<EOF\n${script}\nEOF\nRUN pip install flask\n`;
    const syntax = parseDockerfile(text);
    const image = imageFacts(syntax);
    const trace = traceOf({
      path: 'Dockerfile',
      syntax,
      image,
      readContext: () => undefined,
      ignored: () => false,
      holds: () => false,
      services: [],
      text,
    });
    return trace.events.filter((e): e is RunEvent => e.kind === 'run').map(({ key, words }) => words[0] ?? key);
  };

  test('one that calls itself', () => {
    const seen = events('f() { if [ -n "$1" ]; then f a; f b; fi; python one.py; }\nf x');
    expect(seen).toContain('(a function that calls itself)');
    // Behind the install: what the base starts, and what `docker exec` does.
    expect(seen.slice(seen.indexOf('python'))).toEqual(['python', 'pip', 'python3', 'python']);
  });

  test('ones that multiply: the step, and what comes after it, may be anything', () => {
    const calls = (n: number) => `f${n}() { ${`f${n + 1}; `.repeat(9)}}`;
    const script = `${Array.from({ length: 12 }, (_, n) => calls(n)).join('\n')}\nf12() { python -c 1; }\nf0`;
    const seen = events(script);
    expect(seen.filter((word) => word === '(too much to follow)')).toHaveLength(2);
    expect(seen).not.toContain('pip');
  });
});

describe('options of python', () => {
  test.each([
    ['python -m venv x', { module: 'venv', rest: 3 }],
    ['python3 -mvenv x', { module: 'venv', rest: 2 }],
    ['python3 -Im venv x', { module: 'venv', rest: 3 }],
    ['python3 -sEmvenv x', { module: 'venv', rest: 2 }],
    ['python -X dev -W ignore -mpip install x', { module: 'pip', rest: 6 }],
    ['python -Xdev -Wignore -u app.py -m x', { rest: 4 }],
    ['python --check-hash-based-pycs always -m pip', { module: 'pip', rest: 5 }],
    ['python -c code -m x', { code: true, rest: 3 }],
    ['python -uccode -m x', { code: true, rest: 2 }],
    ['python - -m x', { rest: 1 }],
    ['python -m', { rest: 3 }],
    ['python', { rest: 1 }],
  ])('%s', (line, read) => {
    expect(pythonWords(line.split(' '))).toEqual(read);
  });
});

test('installers on the web are known by their whole address', () => {
  const known = [
    'https://astral.sh/uv/install.sh',
    'https://astral.sh/uv/0.5.1/install.sh',
    'https://install.python-poetry.org',
    'https://raw.githubusercontent.com/python-poetry/poetry/1.1.4/get-poetry.py',
    'https://raw.githubusercontent.com/sdispater/poetry/master/get-poetry.py',
    'https://raw.githubusercontent.com/python-poetry/install.python-poetry.org/main/install-poetry.py',
  ];
  const others = [
    'http://astral.sh/uv/install.sh',
    'https://astral.sh.example/uv/install.sh',
    'https://raw.githubusercontent.com/someone/poetry/master/get-poetry.py',
    'https://raw.githubusercontent.com/python-poetry/poetry/master/other.py',
    'https://install.python-poetry.org/x.sh',
  ];
  expect(known.filter((url) => !isKnownScript(url))).toEqual([]);
  expect(others.filter(isKnownScript)).toEqual([]);
});

describe('templates', () => {
  const why = (line: string) => {
    const text = `FROM python:3.12\n${line}\nUSER app\n`;
    return leftAlone('Dockerfile', text, { syntax: parseDockerfile(text) })?.message;
  };
  test.each([
    "RUN sed -i 's/{{0}}/1/' /x",
    'RUN sed -i "s/{{ VERSION }}/1.0/g" /x',
    "RUN awk '{{ print }}' /x",
    'RUN sed -i s/{{NAME}}/web/ /x',
    "RUN docker inspect --format '{{ .Id }}' x",
    'RUN docker ps --format {{.Names}}',
    "HEALTHCHECK CMD docker inspect -f '{{.State.Running}}' x",
    'COPY <<EOF /x\n{{ name }}\n{% if a %}\nEOF',
    'RUN <<EOF\ncat > /x <<E\n{{ name }}\nE\nEOF',
  ])('is none: %s', (line) => {
    expect(why(line)).toBeUndefined();
  });
  test.each([
    'RUN pip install {{ packages }}',
    "RUN echo 'a' && pip install {{ packages }}",
    'ENV A={{ a }}',
    'COPY {{ project }} /app',
    'LABEL a="{{ cookiecutter.name }}"',
    '{% if dev %}',
    'CMD ["{{ entry }}"]',
  ])('is one: %s', (line) => {
    expect(why(line)).toMatch(/^a template/);
  });
});

describe("the system's Python is open after what may write into it", () => {
  const heldBehind = (lines: string, holds: (path: string) => boolean = () => false) => {
    const text = `FROM python:3.12\n${lines}\n`;
    const syntax = parseDockerfile(text);
    const { stages } = traceOf({
      path: 'Dockerfile',
      syntax,
      image: imageFacts(syntax),
      readContext: () => undefined,
      ignored: () => false,
      holds,
      services: [],
      text,
    });
    return [...(stages[0]!.files.installs.get('system') ?? [])];
  };

  test.each([
    'RUN cp -r /tmp/libs/. /usr/local/',
    'RUN cp -rT /tmp/libs /usr/local',
    'RUN cp -t /usr/local/lib/python3.12/site-packages /tmp/six.py',
    'RUN mv /tmp/build/usr /',
    'RUN rsync -a /tmp/root/ /',
    'RUN ln -s /opt/six.py /usr/lib/python3/dist-packages/six.py',
    'RUN cd /usr/local && tar xzf /tmp/a.tar.gz',
    'RUN curl -L https://example.com/a.tgz | tar xz --directory /usr',
    'RUN unzip /tmp/a.zip -d /usr/local/lib/python3.12',
    'RUN curl -fsSLo /usr/local/lib/python3.12/site-packages/six.py https://example.com/six.py',
    'RUN cp /tmp/six.py "$(python -c "import site; print(site.getsitepackages()[0])")/"',
    'RUN echo /opt/libs | tee /usr/local/lib/python3.12/site-packages/libs.pth',
    'RUN bash -c "echo /opt/libs > /root/.local/lib/python3.12/site-packages/libs.pth"',
    'RUN dpkg --install /tmp/a.deb',
    'RUN dpkg -x /tmp/a.deb /',
    'RUN apt-get -o Acquire::Retries=3 install -y ./a.deb',
    'RUN /usr/bin/apt-get install -y $(cat /tmp/names)',
    'RUN xargs -a /tmp/names apt-get install -y',
    'RUN apt-get build-dep -y tool',
    'RUN cmake --install /src/build',
    'RUN curl -fsSL https://example.com/install.sh | sh',
    'RUN curl -fsSL https://example.com/install.py | python -',
    'RUN python -m spacy download en',
    'RUN --mount=type=cache,target=/usr/local/lib true',
    'COPY libs/ /usr/local/lib/python3.12/site-packages/',
    'COPY --from=example/libs /usr/local /usr/local',
    'ADD libs.tar.gz /usr/local/',
  ])('%s', (line) => {
    expect(heldBehind(line).filter((id) => id.startsWith('open:'))).not.toEqual([]);
  });

  test.each([
    'RUN apt-get install -y gcc=4:12.2.0-3 g++ libstdc++6',
    'RUN cp /tmp/app.conf /usr/local/etc/ && mv /tmp/go /usr/local/',
    'RUN cp /tmp/*.so /usr/local/lib/',
    'RUN tar -C /srv -xzf /tmp/a.tar.gz',
    'RUN curl -L https://go.dev/dl/go1.22.4.linux-amd64.tar.gz | tar -C /usr/local -xz',
    'RUN curl -fsSL https://deb.nodesource.com/setup_20.x | bash -',
    'RUN curl -Lo /usr/local/bin/tool https://example.com/tool && chmod +x /usr/local/bin/tool',
    'RUN ln -s /usr/bin/python3 /usr/local/bin/python3',
    'RUN git clone https://example.com/tool.git /usr/src/tool',
    'RUN echo a > /etc/app.conf',
    'RUN python -c "import flask; print(flask.__version__)"',
    'COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /uvx /bin/',
    'COPY --from=node:20 /usr/local/lib/node_modules /usr/local/lib/node_modules',
    'COPY . /',
  ])('not: %s', (line) => {
    expect(heldBehind(line)).toEqual([]);
  });

  test('a tree of the repository that holds libraries', () => {
    expect(heldBehind('COPY rootfs /', (path) => path === 'rootfs/usr/lib')).toEqual(['open:COPY rootfs /']);
  });

  test('an install into its own folders is one of its own', () => {
    expect(heldBehind('RUN pip install --prefix=/usr/local six')).toEqual(['pip install --prefix=/usr/local six#1']);
    expect(heldBehind('RUN pip install --user poetry')).toEqual(['tool:pip install --user poetry#1']);
    expect(heldBehind('RUN pip install --target /deps six')).toEqual([]);
  });
});
