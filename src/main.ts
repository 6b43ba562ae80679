import { builtPrograms } from './built.ts';
import type * as commandLine from './command-line.ts';
import { homeOf, useCompiled } from './compiled.ts';
import { keepHeapSmall } from './heap.ts';

keepHeapSmall();
useCompiled(homeOf(process.env));

// Everything else is loaded after the cache is on, so that it is compiled once a version only.
const built = builtPrograms().get('src/command-line.ts');
const { main }: typeof commandLine = await import(built ?? './command-line.ts');
// Whatever still waits for a timer has nothing left to wait for.
process.exit(await main());
