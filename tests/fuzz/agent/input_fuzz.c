/* SPDX-License-Identifier: Apache-2.0 */
/* What a page adds to an order: the first octet is the operation. */
#include "agent/input.h"

#include "base/text.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum page_operation op;
	struct json *root = NULL;
	struct errinfo ei = {0};
	struct input in;

	if (size == 0) {
		return 0;
	}
	op = (enum page_operation)(1 + data[0] % (PAGE_OPERATION_MAX_ - 1));
	if (json_parse(slice_make(data + 1, size - 1), AGENT_BODY_MAX, &root,
		NULL) != ERR_OK) {
		return 0;
	}
	input_init(&in);
	if (input_parse(root, op, &in, &ei) == ERR_OK) {
		ensure(in.num_chain <= AGENT_CHAIN_MAX);
		ensure(in.text.len <= AGENT_TEXT_MAX);
		ensure(op == PAGE_MAKE_KEY || in.container[0] != '\0');
	} else {
		ensure(ei.rule[0] != '\0' || ei.kind == ERR_NOMEM);
		ensure(text_is_clean(slice_str(ei.text)));
	}
	input_clear(&in);
	json_free(root);
	return 0;
}
