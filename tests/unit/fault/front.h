/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_FAULT_FRONT_H
#define SURGUCH_TESTS_FAULT_FRONT_H
/*
 * What front makes of an office: everything that the API's handlers work with,
 * its threads running, and an operator who may do all.
 */
#include "api/api.h"
#include "fault/office.h"
#include "identity/operator.h"
#include "identity/session.h"
#include "registry/registry.h"

struct events;
struct idem;
struct issuing;
struct notices;
struct otp;
struct publisher;
struct rate;

struct front {
	struct office *office;
	struct registry registry;
	struct sessions sessions;
	struct operators operators;
	struct otp *otp;
	struct notices *notices;
	struct idem *idem;
	struct issuing *issuing;
	struct publisher *publisher;
	struct events *events;
	struct rate *rate;
	struct api api;
	char token[OPERATOR_TOKEN_SIZE]; /* the operator's */
};

void front_open(struct front *front, struct office *o);
void front_close(struct front *front);

#endif
