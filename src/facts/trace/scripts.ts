// Scripts of the image that a shell runs: those of the repository are read, those of known installers are known.

import { parseShell } from '../../parse/shell/shell.ts';
import { isKnownScript } from '../knownScripts.ts';
import { elsewhereAt } from '../pythonInterpreter.ts';
import { startAnew } from '../shell/childShells.ts';
import { byOf, type Call, nowhere } from '../shell/interpreter.ts';
import type { Shell } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import { isKnown } from '../values.ts';
import { type FileCall, runActivate } from './activation.ts';
import { fetchedFrom } from './brought.ts';
import { unknownCommand } from './programEvents.ts';
import { addRun, type Tracer } from './tracer.ts';
import { isHarmlessScript } from './writers.ts';

/** Was the file fetched from the address of an installer that is known? */
export function isKnownInstaller(path: string, tracer: Tracer): boolean {
  const url = isKnown(path) ? fetchedFrom(path, tracer.files) : undefined;
  return url !== undefined && isKnownScript(url);
}

/** A script of the image run as a child: of the repository it is read, else it may be anything. */
export function runScriptFile(file: FileCall, child: Shell, tracer: Tracer, call: Call): void {
  const { path, list } = file;
  const environment = /^(.*)\/bin\/activate$/.exec(path);
  if (environment && isKnown(path)) {
    runActivate(file, child, tracer, call);
    return;
  }
  if (isKnownInstaller(path, tracer)) {
    addRun(tracer, child, {
      key: list.map((field) => field.raw).join(' '),
      words: list.map((field) => field.value),
      what: 'tool',
      interpreter: elsewhereAt('installer'),
      needsNoPackages: true,
      range: call.range,
      source: call.source,
    });
    return;
  }
  const script = isKnown(path) ? tracer.readImage(path) : undefined;
  const shebang = script === undefined ? '' : (/^#![^\n]*/.exec(script.text)?.[0] ?? '');
  if (
    script === undefined ||
    child.depth > 8 ||
    (shebang !== '' && !/\b(ba|da|a)?sh\b/.test(shebang)) ||
    parseShell(nowhere(script.text)).script === undefined
  ) {
    unknownCommand({ list, shell: child, tracer, call });
    return;
  }
  tracer.scriptRun(script.path, child);
  child.parameterZero = path;
  startAnew(child);
  child.outerExpanded = false;
  if (/\bbash\b/.test(shebang)) child.kind = 'bash';
  const depthKept = child.depth;
  tracer.walkText(nowhere(script.text), child, { file: script.path, ...byOf(call) });
  child.depth = depthKept;
}

/** `curl ... | sh`: nothing that matters, where the address is known. */
export function runPiped(list: readonly Field[], child: Shell, tracer: Tracer, call: Call): void {
  if (!isHarmlessScript(call)) unknownCommand({ list, shell: child, tracer, call });
}
