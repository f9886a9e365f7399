/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forced into every translation unit of ours: calls that cannot be used
 * safely become compile errors.
 */
#ifndef SURGUCH_BASE_BANNED_H
#define SURGUCH_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(f) surguch_does_not_use_##f

#undef strcpy
#define strcpy BANNED(strcpy)
#undef strcat
#define strcat BANNED(strcat)
#undef strncpy
#define strncpy BANNED(strncpy)
#undef strncat
#define strncat BANNED(strncat)
#undef sprintf
#define sprintf BANNED(sprintf)
#undef vsprintf
#define vsprintf BANNED(vsprintf)
#undef strtok
#define strtok BANNED(strtok)
#undef atoi
#define atoi BANNED(atoi)
#undef atol
#define atol BANNED(atol)
#undef gmtime
#define gmtime BANNED(gmtime)
#undef localtime
#define localtime BANNED(localtime)
#undef ctime
#define ctime BANNED(ctime)
#undef asctime
#define asctime BANNED(asctime)
#undef mktemp
#define mktemp BANNED(mktemp)
#undef tmpnam
#define tmpnam BANNED(tmpnam)
#undef system
#define system BANNED(system)
#undef popen
#define popen BANNED(popen)
#undef rand
#define rand BANNED(rand)
#undef srand
#define srand BANNED(srand)

#endif
