// The shared types of the whole tool, in the field's words. Imports nothing.
//
// Text is held as latin1: one UTF-16 unit per byte of the file, so that every offset in this program is a byte
// offset and every byte survives (CRLF, BOM as the three characters \xEF\xBB\xBF, non-UTF-8). Paths are
// repository-relative, '/'-separated, without a leading './', and latin1 in the same way. Lines and columns count from 1.

/** What stands at a path of the repository. Only `file` and `executable` are ever read or edited. */
export type PathKind = 'file' | 'executable' | 'symlink' | 'submodule' | 'other';

/** The repository as it is read: immutable; an edit makes a new one (`overlaid` in edit.ts). */
export interface Snapshot {
  /** Every path (files, not folders) with what it is: tracked and untracked, less what git ignores. */
  readonly paths: ReadonlyMap<string, PathKind>;
  /** The file's bytes as latin1, or undefined where nothing readable stands (absent, a link, not a regular file, over the limit). */
  read(path: string): string | undefined;
  /** The same object for snapshots that differ in Dockerfiles and ignore files alone; absent: the snapshot itself. */
  readonly rest?: object;
}

/** Half-open range of byte offsets. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What cannot be known, and why: a clause for people. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly cause: string;
}

interface TextPiece {
  readonly at: number;
  readonly offset: number;
  readonly length: number;
  /** One character that the file writes with so many bytes (an escape). */
  readonly span?: number;
}

/** Text put together from pieces of a file (continuation lines joined, comments inside them dropped). */
export interface LogicalText {
  readonly text: string;
  /** Ascending by `at`; text[at..] of one piece stands at file offset `offset` on. */
  readonly pieces: readonly TextPiece[];
}

/** Something that could not be read exactly; the file is left alone. */
export interface Problem {
  /** Of those that are treated otherwise than all others; the message is only shown. */
  readonly code?: 'test data' | 'empty';
  readonly offset: number;
  readonly message: string;
}

export type Safety = 'safe' | 'unsafe';

/** Replace bytes [start, end) of `path` by newText (latin1). `create`: the file does not exist yet, start = end = 0. */
export interface TextEdit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly newText: string;
  readonly create?: true;
}

/** All of its edits are made, or none. */
export interface Fix {
  /** Verb phrase: "Replace the activation of /opt/venv by ENV". */
  readonly title: string;
  readonly safety: Safety;
  /** Made only beside another fix of the same files, or where its transform alone runs. */
  readonly advice?: true;
  /** What it takes for true: one sentence. An unsafe fix has it, and no other. */
  readonly assumption?: string;
  /** What it assumes, or what a reviewer should know; plain sentences. */
  readonly notes?: readonly string[];
  /** Its notes are shown wherever the fix is: who works with the files has to do something else from now on. */
  readonly showsNotes?: true;
  readonly edits: readonly TextEdit[];
  /** What the guard allows this fix to change in the environment traces; see fix.ts. */
  readonly declares: Declaration;
  /** Which build steps a code-only change re-runs, per image, before and after. */
  readonly gain?: string;
}

/** What a fix says it does; the guard (guard.ts) computes both sides again and withdraws the fix when anything else changed. */
export interface Declaration {
  /** Instructions that come, go or change their text, by upper-case keyword, once for each. */
  readonly instructions?: {
    readonly added?: readonly string[];
    readonly removed?: readonly string[];
    readonly changed?: readonly string[];
  };
  /** Environments into which uses and installs may move from the system interpreter. */
  readonly movesTo?: readonly string[];
  /** What ran in the environment `from`, or installed into it, does so in the one at `to`. */
  readonly movesEnvironment?: { readonly from: string; readonly to: string };
  /** One RUN becomes two, cut at an `&&`: its index, and the file offset of the command that begins the second. All else is declared of the file so cut. */
  readonly cutsRun?: { readonly instruction: number; readonly offset: number };
  /** Base images, by reference, that are taken to start nothing of their own and to hold no packages that are missed; an unsafe fix only. */
  readonly assumes?: readonly string[];
  /** Environments that come, each by a new `RUN python3 -m venv PATH`. */
  readonly creates?: readonly string[];
  /** A COPY takes less of another stage: what that stage's Python holds it took and takes no longer. */
  readonly copiesLess?: true;
  /** ENV names that may be new or change their value. */
  readonly env?: readonly string[];
  /**
   * COPY and install change places. `commands`: an install as it was -> what stands for it now, in order; `stages`: indices of the
   * stages where that is so (absent: all).
   */
  readonly reorders?: {
    readonly commands: Readonly<Record<string, readonly string[]>>;
    readonly stages?: readonly number[];
    /** Other instructions that change places, each as its text. */
    readonly moved?: readonly string[];
  };
  /** Shell commands that go, each as its shell reads it, once for each place: activations and `deactivate`; `hash -r` may stand for one. */
  readonly commandsGone?: readonly string[];
  /** The working folder of one stage (its index), with all that lies in it, is another. */
  readonly movesFolder?: { readonly stage: number; readonly from: string; readonly to: string };
  /** The environment at one path is made, copied and used at another, in all stages. */
  readonly relocatesEnvironment?: { readonly from: string; readonly to: string };
  /** CMDs become lists of the same words. */
  readonly toList?: boolean;
  /** Names (`.venv`) of which the ignore file may leave out more; nothing else is, and nothing comes back. */
  readonly ignores?: readonly string[];
  /** Compose services, by file and name, of whose command or entrypoint activations (`commandsGone`) may go; `toList`: its shell too. */
  readonly starts?: readonly { readonly path: string; readonly service: string }[];
  /** Compose services, by file and name, whose mounts may change; nothing else of any service does. */
  readonly mounts?: readonly { readonly path: string; readonly service: string }[];
}

