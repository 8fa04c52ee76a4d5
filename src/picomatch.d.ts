// What we use of picomatch, which brings no types.
declare module 'picomatch' {
  export default function picomatch(
    globs: readonly string[],
    options?: { readonly dot?: boolean },
  ): (path: string) => boolean;
}
