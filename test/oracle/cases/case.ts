// What a kept case is: a Dockerfile, why it is tricky, and what the build is given.

/** A text and how often it stands there. */
export type Part = readonly [text: string, times: number];

export interface Case {
  readonly name: string;
  /** The file; Unicode text, sent as UTF-8. */
  readonly text?: string;
  /** Instead of `text`, for files too long to be kept in full; their answer is kept without texts. */
  readonly parts?: readonly Part[];
  readonly args?: Readonly<Record<string, string>>;
  readonly baseEnv?: readonly string[];
}

/** Cases of one topic from `name -> text`; the topic goes in front of each name. */
export function cases(topic: string, texts: Readonly<Record<string, string>>): Case[] {
  return Object.entries(texts).map(([name, text]) => ({ name: `${topic}: ${name}`, text }));
}

/** The whole file of a case. */
export function textOfCase(c: Pick<Case, 'text' | 'parts'>): string {
  return c.text ?? (c.parts ?? []).map(([text, times]) => text.repeat(times)).join('');
}
