// What names the system's packages by their path without running them: ENV, here-documents, services.
import type { Range } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import type { Stage } from '../image.ts';
import type { ServiceStart } from './input.ts';
import { pythonName } from './names.ts';
import { addRead, isPackageProgram } from './readers.ts';
import { namedIn, systemReach } from './systemPlaces.ts';
import type { Tracer } from './tracer.ts';
import { openSystem } from './writers.ts';

/** Settings and here-documents of a stage that name packages: read by what the image starts. */
export function noteNames(stage: Stage, tracer: Tracer, text: string): void {
  const sees = tracer.files.installs.get('system');
  if (sees === undefined || sees.size === 0) return;
  const kept = tracer.instruction;
  const isProgram = isPackageProgram(tracer);
  const isPython = (name: string): boolean => isProgram(name) || pythonName(name) !== undefined;
  const note = (i: Instruction, written: string, program = isPython): void => {
    const name = namedIn(written, program);
    if (name === undefined) return;
    tracer.instruction = i.index;
    addRead(tracer, `${i.keyword} ... ${name}`, { start: i.start, end: i.end }, sees);
  };
  for (const i of stage.instructions) {
    // which Python an installer takes says nothing of where it installs
    if (i.keyword === 'ENV')
      for (const { name, value } of i.pairs)
        note(i, value ?? '', /^(UV|PIP|POETRY)_/.test(name) ? isProgram : isPython);
    const own = text.slice(i.start, i.heredocs[0]?.body.start ?? i.end);
    const isRead = i.keyword === 'RUN' && RUNS_ITS_TEXT.test(own);
    for (const heredoc of i.heredocs)
      note(i, text.slice(heredoc.body.start, heredoc.body.end), isRead ? isProgram : isPython);
    if (i.keyword === 'RUN') for (const [written] of own.matchAll(WRITTEN)) note(i, written);
  }
  tracer.instruction = kept;
}

/** A here-document that is the step itself, or that an interpreter of it reads. */
const RUNS_ITS_TEXT = /^run\s+(--\S+\s+)*(\S*\b(sh|bash|dash|ash|python[\d.]*)\b[^<]*)?<</i;
/** Words that echo or printf write, mostly into a file. */
const WRITTEN = /\b(?:echo|printf)\s(?:"[^"]*"|'[^']*'|\\[\s\S]|[^;&|>"'\n\\])*/g;

/** What a service's own settings name, and its mounts over packages: they are hidden there, or taken as files. */
export function noteService(service: ServiceStart, at: Range, tracer: Tracer): void {
  const sees = tracer.files.installs.get('system');
  const isProgram = isPackageProgram(tracer);
  for (const [name, value] of service.environment)
    if (namedIn(value, isProgram) !== undefined) addRead(tracer, `${name} of service ${service.name}`, at, sees);
  for (const target of [...service.covers.map((cover) => cover.target), ...service.volumes]) {
    if (systemReach(target) === 'no') continue;
    const text = `the mount of service ${service.name} at ${target}`;
    addRead(tracer, text, at, sees);
    openSystem(tracer, text);
  }
}
