// How a command is called that stands in another file than the Dockerfile.

import { describe } from '../../src/facts/compare/sentences.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';

/** The command, with the script or configuration that it stands in. */
export const placedCommand = (event: RunEvent): string =>
  event.file === undefined ? describe(event) : `${describe(event)} (${event.file})`;