export type Fixable = 'safe' | 'unsafe' | 'no';

/**
 * How bad it is. `broken`: does not build, does not start, or starts without its packages; `fragile`: works by accident, or not
 * everywhere; `slow`: right but redone; `advice`: right, and could be better.
 */
export type Level = 'broken' | 'fragile' | 'slow' | 'advice';

/** The worst first. */
export const LEVELS: readonly Level[] = ['broken', 'fragile', 'slow', 'advice'];

/** A kind of fault that findings name; its texts live in its transform, once. */
export interface Diagnosis {
  /** Words with `-` between them, unlike every other; `explain` takes it. */
  readonly id: string;
  /** Of its findings that do not say another. */
  readonly level: Level;
  /** What is wrong, without a full stop: "A program runs outside its environment". */
  readonly title: string;
  /** What it means: what will be seen, and when. Sentences. */
  readonly means: string;
  /** One command that shows it. */
  readonly see: string;
  /** What to write. Sentences, or lines of a file. */
  readonly write: string;
}

export interface Finding {
  readonly transform?: string;
  readonly diagnosis: Diagnosis;
  /** Where it is not that of its diagnosis. */
  readonly level?: Level;
  readonly path: string;
  /** Offset of what the finding hangs on (the instruction or YAML node); line and column are computed from it. A line in a sentence is a `lineMark`. */
  readonly offset: number;
  /** What is wrong, one sentence. */
  readonly message: string;
  /** Why it is (not) fixed, and what a person could do next. */
  readonly reason: string;
  readonly fix?: Fix;
}

/** A transform is a value; its documentation lives in it, once. */
export interface Transform<F = unknown> {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly references: readonly string[];
  /** What it reaches at best: S safe, U unsafe, F finding only. */
  readonly tier: 'S' | 'U' | 'F';
  readonly offByDefault?: true;
  /** What its findings name; the page and `explain` tell of each. */
  readonly diagnoses: readonly Diagnosis[];
  run(facts: F): Finding[];
}

/** Settings that facts and transforms read (from the configuration). */
export interface Settings {
  readonly contexts: Readonly<Record<string, string>>;
  /** Base images by pattern, and the reference that each is as good as. */
  readonly bases: Readonly<Record<string, string>>;
  readonly venvVolume: 'volume' | 'relocate' | 'off';
  readonly recommendedIgnores: boolean;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The folder that PATH names: it is meant, whatever the folders above it are called. */
  readonly named?: string;
}

export interface AppliedFix {
  readonly transform: string;
  readonly fix: Fix;
  /** What it mends. */
  readonly diagnosis: Diagnosis;
  readonly level: Level;
  /** Where its finding hangs in the file as it stood before all fixes: above that line a suppression holds it back. */
  readonly at: { readonly path: string; readonly offset: number };
}

/** What the fixing of one repository came to; feeds every way of delivering it. */
export interface FixResult {
  /** In order of application; edits are relative to the snapshot the previous fix left. */
  readonly applied: readonly AppliedFix[];
  /** Findings left; positions, and lines in sentences, are those of `before`. The edits of a fix in them are relative to `after`. */
  readonly findings: readonly Finding[];
  /** Fixes withdrawn by their guard: a bug of ours, with what is needed to repeat it. */
  readonly withdrawn: readonly { readonly transform: string; readonly fix: Fix; readonly why: string }[];
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Paths that differ between before and after. */
  readonly changed: readonly string[];
  /** The Dockerfiles and compose files that there are, whether the settings let us look at them or not. */
  readonly concerned: readonly string[];
}
