// Builds the smallest text edits that add, remove or replace volume entries of compose services, or says why it will not.

import type { TextEdit } from '../model.ts';
import { type ComposeSyntax, parseCompose } from '../parse/compose/compose.ts';
import type { ServiceSyntax } from '../parse/compose/serviceSyntax.ts';
import type { MapEntry, MapNode, Node, SeqItem, SeqNode } from '../parse/compose/yamlNodes.ts';
import { sameData, type VolumeChange, withListAt, withVolumes } from './composeCheck.ts';
import {
  addToBlock,
  addToFlow,
  blockLines,
  type ComposeText,
  createKey,
  cut,
  fillKey,
  flowCut,
  isIndentation,
  type ServiceText,
} from './composeLayout.ts';
import { afterLine, lineStart, listForm, newline, renderEntry } from './volumeText.ts';

/** The edits, or why there are none: one sentence. */
export type EditOrReason = readonly TextEdit[] | string;

/** One change of one service's list; `entry` is the short form as compose shall read it in the end: a `$` in it is written doubled. */
export type VolumeEdit = {
  readonly service: string;
} /** `everywhere`: where the list stands under an anchor, all that use it are meant. */ & (
  | { readonly kind: 'add'; readonly entry: string; readonly everywhere?: true }
  /** `index`: the entry's position in this file's list. */
  | { readonly kind: 'remove'; readonly index: number }
  | { readonly kind: 'replace'; readonly index: number; readonly entry: string }
);

/**
 * All of these changes in one file, or why one of them cannot be made. Additions go after the last volume of the service, in the
 * list's own form, quoting, indentation and line endings, `volumes:` is created at the end of the service where it is not there; a
 * removal takes the comment on its line along, and `volumes:` with the only entry; a replacement keeps the comment of its line. The
 * result is parsed again and differs from before by those entries alone, or is refused.
 */
export function volumeEdits(file: ComposeText, wanted: readonly VolumeEdit[]): EditOrReason {
  const syntax = parseCompose(file.text);
  if (syntax.problems.length > 0) return `the file is left alone: ${syntax.problems[0]?.message ?? ''}`;
  const services = new Map(syntax.services.map((service) => [service.name, service]));
  const planned: PlannedEdits[] = [];
  for (const one of wanted) {
    const located = locateService(services.get(one.service), one);
    const own = typeof located === 'string' ? located : plannedEdits({ ...file, service: one.service }, located, one);
    if (typeof own === 'string') return own;
    planned.push(own);
  }
  for (const batch of oncePerService(planned)) {
    const wrong = whyNotProven(file, syntax, batch);
    if (wrong !== undefined) return wrong;
  }
  return planned.flatMap(({ edits }) => edits);
}

/** Edits of one service with the list that they are to give; without values there is no `volumes` key then. */
interface PlannedEdits {
  readonly service: string;
  readonly edits: readonly TextEdit[];
  readonly values: readonly Node[] | undefined;
  /** The list, where it counts in other places too. */
  readonly everywhere?: SeqNode;
}

const plan = (at: ServiceText, edits: readonly TextEdit[], values: PlannedEdits['values']): PlannedEdits => ({
  service: at.service,
  edits,
  values,
});

function plannedEdits(at: ServiceText, found: LocatedService, wanted: VolumeEdit): PlannedEdits | string {
  if (wanted.kind === 'add') return planAdded(at, found, wanted.entry);
  return wanted.kind === 'remove'
    ? planRemoved(at, found, wanted.index)
    : planReplaced(at, found, wanted.index, wanted.entry);
}

function planAdded(at: ServiceText, { service, volumes }: LocatedService, entry: string): PlannedEdits | string {
  const list = volumes?.value;
  const items = list?.kind === 'seq' ? list.items : [];
  const form = listForm(items, { flow: list?.kind === 'seq' && list.flow });
  const rendered = renderEntry(entry, form, service.node);
  if (typeof rendered === 'string') return rendered;
  let edit: TextEdit | string;
  if (!list) edit = createKey(at, service.node, rendered.lines);
  else if (list.kind === 'scalar') edit = fillKey(at, service.node, volumes, rendered.lines);
  else if (list.kind === 'map') return 'volumes is a mapping';
  else if (list.flow) edit = addToFlow(at, list, rendered.lines[0] ?? '');
  else edit = addToBlock(at, list, rendered.lines);
  if (typeof edit === 'string') return edit;
  const planned = plan(at, [edit], [...items.map((item) => item.value), rendered.node]);
  return list?.kind === 'seq' && list.shared !== undefined ? { ...planned, everywhere: list } : planned;
}

