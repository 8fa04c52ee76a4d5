// Installers on the web that are known to look at nothing in the working folder and to bring one tool of their own.

const KNOWN = [
  /^https:\/\/astral\.sh\/(uv|ruff)\/([\d.]+\/)?install\.sh$/,
  /^https:\/\/github\.com\/astral-sh\/uv\/releases\/(latest\/download|download\/[\w.]+)\/uv-installer\.sh$/,
  /^https:\/\/install\.python-poetry\.org\/?$/,
  /^https:\/\/raw\.githubusercontent\.com\/(python-poetry|sdispater)\/(poetry|install\.python-poetry\.org)\/[\w./-]+\/(get|install)-poetry\.py$/,
  /^https:\/\/(pdm-project\.org|pdm\.fming\.dev)\/install-pdm\.py$/,
  /^https:\/\/raw\.githubusercontent\.com\/pdm-project\/pdm\/[\w./-]+\/install-pdm\.py$/,
  /^https:\/\/sh\.rustup\.rs\/?$/,
  /^https:\/\/(deb|rpm)\.nodesource\.com\/setup_[\w.]+$/,
];

/** Is the address that of such an installer? */
export const isKnownScript = (url: string): boolean => KNOWN.some((known) => known.test(url));
