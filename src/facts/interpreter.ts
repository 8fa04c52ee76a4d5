// Which Python runs, or which is installed into.

/** 'system', 'env:/opt/venv', 'elsewhere:...' (pipx, --target, another tool's own place) or 'unknown:cause'. */
export type Interpreter = string;

export const envInterpreter = (path: string): Interpreter => `env:${path}`;
export const envPathOf = (interpreter: Interpreter): string | undefined =>
  interpreter.startsWith('env:') ? interpreter.slice(4) : undefined;
