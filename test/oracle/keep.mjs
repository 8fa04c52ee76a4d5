// Renews test/kept/dockerfile.json: node test/oracle/keep.mjs (needs Go).
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from './load.mjs';

const { keptText } = await load('keep.ts');
const text = await keptText();
writeFileSync(fileURLToPath(new URL('../kept/dockerfile.json', import.meta.url)), text);
console.log(`${text.split('\n').length - 3} cases, ${text.length} characters`);
