/* SPDX-License-Identifier: Apache-2.0 */
#include "window/view.h"

#include <gtk/gtk.h>

#include "agent/question.h"

enum {
	WIDTH = 600,
	HEIGHT_MAX = 480, /* of what is scrolled */
	MARGIN = 18,
	GAP = 12,
	NOT_YET_MS = 1000,
	HEADING_PERCENT = 130,
	ZOOM_STEP = 10, /* percent */
	ZOOM_MIN = 60,
	ZOOM_MAX = 250,
	STYLE_SIZE = 96,
	NAME_CHARS = 13,
};

struct view {
	GtkWidget *window;
	GtkWidget *content;
	GtkWidget *lines; /* the grid that takes the next line; NULL: none */
	int row;
	GtkWidget *yes;
	GtkWidget *no;
	GtkAdjustment *scroll;
	GtkCssProvider *style;
	int zoom;
	view_answer *answer;
};

/* --- how it looks -------------------------------------------------------- */

static void
apply_zoom(struct view *v)
{
	char css[STYLE_SIZE];

	(void)g_snprintf(css, sizeof(css),
	    "window { font-size: %d%%; } .heading { font-size: %d%%; }",
	    v->zoom, HEADING_PERCENT);
	(void)gtk_css_provider_load_from_data(v->style, css, -1, NULL);
}

static void
zoom(struct view *v, int percent)
{
	v->zoom = CLAMP(percent, ZOOM_MIN, ZOOM_MAX);
	apply_zoom(v);
}

static GtkWidget *
label_new(struct slice text, bool bold)
{
	char *copy = g_strndup((const char *)text.p, text.len);
	GtkWidget *label = gtk_label_new(copy);

	g_free(copy);
	gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_widget_set_valign(label, GTK_ALIGN_START);
	if (bold) {
		PangoAttrList *list = pango_attr_list_new();

		pango_attr_list_insert(
		    list, pango_attr_weight_new(PANGO_WEIGHT_BOLD));
		gtk_label_set_attributes(GTK_LABEL(label), list);
		pango_attr_list_unref(list);
	}
	return label;
}

/* --- its parts ----------------------------------------------------------- */

static void
add(struct view *v, GtkWidget *widget, bool grows)
{
	gtk_box_pack_start(
	    GTK_BOX(v->content), widget, grows ? TRUE : FALSE, TRUE, 0);
	v->lines = NULL;
}

static GtkWidget *
lines_of(struct view *v)
{
	if (v->lines == NULL) {
		GtkWidget *grid = gtk_grid_new();

		gtk_grid_set_column_spacing(GTK_GRID(grid), MARGIN);
		gtk_grid_set_row_spacing(GTK_GRID(grid), GAP / 2);
		add(v, grid, false);
		v->lines = grid;
		v->row = 0;
	}
	return v->lines;
}

static void
add_name(struct view *v, struct slice text)
{
	GtkWidget *name = label_new(text, false);

	/* A name is a few words, and keeps its line while there is room. */
	gtk_label_set_width_chars(GTK_LABEL(name), NAME_CHARS);
	gtk_style_context_add_class(
	    gtk_widget_get_style_context(name), "dim-label");
	gtk_grid_attach(GTK_GRID(lines_of(v)), name, 0, v->row, 1, 1);
}

static void
add_value(struct view *v, struct slice text)
{
	GtkWidget *value = label_new(text, true);

	gtk_widget_set_hexpand(value, TRUE);
	gtk_label_set_selectable(GTK_LABEL(value), TRUE);
	gtk_widget_set_can_focus(value, FALSE);
	gtk_grid_attach(GTK_GRID(lines_of(v)), value, 1, v->row, 1, 1);
	v->row++;
}

