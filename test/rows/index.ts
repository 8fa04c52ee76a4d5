// All rows.

import { activation } from './activation.ts';
import { activationCommand } from './activationCommand.ts';
import { activationEnv } from './activationEnv.ts';
import { activationPlan } from './activationPlan.ts';
import { ignore } from './ignore.ts';
import { outside } from './outside.ts';
import { python } from './python.ts';
import type { Row } from './row.ts';
import { splitComments } from './splitComments.ts';
import { splitFollowers } from './splitFollowers.ts';
import { splitHomes } from './splitHomes.ts';
import { splitPlan } from './splitPlan.ts';
import { splitSources } from './splitSources.ts';
import { splitSteps } from './splitSteps.ts';
import { splitTwice } from './splitTwice.ts';
import { splitWords } from './splitWords.ts';
import { volumeAbsence } from './volumeAbsence.ts';
import { volumeCovers } from './volumeCovers.ts';
import { volumeOwners } from './volumeOwners.ts';
import { volumeStarts } from './volumeStarts.ts';
import { volumeUses } from './volumeUses.ts';

export const ROWS: readonly Row[] = [
  ...activation,
  ...activationCommand,
  ...activationEnv,
  ...activationPlan,
  ...outside,
  ...python,
  ...ignore,
  ...splitSources,
  ...splitSteps,
  ...splitComments,
  ...splitFollowers,
  ...splitHomes,
  ...splitTwice,
  ...splitPlan,
  ...splitWords,
  ...volumeAbsence,
  ...volumeCovers,
  ...volumeOwners,
  ...volumeStarts,
  ...volumeUses,
];
