// Distributions that are tools: pip itself, the installers, and what stands beside them.
import { wordSet } from '../../text/wordSet.ts';

/** Tools that are called by their own script, whose first line is absolute: where they stand does not matter to a program. */
export const TOOL_DISTRIBUTIONS =
  wordSet(`pip wheel virtualenv uv poetry poetry-core poetry-plugin-export poetry-dynamic-versioning pipenv pdm pipx pip-tools hatch tox nox rye build twine setuptools-scm
virtualenvwrapper pyenv cython-lint pre-commit supervisor`);

/** Are there names, and of tools alone? */
export const areTools = (names: readonly string[] | undefined): boolean =>
  names !== undefined && names.length > 0 && names.every((n) => TOOL_DISTRIBUTIONS.has(n));
