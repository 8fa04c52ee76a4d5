// What names the system's packages by their path without running them: ENV, here-documents, services.
import type { Range } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile.ts';
import type { Stage } from '../image.ts';
import type { ServiceStart } from './input.ts';
import { addRead, isPackageProgram } from './readers.ts';
import { namedIn, reachOf } from './systemPlaces.ts';
import type { Tracer } from './tracer.ts';
import { openSystem } from './writers.ts';

/** Settings and here-documents of a stage that name packages: read by what the image starts. */
export function noteNames(stage: Stage, t: Tracer, text: string): void {
  const sees = t.files.installs.get('system');
  if (sees === undefined || sees.size === 0) return;
  const kept = t.instruction;
  const isProgram = isPackageProgram(t);
  const note = (i: Instruction, written: string): void => {
    const name = namedIn(written, isProgram);
    if (name === undefined) return;
    t.instruction = i.index;
    addRead(t, `${i.keyword} ... ${name}`, { start: i.start, end: i.end }, sees);
  };
  for (const i of stage.instructions) {
    if (i.keyword === 'ENV') for (const { value } of i.pairs) note(i, value ?? '');
    for (const h of i.heredocs) note(i, text.slice(h.body.start, h.body.end));
  }
  t.instruction = kept;
}

/** What a service's own settings name, and its mounts over packages: they are hidden there, or taken as files. */
export function noteService(service: ServiceStart, at: Range, t: Tracer): void {
  const sees = t.files.installs.get('system');
  const isProgram = isPackageProgram(t);
  for (const [name, value] of service.environment)
    if (namedIn(value, isProgram) !== undefined) addRead(t, `${name} of service ${service.name}`, at, sees);
  for (const target of [...service.covers.map((c) => c.target), ...service.volumes]) {
    if (reachOf(target) === 'no') continue;
    const text = `the mount of service ${service.name} at ${target}`;
    addRead(t, text, at, sees);
    openSystem(t, text);
  }
}
