// Reads the short form of a compose volume: [SOURCE:]TARGET[:OPTIONS].

export interface VolumeSpec {
  /** Undefined for an anonymous volume. */
  readonly source?: string;
  /** As written, not cleaned. */
  readonly target: string;
  readonly type: 'bind' | 'volume';
  readonly options: readonly string[];
}

/**
 * Undefined where compose rejects `spec` . Source: compose-go's ParseVolume: a source that starts with
 * `.`, `/`, `~`, `\\` or a drive letter is a bind; a single letter before a colon is always a drive.
 */
export function parseVolumeSpec(spec: string): VolumeSpec | undefined {
  if (spec.length === 0) return undefined;
  if (spec.length <= 2) return { target: spec, type: 'volume', options: [] };
  const fields: string[] = [];
  let from = 0;
  let nested = 0;
  for (let at = 0; at <= spec.length; at++) {
    // A variable not replaced yet keeps its own colons (`${DIR:-.}:/app`).
    if (spec[at] === '$' && spec[at + 1] === '{') nested++;
    else if (spec[at] === '}' && nested > 0) nested--;
    if (at < spec.length && (spec[at] !== ':' || nested > 0)) continue;
    if (at < spec.length && at - from === 1 && /[A-Za-z]/.test(spec[from]!)) continue;
    if (at === from) return undefined;
    fields.push(spec.slice(from, at));
    if (fields.length > 3) return undefined;
    from = at + 1;
  }
  if (fields.length === 1) return { target: fields[0]!, type: 'volume', options: [] };
  const source = fields[0]!;
  const isPath = /^[./~\uE001]/.test(source) || source.startsWith('\\\\') || /^[A-Za-z]:/.test(source);
  return { source, target: fields[1]!, type: isPath ? 'bind' : 'volume', options: fields[2]?.split(',') ?? [] };
}
