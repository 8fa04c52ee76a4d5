// Activations of conda and pyenv: which fail, which end, and who runs without them.

import { lines, type Row } from './row.ts';

const MINICONDA = 'FROM continuumio/miniconda3';
const CREATE = 'RUN conda create -n shop python=3.12 flask';
const START = 'CMD ["python", "app.py"]';
const id = 'activate-to-env';

const said = (name: string, finding: string, ...file: readonly string[]): Row => ({
  name,
  id,
  files: { Dockerfile: lines(...file) },
  findings: [finding],
});

const silent = (name: string, ...file: readonly string[]): Row => ({ name, id, files: { Dockerfile: lines(...file) } });

const fails: readonly Row[] = [
  said(
    'conda activate in a plain shell ends the build',
    'Dockerfile:3:1 broken: `conda activate shop` fails, and the image does not build',
    MINICONDA,
    CREATE,
    'RUN conda activate shop',
    START,
  ),
  said(
    'conda init before it prepares other shells',
    'Dockerfile:5:1 broken: `conda activate shop` fails',
    MINICONDA,
    CREATE,
    'SHELL ["/bin/bash", "-c"]',
    'RUN conda init bash',
    'RUN conda activate shop && pip install .',
    START,
  ),
  said(
    'a CMD that activates does not start',
    'Dockerfile:3:1 broken: `conda activate shop` fails, and the container does not start',
    MINICONDA,
    CREATE,
    'CMD conda activate shop && python app.py',
  ),
  said(
    "dash has no source for conda's script",
    'Dockerfile:3:1 broken: `source activate shop` fails, and the image does not build: /bin/sh is dash',
    MINICONDA,
    CREATE,
    'RUN source activate shop && pip install .',
    START,
  ),
  said(
    'pyenv activate in a plain shell ends the build',
    'Dockerfile:3:1 broken: `pyenv activate shop` fails',
    'FROM ubuntu:22.04',
    'ENV PATH=/root/.pyenv/shims:/root/.pyenv/bin:$PATH',
    'RUN pyenv activate shop && pip install flask',
    START,
  ),
];

const ends: readonly Row[] = [
  said(
    'an activation that is prepared holds for its own line',
    'Dockerfile:3:1 fragile: `conda activate shop` holds for its own line alone; `python app.py` (line 4) runs outside of shop',
    MINICONDA,
    CREATE,
    'RUN . /opt/conda/etc/profile.d/conda.sh && conda activate shop && pip install flask',
    START,
  ),
  said(
    'behind a semicolon the step goes on without it',
    'Dockerfile:3:1 fragile: `conda activate shop` holds for its own line alone (and',
    'FROM rapidsai/base',
    'ENV A=1',
    'RUN conda activate shop; pip install flask',
    'ENTRYPOINT ["python", "app.py"]',
  ),
  said(
    'of an unknown image it is said what may fail',
    'Dockerfile:3:1 fragile: `source activate shop` holds for its own line, where nothing runs behind it (and may fail: /bin/sh is dash in many images, which has no `source`)',
    'FROM rapidsai/base',
    'ENV A=1',
    'RUN source activate shop',
    'ENTRYPOINT ["app"]',
  ),
  said(
    'the way out names the root of pyenv',
    'Dockerfile:4:1 Write `ENV PATH=$PYENV_ROOT/versions/shop/bin:$PATH`, or `pyenv global shop`',
    'FROM ubuntu:22.04',
    'ENV PYENV_ROOT=/opt/pyenv',
    'ENV PATH=$PYENV_ROOT/shims:$PYENV_ROOT/bin:$PATH',
    'RUN eval "$(pyenv init -)" && pyenv activate shop',
    START,
  ),
  said(
    "an ENTRYPOINT takes the place of micromamba's own",
    'Dockerfile:3:1 fragile: This ENTRYPOINT takes the place of `_entrypoint.sh` of mambaorg/micromamba:2 (line 1)',
    'FROM mambaorg/micromamba:2',
    'RUN micromamba install -y -n base python=3.12',
    'ENTRYPOINT ["python", "app.py"]',
  ),
];

const rest: readonly Row[] = [
  silent(
    'with ENV PATH it is there for all',
    MINICONDA,
    CREATE,
    'ENV PATH=/opt/conda/envs/shop/bin:$PATH',
    'RUN . /opt/conda/etc/profile.d/conda.sh && conda activate shop && pip install flask',
    START,
  ),
  silent(
    'conda run starts it inside',
    MINICONDA,
    CREATE,
    'RUN . /opt/conda/etc/profile.d/conda.sh && conda activate shop && pip install flask',
    'CMD ["conda", "run", "-n", "shop", "python", "app.py"]',
  ),
  silent(
    'a shell of conda run needs no activation',
    MINICONDA,
    CREATE,
    'SHELL ["conda", "run", "-n", "shop", "/bin/bash", "-c"]',
    'RUN pip install flask',
    'CMD ["conda", "run", "-n", "shop", "python", "app.py"]',
  ),
  silent(
    'a login shell is prepared',
    MINICONDA,
    CREATE,
    'SHELL ["/bin/bash", "--login", "-c"]',
    'RUN conda activate shop && pip install flask',
    'CMD conda activate shop && python app.py',
  ),
  silent(
    'BASH_ENV prepares every bash',
    MINICONDA,
    CREATE,
    'SHELL ["/bin/bash", "-c"]',
    'ENV BASH_ENV=/root/.bashrc',
    'RUN conda activate shop && pip install flask',
    START,
  ),
  silent(
    'who answers the failure has another way',
    MINICONDA,
    CREATE,
    'RUN conda activate shop || true',
    'CMD ["/opt/conda/envs/shop/bin/python", "app.py"]',
  ),
  silent(
    'an entry script may activate it',
    MINICONDA,
    CREATE,
    'RUN . /opt/conda/etc/profile.d/conda.sh && conda activate shop && pip install flask',
    'ENTRYPOINT ["/entry.sh"]',
    START,
  ),
  silent(
    'the script of micromamba is kept',
    'FROM mambaorg/micromamba:2',
    'RUN micromamba install -y -n base python=3.12',
    'ENTRYPOINT ["/usr/local/bin/_entrypoint.sh", "python", "app.py"]',
  ),
  silent(
    'its own shell activates',
    'FROM mambaorg/micromamba:2',
    'ARG MAMBA_DOCKERFILE_ACTIVATE=1',
    'RUN micromamba activate shop && pip install flask',
    'CMD ["app"]',
  ),
];

export const hookActivationRows: readonly Row[] = [...fails, ...ends, ...rest];
