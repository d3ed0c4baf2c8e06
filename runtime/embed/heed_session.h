/* A compiled model within a program of one's own: weights from a file, arrays in, arrays out.
 *
 * What can fail gives null; `heed_error` then says why, in one message for a person. A session may be used by several
 * threads at once. Link with libheed_runtime.a, the C++ library and libm: `pkg-config --libs heed`, or the target
 * Heed::runtime.
 */
#ifndef HEED_SESSION_H
#define HEED_SESSION_H

#include "heed.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Elements in the caller's memory, or a result's: dense, row-major, the last axis fastest. */
typedef struct heed_array {
  const char *name; /* of an input or a result, as in the source */
  int32_t type;     /* heed_type */
  int32_t rank;
  const int64_t *shape;
  const void *data;
} heed_array;

typedef struct heed_options {
  const char *weights; /* a safetensors or llama2.c file, or a checkpoint folder; null: the initialisers run */
  int32_t threads;     /* 0: one a core */
  uint64_t seed;       /* of the initialisers and of all draws */
} heed_options;

/* A model with its weights and threads. */
typedef struct heed_session heed_session;
/* What one run of an entry gave. */
typedef struct heed_results heed_results;

/* Options may be null: no weights, a thread a core, seed 0. The model is one of this program or of a library that stays
 * open. */
heed_session *heed_open(const heed_model *model, const heed_options *options);
void heed_close(heed_session *session);

/* Runs the entry of this name. Inputs are found by name, in any order; their sizes are solved, integers converted where
 * every value fits, floats rounded. Their memory is read during the call only. */
heed_results *heed_run(heed_session *session, const char *entry, const heed_array *inputs, size_t count);
/* The result of this name; null where there is none. It lives as long as the results. */
const heed_array *heed_result(const heed_results *results, const char *name);
/* Results may outlive their session. */
void heed_free(heed_results *results);

/* Why the last call of this thread gave null. It stands until the thread's next call that does; never null. */
const char *heed_error(void);

#ifdef __cplusplus
}
#endif
#endif
