// What a compose service is read into, each piece with its range.

import type { Range } from '../../model.ts';
import type { VolumeSyntax } from './composeVolume.ts';
import type { MapNode, ScalarNode, SeqNode } from './yamlNodes.ts';

export interface KeyValue {
  readonly key: string;
  /** The key's, or in a list the whole item's. */
  readonly range: Range;
  /** Undefined: no value given, so it is taken from the environment of whoever runs compose. */
  readonly value: ScalarNode | undefined;
}

export interface BuildSyntax {
  readonly range: Range;
  readonly form: 'short' | 'long';
  readonly context?: ScalarNode;
  readonly dockerfile?: ScalarNode;
  readonly dockerfileInline?: ScalarNode;
  readonly target?: ScalarNode;
  readonly network?: ScalarNode;
  readonly args: readonly KeyValue[];
  readonly additionalContexts: readonly KeyValue[];
}

export interface CommandSyntax {
  readonly form: 'string' | 'list';
  readonly range: Range;
  /** One for the string form, one per word for the list form; `content` is the exact text between the quotes. */
  readonly parts: readonly ScalarNode[];
}

export interface EnvFileSyntax {
  readonly path: ScalarNode;
  readonly required: boolean | 'unknown';
  /** `format: raw` is no dotenv grammar. */
  readonly format?: string;
}

export interface WatchSyntax {
  readonly action?: ScalarNode;
  readonly path?: ScalarNode;
  readonly target?: ScalarNode;
  readonly ignore: readonly ScalarNode[];
}

/** A command of `post_start` or `pre_stop`. */
export interface HookSyntax {
  readonly command: CommandSyntax | undefined;
  readonly user?: ScalarNode;
  readonly workingDir?: ScalarNode;
  readonly environment: readonly KeyValue[];
}

export interface ServiceSyntax {
  readonly name: string;
  readonly nameRange: Range;
  readonly node: MapNode;
  /** The service as a whole came through, or stands under, a used anchor. */
  readonly shared?: Range;
  /** The value of its `<<`. */
  readonly mergeRange?: Range;
  readonly build?: BuildSyntax;
  readonly image?: ScalarNode;
  readonly command?: CommandSyntax;
  readonly entrypoint?: CommandSyntax;
  readonly workingDir?: ScalarNode;
  readonly containerName?: ScalarNode;
  readonly user?: ScalarNode;
  readonly readOnly?: ScalarNode;
  readonly environment: readonly KeyValue[];
  readonly envFiles: readonly EnvFileSyntax[];
  readonly volumes: readonly VolumeSyntax[];
  /** The list of `volumes:` itself. */
  readonly volumeList?: SeqNode;
  readonly volumesFrom: readonly ScalarNode[];
  readonly tmpfs: readonly ScalarNode[];
  readonly profiles: readonly ScalarNode[];
  readonly extends?: { readonly range: Range; readonly service?: ScalarNode; readonly file?: ScalarNode };
  readonly watch: readonly WatchSyntax[];
  readonly hooks: readonly HookSyntax[];
  /** Values of a shape that is not compose's: offset and what was expected. */
  readonly odd: readonly { readonly offset: number; readonly message: string }[];
}
