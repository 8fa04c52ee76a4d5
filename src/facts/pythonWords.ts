// The options of a python command as CPython reads them: `-m venv`, `-mvenv`, `-Im venv`, `-sEmvenv`.

export interface PythonWords {
  /** What -m names. */
  readonly module?: string;
  /** It is given a program by -c. */
  readonly code?: true;
  /** Index of the first word behind the options, the module or the code; of the script where there is neither. */
  readonly rest: number;
}

/** `words`: python itself first. */
export function pythonWords(words: readonly string[]): PythonWords {
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--check-hash-based-pycs') i++;
    else if (word === '--') return { rest: i + 1 };
    if (word.startsWith('--')) continue;
    if (!word.startsWith('-') || word === '-') return { rest: i };
    for (let at = 1; at < word.length; at++) {
      const letter = word[at]!;
      const glued = word.slice(at + 1);
      if (letter === 'c') return { code: true, rest: i + (glued === '' ? 2 : 1) };
      if (letter === 'm') {
        const module = glued === '' ? words[i + 1] : glued;
        return { ...(module === undefined ? {} : { module }), rest: i + (glued === '' ? 2 : 1) };
      }
      if (letter !== 'W' && letter !== 'X') continue;
      if (glued === '') i++;
      break;
    }
  }
  return { rest: words.length };
}
