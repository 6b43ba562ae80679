/** The floor for anything that speaks HTTP in Node: reads the body and says yes. */
import { serve } from './answering.ts';

serve(() => undefined);
