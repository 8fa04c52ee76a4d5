// The command by which a fix makes an environment.

/** What makes the environment at `path`. */
export const createCommand = (path: string): string => `python3 -m venv ${path}`;
