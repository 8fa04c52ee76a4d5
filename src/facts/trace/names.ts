// Closed lists: command names that are no Python, and what names of Python tools stand for.

import { wordSet } from '../../text/wordSet.ts';
import { installerNamed } from '../installers/index.ts';

/** Programs and shell builtins that run no Python and start nothing that we would have to follow. */
const NO_PYTHON = wordSet(`
: [ [[ alias basename bc bg break cat chgrp chmod chown cksum clear cmp comm continue cp crontab csplit curl cut date dd df diff diff3 dig
dir dirname du echo egrep expand export expr factor false fc fg fgrep file find fmt fold free getconf getent getopt getopts git grep groups gunzip
gzip hash head help history hostname iconv id install ip join jobs jq kill killall less let ln local locale locale-gen localedef localectl logger login ls lsattr
lsb_release lsof md5sum mkdir mkfifo mknod mktemp more mount mv nc netcat netstat nl nproc nslookup od openssl passwd paste patch pathchk ping pinky popd pr
print printenv printf ps pushd pwd read readarray readlink readonly realpath return rev rm rmdir route rsync scp sed seq set sha1sum sha224sum sha256sum
sha384sum sha512sum shift shopt shred shuf sleep sort split ss ssh ssh-add ssh-agent ssh-keygen ssh-keyscan stat strings strip stty sum sync sysctl
awk gawk mawk tac tail tar tee telnet test top touch tr trap true truncate tsort tty type typeset ulimit umask umount unalias uname unexpand uniq unlink unlzma unset unxz
unzip uptime users vdir vim vi nano wait wc wget which whereis who whoami xxd xz yes zcat zgrep zip zstd exit logout declare unrar 7z bzip2 bunzip2
adduser addgroup useradd usermod userdel groupadd groupmod groupdel deluser delgroup chpasswd chsh newgrp setcap getcap setfacl
apt apt-get apt-key apt-cache apt-mark add-apt-repository aptitude dpkg dpkg-reconfigure dpkg-query debconf-set-selections update-alternatives update-ca-certificates
update-locale ldconfig ldd apk yum dnf microdnf rpm zypper pacman tdnf gpg gpgconf dirmngr gosu-install tzdata systemctl service invoke-rc.d update-rc.d
npm npx node yarn pnpm corepack bun bower gulp nvm
gcc g++ cc c++ clang cpp ld ar ranlib cmake ninja autoconf automake aclocal libtoolize m4 pkg-config strip
go cargo rustc rustup java javac mvn gradle ruby gem bundle php composer perl cpan cpanm dotnet lua luarocks R Rscript
nginx httpd apache2 apachectl apache2ctl a2enmod a2dismod a2ensite a2dissite haproxy caddy traefik redis-server redis-cli mysqld mysql mysqladmin mysqldump mariadb
mysql_install_db postgres psql pg_dump pg_isready createdb createuser initdb pg_ctl mongod mongo mongosh memcached rabbitmq-server rabbitmqctl etcd consul vault sshd cron crond
rsyslogd syslogd varnishd squid tor docker dockerd kubectl helm terraform aws-iam-authenticator ffmpeg convert magick pdftotext tesseract wkhtmltopdf
chromium google-chrome chromedriver firefox geckodriver Xvfb sass tsc vite webpack hugo gettext msgfmt envsubst locale-check busybox ash-completion
dos2unix unix2dos iptables ip6tables tc modprobe sqlite3 sqlcmd exiftool graphviz dot latex pdflatex protoc-c bazel bats shellcheck
su-exec-install fc-cache update-mime-database cabextract p7zip upx ulimit times sleepenh inotifywait socat
`);

/** Modules that start something else: they are followed or unknown, never "no Python". */
export const runsNoPython = (name: string): boolean => NO_PYTHON.has(name);

/** `python`, `python3`, `python3.11`: with the version that the name fixes, where it does. */
export function pythonName(name: string): { kind: 'python' | 'pip'; version?: string } | undefined {
  const match = /^(python|pip)(\d(?:\.\d+)?)?$/.exec(name) ?? /^(pip)-(\d(?:\.\d+)?)$/.exec(name);
  if (!match) return undefined;
  return { kind: match[1] as 'python' | 'pip', ...(match[2] ? { version: match[2] } : {}) };
}

/** Names that are Python programs wherever they come from. */
export const PYTHON_PROGRAMS = wordSet(`
gunicorn uvicorn hypercorn daphne waitress-serve uwsgi celery flask django-admin django-admin.py alembic airflow superset jupyter jupyter-lab
jupyter-notebook ipython ipython3 pytest py.test tox nox mypy black flake8 pylint isort ruff coverage mkdocs sphinx-build scrapy streamlit chainlit fastapi dagster dbt
prefect mlflow rq rqworker dramatiq huey_consumer huey_consumer.py arq locust behave invoke fab cookiecutter easy_install pybabel pyinstaller twine
pip-compile pip-sync aws ansible ansible-playbook ansible-galaxy sanic litestar granian watchmedo watchfiles honcho bokeh voila panel gradio rasa spacy
torchrun accelerate deepspeed huggingface-cli cythonize f2py nuitka django-manage scons meson python-config python3-config
`);

/** Makers of environments and installers. */
export const isTool = (name: string): boolean =>
  (installerNamed(name)?.stands ?? 'in its target') === 'apart' ||
  /^(uvx|pipx|virtualenv|pyvenv(-[\d.]+)?)$/.test(name);
