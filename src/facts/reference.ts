// Whether a text is an image reference (distribution/reference, normalised names) or a platform that Docker takes.

const COMPONENT = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const DOMAIN = `(?:${COMPONENT}(?:\\.${COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const REFERENCE = new RegExp(
  `^(?:${DOMAIN}/)?${PATH}(?:/${PATH})*(?::\\w[\\w.-]{0,127})?(?:@(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?$`,
);
const LONGEST = 600;

/** Is `ref` the reference of an image? The part before the first slash is a host where it looks like one. */
export function isImageReference(ref: string): boolean {
  if (ref.length > LONGEST || /^[a-f0-9]{64}$/.test(ref)) return false;
  const slash = ref.indexOf('/');
  const first = slash < 0 ? '' : ref.slice(0, slash);
  const isHost = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const whole = isHost ? ref : `docker.io/${slash < 0 ? `library/${ref}` : ref}`;
  const name = whole.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  return name.length <= 255 && REFERENCE.test(whole);
}

/** What stands for a platform alone: operating systems, architectures and the other names of these. */
const ALONE = new Set(
  (
    'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos macos ' +
    '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 ' +
    's390 s390x sparc sparc64 wasm i386 x86_64 x86-64 aarch64 armhf armel'
  ).split(' '),
);

/** Is it OS, architecture, OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT? */
export function isPlatform(text: string): boolean {
  const [first, ...more] = text.split('/');
  if (first === undefined || more.length > 2 || text.length > LONGEST) return false;
  const os = /^([A-Za-z0-9_-]+)(?:\([A-Za-z0-9_.%-]*(?:\+[A-Za-z0-9_.%-]+)*\))?$/.exec(first)?.[1];
  if (os === undefined || !more.every((part) => /^[A-Za-z0-9_.-]+$/.test(part))) return false;
  return more.length > 0 || ALONE.has(os.toLowerCase());
}
