/* Delays every sync by LOADTEST_SLOW_SYNC_MS milliseconds, then carries it out. Loaded by LD_PRELOAD. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int sync_call(int);

static int slowly(const char *name, int file)
{
	const char *told = getenv("LOADTEST_SLOW_SYNC_MS");
	long milliseconds = told ? atol(told) : 0;
	struct timespec wait = {milliseconds / 1000, milliseconds % 1000 * 1000000};
	sync_call *real = (sync_call *)dlsym(RTLD_NEXT, name);
	nanosleep(&wait, NULL);
	return real(file);
}

int fsync(int file)
{
	return slowly("fsync", file);
}

int fdatasync(int file)
{
	return slowly("fdatasync", file);
}
