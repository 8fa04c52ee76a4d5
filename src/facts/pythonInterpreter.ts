// Which Python runs, or which is installed into.

/** 'system', 'env:/opt/venv', 'elsewhere:...' (pipx, --target, another tool's own place) or 'unknown:cause'. */
export type PythonInterpreter = string;

export const envInterpreter = (path: string): PythonInterpreter => `env:${path}`;
export const envPathOf = (interpreter: PythonInterpreter): string | undefined =>
  interpreter.startsWith('env:') ? interpreter.slice(4) : undefined;
