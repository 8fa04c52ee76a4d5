// A diagnosis for findings and fixes that tests make by hand.
import type { Diagnosis } from '../src/model.ts';

export const TRIED: Diagnosis = {
  id: 'tried',
  level: 'fragile',
  title: 'Something is wrong',
  means: 'It is.',
  see: 'true',
  write: 'Nothing.',
};

/** What a made fix has beside itself. */
export const MENDED = { diagnosis: TRIED, level: TRIED.level };
