/* Continues a story, token by token: a compiled model within a program in C.
 *
 * usage: story WEIGHTS COUNT
 */
#include "stories.h"

#include "heed_session.h"

#include <stdio.h>
#include <stdlib.h>

enum { start = 1, longest = 512 };

/* The id that follows `count` ids, or -1 after a message. */
static int next(heed_session *session, const int32_t *ids, int64_t count) {
  int64_t shape[] = {1, count}; /* one text of so many tokens */
  heed_array tokens = {"tokens", HEED_I32, 2, shape, ids};
  heed_results *results = heed_run(session, "forward", &tokens, 1);
  if (!results) {
    fprintf(stderr, "story: %s\n", heed_error());
    return -1;
  }
  const heed_array *logits = heed_result(results, "logits"); /* [1, count, vocabulary] */
  int64_t vocabulary = logits->shape[2];
  const float *last = (const float *)logits->data + (count - 1) * vocabulary;
  int best = 0;
  for (int64_t id = 1; id != vocabulary; ++id)
    if (last[id] > last[best])
      best = (int)id;
  heed_free(results);
  return best;
}

int main(int argc, char **argv) {
  int64_t count = argc == 3 ? atoi(argv[2]) : -1;
  if (count < 0 || count >= longest) {
    fprintf(stderr, "usage: story WEIGHTS COUNT\n");
    return 1;
  }
  heed_options options = {.weights = argv[1], .threads = 0, .seed = 0};
  heed_session *session = heed_open(heed_stories(), &options);
  if (!session) {
    fprintf(stderr, "story: %s\n", heed_error());
    return 1;
  }
  int32_t ids[longest] = {start};
  int status = 0;
  for (int64_t n = 1; n <= count && status == 0; ++n) {
    ids[n] = next(session, ids, n);
    status = ids[n] < 0;
    if (status == 0)
      printf("%d\n", ids[n]);
  }
  heed_close(session);
  return status;
}
