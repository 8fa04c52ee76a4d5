// The flags of pip, and of `uv pip`, that name where packages go.

export const namesPlace = (words: readonly string[]): boolean =>
  words.some((word) => /^(-t|--target|--prefix|--root$|--root=|--python$|--python=)/.test(word));
