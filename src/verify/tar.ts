// Reads a tar stream as the engine sends it (ustar, pax, GNU names), keeping only the content that is asked for.

/** One entry; `path` is latin1, without leading `./` or `/`, and without a trailing slash. */
export interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  /** With the bits of the kind, as `lstat` has it. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** A link's target. */
  readonly content?: string;
  /** Only where `wants` said so, at most `LARGEST` bytes; latin1. */
  readonly text?: string;
}

const BLOCK = 512;
const LARGEST = 64 * 1024 * 1024;
const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '5': 'folder',
  '2': 'link',
  '1': 'file',
};

const KIND_BITS: Readonly<Record<TarEntry['kind'], number>> = {
  file: 0o100000,
  folder: 0o40000,
  link: 0o120000,
  other: 0,
};

interface Header extends Pick<TarEntry, 'mode' | 'uid' | 'gid'> {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  readonly target: string;
}

/**
 * A consumer of bytes in any pieces. `entry` is called for every entry in order. A stream that is no tar ends quietly:
 * nothing more is reported.
 */
export function tarReader(options: {
  readonly wants: (path: string) => boolean;
  readonly entry: (entry: TarEntry) => void;
}): (bytes: Uint8Array) => void {
  let block = new Uint8Array(0);
  let header: Header | undefined;
  let keep: Uint8Array[] | undefined;
  let left = 0;
  let padding = 0;
  let longName: string | undefined;
  let longTarget: string | undefined;
  let broken = false;

  const finish = () => {
    if (!header) return;
    const { type, path, size, mode, uid, gid, target } = header;
    const text = keep === undefined ? undefined : Buffer.concat(keep).toString('latin1');
    if (type === 'L') longName = text?.replace(/\0[\s\S]*$/, '');
    else if (type === 'K') longTarget = text?.replace(/\0[\s\S]*$/, '');
    else if (type === 'x') {
      longName = paxValue(text ?? '', 'path') ?? longName;
      longTarget = paxValue(text ?? '', 'linkpath') ?? longTarget;
    } else if (type !== 'g') {
      const kind = KINDS[type] ?? 'other';
      options.entry({
        ...{ path: clean(path), kind, size, mode: mode | KIND_BITS[kind], uid, gid },
        ...(kind === 'link' ? { content: target } : {}),
        ...(text === undefined ? {} : { text }),
      });
    }
    header = undefined;
    keep = undefined;
  };

  const begin = (bytes: Uint8Array) => {
    if (bytes.every((byte) => byte === 0)) return;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const type = buffer.toString('latin1', 156, 157);
    const size = numberOf(buffer.subarray(124, 136));
    if (!Number.isSafeInteger(size) || size < 0) {
      broken = true;
      return;
    }
    const meta = /[LKxg]/.test(type);
    const prefix = buffer.toString('latin1', 257, 262) === 'ustar' ? headerText(buffer.subarray(345, 500)) : '';
    const own = headerText(buffer.subarray(0, 100));
    const path = meta ? '' : (longName ?? (prefix === '' ? own : `${prefix}/${own}`));
    const target = longTarget ?? headerText(buffer.subarray(157, 257));
    if (!meta) {
      longName = undefined;
      longTarget = undefined;
    }
    const number = (from: number, to: number) => numberOf(buffer.subarray(from, to));
    header = {
      path,
      type,
      size,
      target,
      mode: number(100, 108) & 0o7777,
      uid: number(108, 116),
      gid: number(116, 124),
    };
    keep = size <= LARGEST && (meta ? type !== 'g' : options.wants(clean(path))) ? [] : undefined;
    left = size;
    padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (left === 0) finish();
  };

  return (bytes) => {
    let at = 0;
    while (at < bytes.length && !broken) {
      if (left > 0) {
        const part = bytes.subarray(at, at + left);
        keep?.push(Uint8Array.from(part));
        left -= part.length;
        at += part.length;
        if (left === 0) finish();
      } else if (padding > 0) {
        const skipped = Math.min(padding, bytes.length - at);
        padding -= skipped;
        at += skipped;
      } else if (block.length === 0 && bytes.length - at >= BLOCK) {
        begin(bytes.subarray(at, at + BLOCK));
        at += BLOCK;
      } else {
        const part = bytes.subarray(at, at + BLOCK - block.length);
        block = Buffer.concat([block, part]);
        at += part.length;
        if (block.length === BLOCK) {
          const whole = block;
          block = new Uint8Array(0);
          begin(whole);
        }
      }
    }
  };
}

const headerText = (bytes: Buffer): string => bytes.toString('latin1').replace(/\0[\s\S]*$/, '');

const clean = (path: string): string => path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');

/** Octal, or GNU's binary form for what does not fit. */
function numberOf(bytes: Buffer): number {
  if ((bytes[0] ?? 0) < 0x80) {
    const text = headerText(bytes).replaceAll(/[^0-7]/g, '');
    return text === '' ? 0 : Number.parseInt(text, 8);
  }
  let value = (bytes[0] ?? 0) & 0x7f;
  for (const byte of bytes.subarray(1)) value = value * 256 + byte;
  return value;
}

/** The last value of `key` in `27 path=...\n` records. */
function paxValue(text: string, key: string): string | undefined {
  let value: string | undefined;
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(' ', at);
    const length = Number(text.slice(at, space));
    if (space < 0 || !(length > space - at)) return value;
    const record = text.slice(space + 1, at + length - 1);
    if (record.startsWith(`${key}=`)) value = record.slice(key.length + 1);
    at += length;
  }
  return value;
}
