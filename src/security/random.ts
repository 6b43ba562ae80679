/** That many unpredictable bytes: the operating system's in production, seeded ones in tests. */
export type RandomBytes = (bytes: number) => Buffer;
