// All kept cases, in a stable order.
import type { Case } from './case.ts';
import { heredocCases } from './heredocs.ts';
import { instructionCases } from './instructions.ts';
import { lineCases } from './lines.ts';
import { refusalCases, unsetCases } from './refusals.ts';
import { stateCases } from './states.ts';

export { type Case, textOfCase } from './case.ts';
export const allCases: readonly Case[] = [...lineCases, ...heredocCases, ...instructionCases, ...stateCases, ...refusalCases, ...unsetCases];
