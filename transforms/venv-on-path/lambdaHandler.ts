// Handlers of Lambda images: the runtime of the base imports them, with its own Python, whatever PATH says.

import { describe } from '../../src/facts/compare/sentences.ts';
import { filesOfImage, type ImageView } from '../../src/facts/imageView.ts';
import { environmentsWithPackages, needsOf, packagesIn } from '../../src/facts/projectPackages.ts';
import { envKey, envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isStandardModule } from '../../src/facts/standardLibrary.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import { absolute, isKnown, readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { HANDLER_OUTSIDE } from './onPathDiagnoses.ts';

const TASK_ROOT = 'LAMBDA_TASK_ROOT';
/** What boto3 and the runtime client of the base bring: https://docs.aws.amazon.com/lambda/latest/dg/python-image.html */
const OF_RUNTIME =
  /^(awslambdaric|boto3|botocore|s3transfer|jmespath|urllib3|dateutil|six|simplejson|snapshot_restore_py)$/;
/** At the margin: it is run when the module is loaded. */
const IMPORTS = /^(?:from|import)[ \t]+([A-Za-z_]\w*)/gm;

/** The handler that CMD names asks for packages that went into an environment. */
export function lambdaHandler(view: ImageView): Finding[] {
  const { dockerfile, target } = view;
  const { final } = dockerfile.image.stages[target]!;
  const [root] = chainOf(dockerfile.image, target);
  const own = root?.base.knownBy === 'table' ? root.base.env.get(TASK_ROOT) : undefined;
  const command = final.cmd;
  if (own === undefined || final.entrypoint !== undefined || command?.json?.length !== 1) return [];
  const folder = final.env.get(TASK_ROOT) ?? own;
  const handler = command.json[0]!.value;
  if (final.env.has('PYTHONPATH') || !isKnown(folder) || !/^[\w./]+\.\w+$/.test(handler)) return [];
  const stage = dockerfile.trace.stages[target]!;
  const module = absolute(`${handler.slice(0, handler.lastIndexOf('.')).replaceAll('.', '/')}.py`, folder);
  const text = stage.readImage(module)?.text;
  const missed = text === undefined || needsOf(module, stage) !== 'packages' ? undefined : missedIn(text, folder, view);
  const [path, ...others] = environmentsWithPackages(filesOfImage(view));
  if (missed === undefined || path === undefined || others.length > 0) return [];
  // packages may come to where the runtime looks by other ways
  if (dockerfile.syntax.instructions.some(({ logical }) => /site-packages|--target|\s-t\s|--prefix/.test(logical.text)))
    return [];
  const installs = dockerfile.trace.events.filter(isRun).filter(({ install }) => install !== undefined);
  const [id] = packagesIn(filesOfImage(view), envKey(path));
  const install = installs.find((event) => event.install?.id === id);
  const isApart = installs.some(
    (event) =>
      event.stage === target && envPathOf(event.install!.target) !== path && !event.install!.id.startsWith('tool:'),
  );
  if (install === undefined || isApart) return [];
  const line = lineMark(dockerfile.path, dockerfile.syntax.instructions[install.instruction]!.start);
  const isUvs = /^uv (?!pip\b)/.test(install.key);
  return [
    {
      diagnosis: HANDLER_OUTSIDE,
      path: dockerfile.path,
      offset: command.start,
      message: `The handler \`${handler}\` imports ${missed}, and what ${describe(install)} (line ${line}) installs went into ${readable(path)}, where the runtime of the image does not look: the function ends with "Runtime.ImportModuleError".`,
      reason: isUvs
        ? 'Write `RUN uv export --frozen --no-dev --no-emit-project -o /tmp/requirements.txt && uv pip install -r /tmp/requirements.txt --target "$LAMBDA_TASK_ROOT"` in its place.'
        : 'Install with `pip install --target "$LAMBDA_TASK_ROOT"`, without an environment.',
    },
  ];
}

/** A module that neither Python, nor the runtime, nor the image's own code has. */
function missedIn(text: string, folder: string, { dockerfile, target }: ImageView): string | undefined {
  const stage = dockerfile.trace.stages[target]!;
  const names = [...text.matchAll(IMPORTS)].map(([, name]) => name!);
  const isOwn = (name: string): boolean =>
    [`${name}.py`, `${name}/__init__.py`].some((file) => stage.readImage(absolute(file, folder)) !== undefined);
  return names.find((name) => !isStandardModule(name) && !OF_RUNTIME.test(name) && !isOwn(name));
}
