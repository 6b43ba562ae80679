import { homeOf, useCompiled } from './compiled.ts';
import { keepHeapSmall } from './heap.ts';

keepHeapSmall();
useCompiled(homeOf(process.env));

// Everything else is loaded after the cache is on, so that it is compiled once a version only.
const { main } = await import('./command-line.ts');
// Whatever still waits for a timer has nothing left to wait for.
process.exit(await main());