function planRemoved(at: ServiceText, { service, volumes }: LocatedService, index: number): PlannedEdits | string {
  const picked = pick(volumes, index);
  if (typeof picked === 'string') return picked;
  const { list, item, place } = picked;
  const rest = list.items.filter((other) => other !== item).map((other) => other.value);
  if (rest.length > 0) {
    const range = list.flow ? flowCut(at.text, list, place) : blockLines(at.text, item);
    return typeof range === 'string' ? range : plan(at, [cut(at, range)], rest);
  }
  if (list.tag !== undefined) return 'the list has a tag, so an empty one means something else';
  if (service.mergeRange) return 'without its own volumes the service could take over those of its merge key';
  if (service.node.flow) return 'the service is written in braces';
  const own = [...service.node.entries.values()].filter((entry) => !entry.merged);
  if (own.length < 2) return 'the service has nothing else';
  const key = picked.entry.keyRange.start;
  if (!isIndentation(at.text, key)) return 'volumes: does not stand on a line of its own';
  const keyLine = { start: lineStart(at.text, key), end: afterLine(at.text, key) };
  if (list.flow)
    return plan(at, [cut(at, { start: keyLine.start, end: afterLine(at.text, list.range.end) })], undefined);
  const lines = blockLines(at.text, item);
  if (typeof lines === 'string') return lines;
  if (lines.start <= keyLine.end) return plan(at, [cut(at, { start: keyLine.start, end: lines.end })], undefined);
  return plan(at, [cut(at, keyLine), cut(at, lines)], undefined);
}

function planReplaced(
  at: ServiceText,
  { service, volumes }: LocatedService,
  index: number,
  entry: string,
): PlannedEdits | string {
  const picked = pick(volumes, index);
  if (typeof picked === 'string') return picked;
  const { list, item } = picked;
  const { value } = item;
  const { start, end } = value.range;
  if (value.anchored) return 'the entry has an anchor';
  if (value.tag !== undefined) return 'the entry has a tag';
  if (value.kind === 'map' && at.text.slice(start, end).includes('#'))
    return 'a comment inside the entry would be lost';
  if (value.kind === 'scalar' && (value.style === 'literal' || value.style === 'folded'))
    return 'the entry is a block of text';
  const like: readonly SeqItem[] = value.kind === 'scalar' ? [item] : list.items;
  const rendered = renderEntry(entry, listForm(like, list), service.node);
  if (typeof rendered === 'string') return rendered;
  const lines = value.kind === 'map' && value.flow ? [rendered.lines.join(', ')] : rendered.lines;
  if (value.kind === 'map' && value.flow && rendered.lines.length > 1) lines[0] = `{${lines[0]}}`;
  const pad = ' '.repeat(start - lineStart(at.text, start));
  const newText = lines.join(newline(at.text, start) + pad);
  const values = list.items.map((other) => (other === item ? rendered.node : other.value));
  return plan(at, [{ path: at.path, start, end, newText }], values);
}

interface LocatedService {
  readonly service: ServiceSyntax;
  readonly volumes: MapEntry | undefined;
}

function locateService(service: ServiceSyntax | undefined, wanted: VolumeEdit): LocatedService | string {
  if (!service) return 'the service is not in this file';
  const shared = service.node.entries.get('volumes');
  if (wanted.kind === 'add' && wanted.everywhere && shared?.value.kind === 'seq' && !shared.explicit)
    return { service, volumes: shared };
  if (service.shared) return 'the service stands under an anchor that others use';
  if (service.node.resets.has('volumes')) return 'volumes has the tag !reset';
  const volumes = service.node.entries.get('volumes');
  if (!volumes) return { service, volumes };
  if (volumes.merged) return 'the volumes came through a merge key (<<)';
  if (volumes.value.shared)
    return 'the volumes stand under an anchor or come from an alias, so that others would change too';
  if (volumes.explicit) return 'the key is written as ? volumes';
  return { service, volumes };
}

interface Picked {
  readonly entry: MapEntry;
  readonly list: SeqNode;
  readonly item: SeqItem;
  readonly place: number;
}

function pick(entry: MapEntry | undefined, index: number): Picked | string {
  const list = entry?.value;
  if (!entry || list?.kind !== 'seq') return 'the service has no list of volumes';
  const place = list.items.findIndex((item) => item.index === index);
  const item = list.items[place];
  if (!item) return 'the list has no such entry';
  if (item.value.shared) return 'the entry stands under an anchor or is an alias';
  return { entry, list, item, place };
}

/** Batches in which no service stands twice: only then do the lists that they are to give say what is left of each. */
function oncePerService(planned: readonly PlannedEdits[]): PlannedEdits[][] {
  const batches: PlannedEdits[][] = [];
  const met = new Map<string, number>();
  for (const one of planned) {
    const count = met.get(one.service) ?? 0;
    met.set(one.service, count + 1);
    if (batches[count]) batches[count].push(one);
    else batches[count] = [one];
  }
  return batches;
}

function whyNotProven(file: ComposeText, before: ComposeSyntax, batch: readonly PlannedEdits[]): string | undefined {
  const pieces: string[] = [];
  let end = 0;
  for (const edit of batch.flatMap(({ edits }) => edits).sort((a, b) => a.start - b.start)) {
    if (edit.start < end) return 'the changes overlap';
    pieces.push(file.text.slice(end, edit.start), edit.newText);
    end = edit.end;
  }
  const now = parseCompose(pieces.join('') + file.text.slice(end));
  if (!before.root || !now.root || now.problems.length > 0) return 'the edited file would not parse';
  const changes: VolumeChange[] = batch
    .filter(({ everywhere }) => everywhere === undefined)
    .map(({ service, values }) => ({ service, values }));
  const lists = batch.flatMap(({ everywhere: list, values }) => (list && values ? [{ list, values }] : []));
  const root = lists.reduce((tree: MapNode, { list, values }) => withListAt(tree, list, values), before.root);
  const expected = before.version1 ? undefined : withVolumes(root, changes);
  return expected && sameData(expected, now.root) ? undefined : 'the edited file would differ in more than this entry';
}
