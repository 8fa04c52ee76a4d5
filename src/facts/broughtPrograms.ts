// Programs that an image has beside the packages of its project.

import { normaliseName } from '../parse/manifests/requirement.ts';
import { filesOfImage, type ImageView } from './imageView.ts';

/** Is the program, or the module, that of a tool, of a package of the distribution, or one that a step puts on PATH? */
export function isBroughtProgram(name: string, view: ImageView): boolean {
  const { installs, systemPackages } = filesOfImage(view);
  const plain = normaliseName(name);
  const onPath = new RegExp(`/s?bin/${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`);
  return (
    [...(installs.get('system') ?? [])].some((id) => id.toLowerCase().includes(plain.slice(0, 8))) ||
    [...systemPackages].some((one) => one.includes(plain)) ||
    view.dockerfile.syntax.instructions.some(
      ({ keyword, logical }) => (keyword === 'RUN' || keyword === 'COPY') && onPath.test(logical.text),
    )
  );
}
