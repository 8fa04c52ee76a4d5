// The options that pip (of any year) and uv know inside a requirements file, and the word splitting that Python's shlex does.

/** Options that take a value. Source: the option parser of pip's requirements files, 9 to 26, and uv's. */
export const VALUE_OPTIONS: ReadonlySet<string> = new Set([
  ...['-r', '--requirement', '--requirements', '-c', '--constraint', '--constraints', '-e', '--editable'],
  ...['-f', '--find-links', '-i', '--index-url', '--pypi-url', '--extra-index-url', '--trusted-host'],
  ...['--no-binary', '--only-binary', '--all-releases', '--only-final', '--use-feature', '--hash'],
  ...['-C', '--config-settings', '--config-setting', '--global-option', '--install-option'],
  ...['--allow-external', '--allow-unverified'],
]);

/** Options without a value. */
export const FLAG_OPTIONS: ReadonlySet<string> = new Set([
  ...['--no-index', '--pre', '--prefer-binary', '--require-hashes', '--no-require-hashes'],
  ...['--always-unzip', '-Z', '--use-wheel', '--no-use-wheel', '--process-dependency-links', '--allow-all-external'],
]);

/** Python's shlex.split; undefined where a quote or a final backslash has no partner. */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string[] | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === ' ' || char === '\t' || char === '\r' || char === '\n') {
      if (word !== undefined) words.push(word.join(''));
      word = undefined;
      continue;
    }
    word ??= [];
    if (char === '\\') {
      if (at + 1 >= text.length) return undefined;
      word.push(text[++at]!);
    } else if (char === "'" || char === '"') {
      let closed = false;
      for (at++; at < text.length; at++) {
        const inner = text[at]!;
        if (inner === char) {
          closed = true;
          break;
        }
        const escapes = char === '"' && inner === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\');
        word.push(escapes ? text[++at]! : inner);
      }
      if (!closed) return undefined;
    } else {
      word.push(char);
    }
  }
  if (word !== undefined) words.push(word.join(''));
  return words;
}