/* In a frame of its own: somebody else's words. */
static void
add_quote(struct view *v, struct slice text)
{
	GtkWidget *frame = gtk_frame_new(NULL);
	GtkWidget *view = gtk_text_view_new();
	GtkTextBuffer *buffer = gtk_text_view_get_buffer(GTK_TEXT_VIEW(view));

	gtk_text_buffer_set_text(buffer, (const char *)text.p, (int)text.len);
	gtk_text_view_set_editable(GTK_TEXT_VIEW(view), FALSE);
	gtk_text_view_set_cursor_visible(GTK_TEXT_VIEW(view), FALSE);
	gtk_text_view_set_wrap_mode(GTK_TEXT_VIEW(view), GTK_WRAP_WORD_CHAR);
	gtk_text_view_set_left_margin(GTK_TEXT_VIEW(view), GAP);
	gtk_text_view_set_right_margin(GTK_TEXT_VIEW(view), GAP);
	gtk_text_view_set_top_margin(GTK_TEXT_VIEW(view), GAP / 2);
	gtk_text_view_set_bottom_margin(GTK_TEXT_VIEW(view), GAP / 2);
	gtk_widget_set_can_focus(view, FALSE);
	gtk_container_add(GTK_CONTAINER(frame), view);
	add(v, frame, true);
}

static GtkWidget *
button_new(struct slice text)
{
	char *copy = g_strndup((const char *)text.p, text.len);
	GtkWidget *button = gtk_button_new_with_label(copy);

	g_free(copy);
	return button;
}

static void
add_part(struct view *v, const struct question_part *part)
{
	GtkWidget *label;

	switch (part->kind) {
	case QUESTION_HEADING:
		label = label_new(part->text, true);
		gtk_style_context_add_class(
		    gtk_widget_get_style_context(label), "heading");
		add(v, label, false);
		break;
	case QUESTION_YES:
		v->yes = button_new(part->text);
		break;
	case QUESTION_NO:
		v->no = button_new(part->text);
		break;
	case QUESTION_NAME:
		add_name(v, part->text);
		break;
	case QUESTION_VALUE:
		add_value(v, part->text);
		break;
	case QUESTION_QUOTE:
		add_quote(v, part->text);
		break;
	case QUESTION_NOTE:
		add(v, label_new(part->text, false), false);
		break;
	}
}

/* --- what the person does ------------------------------------------------ */

static void
on_yes(GtkButton *button, gpointer data)
{
	const struct view *v = data;

	(void)button;
	v->answer(true);
}

static void
on_no(GtkButton *button, gpointer data)
{
	const struct view *v = data;

	(void)button;
	v->answer(false);
}

static gboolean
on_close(GtkWidget *window, GdkEvent *event, gpointer data)
{
	const struct view *v = data;

	(void)window;
	(void)event;
	v->answer(false);
	return TRUE;
}

static gboolean
on_ready(gpointer data)
{
	struct view *v = data;

	gtk_widget_set_sensitive(v->yes, TRUE);
	return G_SOURCE_REMOVE;
}

static bool
zoom_by_key(struct view *v, guint key)
{
	switch (key) {
	case GDK_KEY_plus:
	case GDK_KEY_equal:
	case GDK_KEY_KP_Add:
		zoom(v, v->zoom + ZOOM_STEP);
		return true;
	case GDK_KEY_minus:
	case GDK_KEY_KP_Subtract:
		zoom(v, v->zoom - ZOOM_STEP);
		return true;
	case GDK_KEY_0:
	case GDK_KEY_KP_0:
		zoom(v, 100);
		return true;
	default:
		return false;
	}
}

static bool
scroll_by_key(struct view *v, guint key)
{
	double at = gtk_adjustment_get_value(v->scroll);
	double page = gtk_adjustment_get_page_increment(v->scroll);
	double step = gtk_adjustment_get_step_increment(v->scroll);

	switch (key) {
	case GDK_KEY_Page_Up:
		at -= page;
		break;
	case GDK_KEY_Page_Down:
		at += page;
		break;
	case GDK_KEY_Up:
		at -= step;
		break;
	case GDK_KEY_Down:
		at += step;
		break;
	case GDK_KEY_Home:
		at = gtk_adjustment_get_lower(v->scroll);
		break;
	case GDK_KEY_End:
		at = gtk_adjustment_get_upper(v->scroll);
		break;
	default:
		return false;
	}
	gtk_adjustment_set_value(v->scroll, at);
	return true;
}

