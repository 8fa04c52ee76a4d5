// All rows.

import { acrossStages } from './acrossStages.ts';
import { acrossUsers } from './acrossUsers.ts';
import { activation } from './activation.ts';
import { activationCommand } from './activationCommand.ts';
import { activationEnv } from './activationEnv.ts';
import { activationPlan } from './activationPlan.ts';
import { alpineRows } from './alpine.ts';
import { bases } from './bases.ts';
import { bytecode } from './bytecode.ts';
import { composeCommands } from './composeCommands.ts';
import { composeRuns } from './composeRuns.ts';
import { createVenvs } from './createVenvs.ts';
import { entryScripts } from './entryScripts.ts';
import { environments } from './environments.ts';
import { execFormRows } from './execForms.ts';
import { flagsOffRows } from './flagsOff.ts';
import { freezeSyncs } from './freezeSyncs.ts';
import { hookActivationRows } from './hookActivationRows.ts';
import { ignore } from './ignore.ts';
import { ignoreLines } from './ignoreLines.ts';
import { ignoreStarts } from './ignoreStarts.ts';
import { ignoreUnread } from './ignoreUnread.ts';
import { installers, unfollowedInstallers } from './installers.ts';
import { lambdas } from './lambdas.ts';
import { madeInMountRows } from './madeInMount.ts';
import { missingPrograms } from './missingPrograms.ts';
import { mountedPaths } from './mountedPaths.ts';
import { onPath } from './onPath.ts';
import { onPathElsewhere } from './onPathElsewhere.ts';
import { onPathEntered } from './onPathEntered.ts';
import { onPathEntries } from './onPathEntries.ts';
import { outside } from './outside.ts';
import { pdm } from './pdm.ts';
import { pipCache } from './pipCache.ts';
import { poetry } from './poetry.ts';
import { printedActivations } from './printedActivations.ts';
import { python } from './python.ts';
import { relocation } from './relocation.ts';
import { rootUsers } from './rootUsers.ts';
import type { Row } from './row.ts';
import { shell } from './shell.ts';
import { splitBeforeCode } from './splitBeforeCode.ts';
import { splitComments } from './splitComments.ts';
import { splitCuts } from './splitCuts.ts';
import { splitFollowers } from './splitFollowers.ts';
import { splitHomes } from './splitHomes.ts';
import { splitInstallers } from './splitInstallers.ts';
import { splitLocks } from './splitLocks.ts';
import { splitManifests } from './splitManifests.ts';
import { splitPlan } from './splitPlan.ts';
import { splitProject } from './splitProject.ts';
import { splitSettings } from './splitSettings.ts';
import { splitSources } from './splitSources.ts';
import { splitSteps } from './splitSteps.ts';
import { splitTwice } from './splitTwice.ts';
import { splitWords } from './splitWords.ts';
import { startedMounts } from './startedMounts.ts';
import { supervised } from './supervised.ts';
import { unnamedFiles } from './unnamedFiles.ts';
import { unusedVenvs } from './unusedVenvs.ts';
import { uvBeside } from './uvBeside.ts';
import { uvElsewhere } from './uvElsewhere.ts';
import { uvEnvironments } from './uvEnvironments.ts';
import { volumeAbsence } from './volumeAbsence.ts';
import { volumeCovers } from './volumeCovers.ts';
import { volumeEntries } from './volumeEntries.ts';
import { volumeLines } from './volumeLines.ts';
import { volumeLists } from './volumeLists.ts';
import { volumeOwners } from './volumeOwners.ts';
import { volumeScripts } from './volumeScripts.ts';
import { volumeShares } from './volumeShares.ts';
import { volumeStarts } from './volumeStarts.ts';
import { volumeUses } from './volumeUses.ts';
import { volumeWords } from './volumeWords.ts';

export const ROWS: readonly Row[] = [
  ...acrossStages,
  ...acrossUsers,
  ...activation,
  ...activationCommand,
  ...activationEnv,
  ...activationPlan,
  ...bases,
  ...alpineRows,
  ...bytecode,
  ...composeRuns,
  ...composeCommands,
  ...createVenvs,
  ...entryScripts,
  ...execFormRows,
  ...environments,
  ...flagsOffRows,
  ...freezeSyncs,
  ...hookActivationRows,
  ...ignore,
  ...ignoreLines,
  ...ignoreStarts,
  ...ignoreUnread,
  ...installers,
  ...unfollowedInstallers,
  ...lambdas,
  ...madeInMountRows,
  ...missingPrograms,
  ...mountedPaths,
  ...onPath,
  ...onPathElsewhere,
  ...onPathEntered,
  ...onPathEntries,
  ...outside,
  ...pipCache,
  ...pdm,
  ...poetry,
  ...printedActivations,
  ...python,
  ...rootUsers,
  ...relocation,
  ...unusedVenvs,
  ...shell,
  ...splitBeforeCode,
  ...splitComments,
  ...splitCuts,
  ...splitFollowers,
  ...splitHomes,
  ...splitInstallers,
  ...splitLocks,
  ...splitManifests,
  ...splitPlan,
  ...splitProject,
  ...splitSettings,
  ...splitSources,
  ...splitSteps,
  ...splitTwice,
  ...splitWords,
  ...startedMounts,
  ...supervised,
  ...unnamedFiles,
  ...uvBeside,
  ...uvElsewhere,
  ...uvEnvironments,
  ...volumeAbsence,
  ...volumeCovers,
  ...volumeEntries,
  ...volumeLines,
  ...volumeLists,
  ...volumeOwners,
  ...volumeScripts,
  ...volumeShares,
  ...volumeStarts,
  ...volumeUses,
  ...volumeWords,
];
