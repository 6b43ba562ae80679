export { superviseChild, type Child, type ChildPlan } from './child.ts';
export { claimPidFile, readPidFile, type PidFile, type RunningProcess } from './pid-file.ts';
