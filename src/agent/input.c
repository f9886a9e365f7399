/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/input.h"

#include "crypto/hash.h"
#include "x509/cert.h"
#include "json/json.h"

void
input_init(struct input *in)
{
	*in = (struct input){.medium = ""};
	buf_init(&in->entropy, AGENT_ENTROPY_MAX);
	buf_init(&in->text, AGENT_TEXT_MAX);
	buf_init(&in->certificate, CERT_BYTES_MAX);
	for (size_t i = 0; i < ARRAY_LEN(in->chain); i++) {
		buf_init(&in->chain[i], CERT_BYTES_MAX);
	}
}

void
input_clear(struct input *in)
{
	buf_wipe(&in->entropy);
	buf_clear(&in->text);
	buf_clear(&in->certificate);
	for (size_t i = 0; i < ARRAY_LEN(in->chain); i++) {
		buf_clear(&in->chain[i]);
	}
	for (size_t i = 0; i < in->num_authorities; i++) {
		buf_clear(&in->authorities[i]);
	}
}

static enum err
take_make_key(const struct json *from, struct input *in, struct errinfo *ei)
{
	static const char *const names[] = {"medium", "entropy", NULL};
	enum err e = json_only(from, names, ei);

	if (e == ERR_OK) {
		e = json_copy_text(
		    from, "medium", in->medium, sizeof(in->medium), ei);
	}
	if (e == ERR_OK && json_has(from, "entropy")) {
		e = json_get_base64(from, "entropy", &in->entropy, ei);
	}
	return e;
}

static enum err
take_container(const struct json *from, struct input *in, struct errinfo *ei)
{
	return json_copy_text(
	    from, "container", in->container, sizeof(in->container), ei);
}

static enum err
take_acquaint(const struct json *from, struct input *in, struct errinfo *ei)
{
	static const char *const names[] = {
	    "container", "text", "certificate", NULL};
	const char *text = NULL;
	enum err e = json_only(from, names, ei);

	if (e == ERR_OK) {
		e = take_container(from, in, ei);
	}
	if (e == ERR_OK) {
		e = json_get_lines(from, "text", AGENT_TEXT_MAX, &text, ei);
	}
	if (e == ERR_OK) {
		buf_add_str(&in->text, text);
		e = buf_err(&in->text, ei);
	}
	return e != ERR_OK
		   ? e
		   : json_get_base64(from, "certificate", &in->certificate, ei);
}

static enum err
take_install(const struct json *from, struct input *in, struct errinfo *ei)
{
	static const char *const names[] = {
	    "container", "certificate", "chain", NULL};
	const struct json *chain = NULL;
	enum err e = json_only(from, names, ei);

	if (e == ERR_OK) {
		e = take_container(from, in, ei);
	}
	if (e == ERR_OK) {
		e = json_get_base64(from, "certificate", &in->certificate, ei);
	}
	if (e == ERR_OK) {
		e = json_get_array(from, "chain", AGENT_CHAIN_MAX, &chain, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < json_array_len(chain); i++) {
		e = json_item_base64(chain, i, &in->chain[i], ei);
		in->num_chain += e == ERR_OK;
	}
	return e;
}

static enum err
take_copy(const struct json *from, struct input *in, struct errinfo *ei)
{
	static const char *const names[] = {"container", "medium", NULL};
	enum err e = json_only(from, names, ei);

	if (e == ERR_OK) {
		e = take_container(from, in, ei);
	}
	return e != ERR_OK ? e
			   : json_copy_text(from, "medium", in->medium,
				 sizeof(in->medium), ei);
}

static enum err
take_check(const struct json *from, struct input *in, struct errinfo *ei)
{
	static const char *const names[] = {"container", NULL};
	enum err e = json_only(from, names, ei);

	return e != ERR_OK ? e : take_container(from, in, ei);
}

enum err
input_parse(const struct json *from, enum page_operation operation,
    struct input *out, struct errinfo *ei)
{
	static enum err (*const take[PAGE_OPERATION_MAX_])(
	    const struct json *from, struct input *in, struct errinfo *ei) = {
	    [PAGE_MAKE_KEY] = take_make_key,
	    [PAGE_ACQUAINT] = take_acquaint,
	    [PAGE_INSTALL] = take_install,
	    [PAGE_COPY] = take_copy,
	    [PAGE_CHECK] = take_check,
	};

	ensure(operation > 0 && operation < PAGE_OPERATION_MAX_);
	return take[operation](from, out, ei);
}

static enum err
check_hash(
    struct slice bytes, struct slice sha, const char *field, struct errinfo *ei)
{
	uint8_t own[SHA256_SIZE];
	enum err e = sha256_of(bytes, own, ei);

	if (e == ERR_OK && !slice_eq(slice_make(own, sizeof(own)), sha)) {
		e = err_object(ei,
		    err_set(ei, ERR_POLICY, "order.input", NULL,
			"the %s is not the one that the centre ordered for",
			field),
		    field);
	}
	return e;
}

enum err
input_check(
    const struct input *in, const struct page_order *order, struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (in->certificate.len > 0) {
		e = check_hash(buf_slice(&in->certificate), order->certificate,
		    "certificate", ei);
	}
	if (e == ERR_OK && order->operation == PAGE_ACQUAINT) {
		e = check_hash(
		    buf_slice(&in->text), order->document_sha256, "text", ei);
	}
	return e;
}

enum err
input_add_authority(struct input *in, struct slice der, struct errinfo *ei)
{
	struct buf *own = &in->authorities[in->num_authorities];
	struct cert *cert = NULL;
	enum err e = ERR_OK;

	if (in->num_authorities == AGENT_AUTHORITIES_MAX) {
		return err_set(ei, ERR_LIMIT, "authorities.number", NULL,
		    "more than %d certificates at once",
		    (int)AGENT_AUTHORITIES_MAX);
	}
	e = cert_parse(der, &cert, ei);
	if (e == ERR_OK && !cert_is_ca(cert)) {
		e = err_set(ei, ERR_POLICY, "authorities.ca", NULL,
		    "one of the certificates is no authority's");
	}
	cert_free(cert);
	if (e != ERR_OK) {
		return err_object(ei, e, "certificates");
	}
	buf_init(own, CERT_BYTES_MAX);
	buf_add(own, der);
	in->num_authorities++;
	return buf_err(own, ei);
}
