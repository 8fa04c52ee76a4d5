// Rows of split-dependency-copy: what the words of a command between the code and an install say.

import { lines, type Row } from './row.ts';

const id = 'split-dependency-copy';
const CODE = { 'requirements.txt': 'flask\n', 'main.py': '' };
const image = (...steps: readonly string[]): string => lines('FROM python:3.12-slim', 'WORKDIR /app', ...steps);

/** A RUN between the code and the install that keeps the code where it is. */
const held = (name: string, run: string, why: string): Row => ({
  name,
  id,
  files: { Dockerfile: image('COPY . .', `RUN ${run}`, 'RUN pip install -r requirements.txt'), ...CODE },
  findings: [`Dockerfile:3:1 Left as it is: ${why}`],
});

/** One that does not. */
const passes = (name: string, run: string): Row => ({
  name,
  id,
  files: { Dockerfile: image('COPY . .', `RUN ${run}`, 'RUN pip install -r requirements.txt'), ...CODE },
  after: {
    Dockerfile: image('COPY requirements.txt .', `RUN ${run}`, 'RUN pip install -r requirements.txt', 'COPY . .'),
  },
});

/** The same with the code in the home of a user that is made in between. */
const passesAtHome = (name: string, run: string): Row => {
  const home = (...steps: readonly string[]): string => image(...steps).replace('/app', '/home/web');
  return {
    name,
    id,
    files: { Dockerfile: home('COPY . .', `RUN ${run}`, 'RUN pip install -r requirements.txt'), ...CODE },
    after: {
      Dockerfile: home('COPY requirements.txt .', `RUN ${run}`, 'RUN pip install -r requirements.txt', 'COPY . .'),
    },
  };
};

export const splitWords: readonly Row[] = [
  passes('an escaped star looks for no files', 'sed -i s/a\\*b/c/ /etc/fstab'),
  passes('env with nothing but values starts nothing', 'env LANG=C LC_ALL=C'),
  held('a wrapper with flags may do more', 'env -C /srv ./setup', '`env -C /srv ./setup` may need the code'),
  passes('an operand with slashes is no flag', 'cd /srv && rm -f old/app/main.py'),
  passes('an address in a flag is no file', 'gpg --keyserver=hkps://keys.example.com --refresh-keys'),
  passes('a setting of apt in two words may be a number', 'apt-get -o Acquire::Retries=3 update'),
  passes('a setting of apt behind a long flag may be a number', 'apt-get --option Acquire::Retries=3 update'),
  passes('an address of apk is no file', 'apk add -X https://packages.example.com/edge gdal'),
  passes('a redirection without a command may go elsewhere', '> /var/log/start.log'),
  passes('sudo runs what comes behind it', 'sudo -E apt-get update'),
  held('sudo alone is not known', 'sudo', '`sudo` may need the code'),
  held(
    'sudo in another folder is not known',
    'cd /srv && sudo --chdir=/app rm main.py',
    '`sudo --chdir=/app rm main.py` may need the code',
  ),
  passes('a flag of the shell is no file', 'hash -r && date -u > /etc/built'),
  held('date may read a file', 'date -r main.py', '`date -r main.py` may need the code'),
  passes('the libraries of the system are elsewhere', 'ldconfig'),
  held(
    'sed may read its script from the code',
    'sed -i -f edit.sed /etc/hosts',
    '`sed -i -f edit.sed /etc/hosts` may need the code',
  ),
  held(
    'awk may read its script from the code',
    'awk -f report.awk /etc/passwd',
    '`awk -f report.awk /etc/passwd` may need the code',
  ),
  passes('find without tests looks at its folder alone', 'find /srv'),
  held(
    'find may run a command of the code',
    'find /srv -exec rm {} + -exec ./use {} +',
    '`find /srv -exec rm {} + -exec ./use {} +` may need the code',
  ),
  passes('settings of git for all projects are elsewhere', 'git config --global core.pager cat'),
  passes('corepack with a name needs no project', 'corepack enable && corepack prepare pnpm@8.15.0 --activate'),
  held(
    'corepack without a name takes the one of the project',
    'corepack prepare --activate',
    '`corepack prepare --activate` may need the code',
  ),
  passes('dpkg is asked for its architecture', 'dpkg --add-architecture i386 && dpkg --print-architecture'),
  passes('a key comes out of a pipe', 'curl -fsSL https://keys.example.com/key.gpg | apt-key add -'),
  passes('a key comes from a server', 'apt-key adv --keyserver hkp://keys.example.com --recv-keys 0123ABCD'),
  passes('npm installs a program for all', 'npm install -g yarn@1.22.22'),
  passes(
    'wget writes into a pipe',
    'wget -qO- https://keys.example.com/key.gpg | gpg --dearmor > /usr/share/keyrings/a.gpg',
  ),
  passes('curl writes into a pipe', 'curl -fsSL -o - https://keys.example.com/key.gpg > /etc/apt/a.gpg'),
  held(
    'wget names its file in one word',
    'cd /srv && wget -qO/app/a https://files.example.com/',
    '`wget -qO/app/a https://files.example.com/` writes a file where the code is copied',
  ),
  held(
    'curl names its file in one word',
    'cd /srv && curl -so/app/a https://files.example.com/',
    '`curl -so/app/a https://files.example.com/` writes a file where the code is copied',
  ),
  held('a shell may read a name as a command', 'echo https://astral.sh/uv/install.sh | sh', '`sh` may need the code'),
  passesAtHome('a user gets the home of a flag', 'useradd --home-dir=/srv/web web'),
  passesAtHome('a user may get no home', 'useradd -M web'),
  held(
    'curl writes its files to a folder',
    'cd /srv && curl --output-dir /app -O https://files.example.com/a',
    '`curl --output-dir /app -O https://files.example.com/a` w' + 'rites a file where the code is copied',
  ),
  {
    name: 'the script of an environment that is known reads no code',
    id,
    files: {
      Dockerfile: image(
        'RUN python -m venv /opt/venv',
        'COPY . .',
        'RUN . /opt/venv/bin/activate && pip install -r requirements.txt',
      ),
      ...CODE,
    },
    after: {
      Dockerfile: image(
        'RUN python -m venv /opt/venv',
        'COPY requirements.txt .',
        'RUN . /opt/venv/bin/activate && pip install -r requirements.txt',
        'COPY . .',
      ),
    },
  },
];