static gboolean
on_key(GtkWidget *window, GdkEventKey *event, gpointer data)
{
	struct view *v = data;

	(void)window;
	if (event->keyval == GDK_KEY_Escape) {
		v->answer(false);
		return TRUE;
	}
	if ((event->state & GDK_CONTROL_MASK) != 0) {
		return zoom_by_key(v, event->keyval);
	}
	return scroll_by_key(v, event->keyval);
}

/* --- the window ---------------------------------------------------------- */

static GtkWidget *
buttons_new(struct view *v)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, GAP);

	gtk_box_set_homogeneous(GTK_BOX(box), TRUE);
	gtk_widget_set_halign(box, GTK_ALIGN_END);
	gtk_box_pack_start(GTK_BOX(box), v->yes, TRUE, TRUE, 0);
	gtk_box_pack_start(GTK_BOX(box), v->no, TRUE, TRUE, 0);
	gtk_widget_set_sensitive(v->yes, FALSE);
	(void)g_timeout_add(NOT_YET_MS, on_ready, v);
	(void)g_signal_connect(v->yes, "clicked", G_CALLBACK(on_yes), v);
	(void)g_signal_connect(v->no, "clicked", G_CALLBACK(on_no), v);
	return box;
}

static GtkWidget *
scrolled_new(struct view *v)
{
	GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);

	gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scrolled),
	    GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
	gtk_scrolled_window_set_propagate_natural_height(
	    GTK_SCROLLED_WINDOW(scrolled), TRUE);
	gtk_scrolled_window_set_max_content_height(
	    GTK_SCROLLED_WINDOW(scrolled), HEIGHT_MAX);
	/* A bar that is seen says that there is more to read. */
	gtk_scrolled_window_set_overlay_scrolling(
	    GTK_SCROLLED_WINDOW(scrolled), FALSE);
	gtk_container_set_border_width(GTK_CONTAINER(v->content), MARGIN);
	/* Its height is asked for at its least width. */
	gtk_widget_set_size_request(v->content, WIDTH, -1);
	gtk_container_add(GTK_CONTAINER(scrolled), v->content);
	v->scroll =
	    gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scrolled));
	return scrolled;
}

static void
dress(struct view *v)
{
	GtkWindow *window = GTK_WINDOW(v->window);

	gtk_window_set_title(window, "surguch-agent");
	gtk_window_set_position(window, GTK_WIN_POS_CENTER_ALWAYS);
	gtk_window_set_keep_above(window, TRUE);
	gtk_window_set_urgency_hint(window, TRUE);
	gtk_window_set_type_hint(window, GDK_WINDOW_TYPE_HINT_DIALOG);
	gtk_style_context_add_provider_for_screen(
	    gtk_widget_get_screen(v->window), GTK_STYLE_PROVIDER(v->style),
	    GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
	(void)g_signal_connect(
	    v->window, "delete-event", G_CALLBACK(on_close), v);
	(void)g_signal_connect(
	    v->window, "key-press-event", G_CALLBACK(on_key), v);
	zoom(v, 100);
}

void
view_show(struct slice question, view_answer *answer)
{
	static struct view v; /* one window a process */
	struct slice parts = question_parts(question);
	struct question_part part;
	GtkWidget *whole = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
	GtkWidget *foot = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

	v.answer = answer;
	v.window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
	v.content = gtk_box_new(GTK_ORIENTATION_VERTICAL, GAP);
	v.style = gtk_css_provider_new();
	while (question_next(&parts, &part)) {
		add_part(&v, &part);
	}
	gtk_box_pack_start(GTK_BOX(whole), scrolled_new(&v), TRUE, TRUE, 0);
	gtk_container_set_border_width(GTK_CONTAINER(foot), MARGIN);
	gtk_container_add(GTK_CONTAINER(foot), buttons_new(&v));
	gtk_box_pack_end(GTK_BOX(whole), foot, FALSE, TRUE, 0);
	gtk_container_add(GTK_CONTAINER(v.window), whole);
	dress(&v);
	gtk_widget_show_all(v.window);
	gtk_widget_set_can_default(v.no, TRUE);
	gtk_widget_grab_default(v.no);
	gtk_widget_grab_focus(v.no);
	gtk_window_present(GTK_WINDOW(v.window));
}
