// Reads configuration files as Python's configparser does: pip.conf, setup.cfg, pydistutils.cfg.

/** Section -> option -> value. Names in lower case; of an option that stands twice the last one counts. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Undefined where the text is no such file (configparser refuses it). Values may be symbolic; a name may not. */
export function parseIni(text: string): IniSections | undefined {
  const sections = new Map<string, Map<string, string>>();
  let options: Map<string, string> | undefined;
  let last: string | undefined;
  for (const line of text.replace(/^\xef\xbb\xbf/, '').split(/\r\n|\r|\n/)) {
    const plain = line.trim();
    if (plain === '' || /^[#;]/.test(plain)) continue;
    if (/^[ \t]/.test(line) && options !== undefined && last !== undefined) {
      options.set(last, `${options.get(last) ?? ''}\n${plain}`.trim());
      continue;
    }
    const section = /^\[([^\]]+)\]/.exec(plain)?.[1];
    if (section !== undefined) {
      options = sections.get(section.toLowerCase()) ?? new Map<string, string>();
      sections.set(section.toLowerCase(), options);
      last = undefined;
      continue;
    }
    const sign = plain.search(/[=:]/);
    if (sign <= 0 || options === undefined || /[^\x20-\x7e]/.test(plain.slice(0, sign))) return undefined;
    last = plain.slice(0, sign).trim().toLowerCase();
    options.set(last, plain.slice(sign + 1).trim());
  }
  return sections;
}

/** The text with one option set, or taken out (undefined). A text that cannot be read stays as it is. */
export function withOption(text: string, section: string, name: string, value: string | undefined): string {
  const sections = parseIni(text);
  if (sections === undefined) return text;
  const all = new Map([...sections].map(([key, options]) => [key, new Map(options)]));
  const own = all.get(section) ?? new Map<string, string>();
  if (value === undefined) own.delete(name);
  else own.set(name, value);
  all.set(section, own);
  return [...all]
    .map(([key, options]) =>
      [`[${key}]`, ...[...options].map(([each, item]) => `${each} = ${item.replaceAll('\n', '\n  ')}`), ''].join('\n'),
    )
    .join('');
}
