// Splits a compose command in string form into words, as compose does before it reaches the engine.

/**
 * The words of `command: TEXT`; undefined where compose rejects the text. Source: go-shellwords as compose-go uses it: no
 * expansion; an unquoted `;`, `&`, `|`, `<` or `>` ends the command, what follows is dropped in silence.
 */
export function commandWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string[] = [];
  let got = false;
  let escaped = false;
  let quote: '' | '"' | "'" = '';
  let backtick = false;
  let substitution = false;
  let last = '';
  const add = (character: string): void => {
    word.push(character);
    last = character;
  };
  for (const character of text) {
    if (escaped) {
      add(character);
      escaped = false;
      got = true;
      continue;
    }
    if (character === '\\') {
      if (quote === "'") add(character);
      else escaped = true;
      continue;
    }
    if (character === ' ' || character === '\t' || character === '\r' || character === '\n') {
      if (quote !== '' || backtick || substitution) add(character);
      else if (got) {
        words.push(word.join(''));
        word = [];
        last = '';
        got = false;
      }
      continue;
    }
    if (character === '`') {
      if (quote === '' && !substitution) backtick = !backtick;
    } else if (character === ')') {
      if (quote === '' && !backtick) substitution = !substitution;
    } else if (character === '(') {
      if (quote === '' && !backtick) {
        if (substitution || last !== '$') return undefined;
        substitution = true;
        add(character);
        continue;
      }
    } else if (character === '"' && quote !== "'" && !substitution) {
      if (quote === '"') got = true;
      quote = quote === '"' ? '' : '"';
      continue;
    } else if (character === "'" && quote !== '"' && !substitution) {
      if (quote === "'") got = true;
      quote = quote === "'" ? '' : "'";
      continue;
    } else if (';&|<>'.includes(character) && quote === '' && !backtick && !substitution) {
      // `2>x`: the digit belongs to the redirection.
      if (character === '>' && /^[0-9]/.test(word[0] ?? '')) got = false;
      break;
    }
    got = true;
    add(character);
  }
  if (escaped || quote !== '' || backtick || substitution) return undefined;
  if (got) words.push(word.join(''));
  return words;
}
